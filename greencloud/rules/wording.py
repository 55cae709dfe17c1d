"""Pieces of sentences that SQL writes: the value that an unlikely figure would have under another cause."""

from greencloud.rules.writing import THIN_SPACE, sentence


def whole(sql: str) -> str:
    """A whole number in French: 314 870; « ? » for one that no integer holds."""
    return f"coalesce(replace(format('{{:,}}', try_cast(round({sql}) AS BIGINT)), ',', '{THIN_SPACE}'), '?')"


def ratio(sql: str) -> str:
    """A number with two decimals in French: 1,80."""
    return f"replace(printf('%.2f', {sql}), '.', ',')"


def text(words: str) -> str:
    """Words of a sentence as an SQL text, with the spaces of French typography."""
    return "'" + sentence(words).replace("'", "''") + "'"


def _lost(where: str, factor: int, value: str) -> str:
    said = text(f", à moins qu'une virgule ne se soit perdue dans {where} (÷ {factor} : ")
    return f"{said} || {value} || ')'"


def _energy(column: str, factor: int, pue: str) -> str:
    value = f"{whole(f'{column} / {factor}')} || {text(' kWh, PUE de ')} || {ratio(pue)}"
    return f" WHEN {pue} BETWEEN 1.03 AND 4 THEN {_lost(column, factor, value)}"


def _load(factor: int) -> str:
    value = f"{text('charge de ')} || {ratio(f'100 * fc / {factor}')} || {text(' %')}"
    return f" WHEN fc / {factor} BETWEEN 0.05 AND 0.95 THEN {_lost('les énergies', factor, value)}"


VIRGULE_RAPPORT = (
    "CASE"
    + _energy("energie_totale_kwh", 10, "r / 10")
    + _energy("energie_totale_kwh", 100, "r / 100")
    + _energy("energie_it_kwh", 10, "r * 10")
    + _energy("energie_it_kwh", 100, "r * 100")
    + " ELSE '' END"
)
"""When a decimal comma lost in one of the two energies would explain their ratio too, the clause that says so."""

VIRGULE_CHARGE = "CASE" + _load(10) + _load(100) + " ELSE '' END"
"""The same for the load factor, when both energies lost their comma."""
