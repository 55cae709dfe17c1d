"""The checks that Frictionless offers beside the schema, each over the values of the rows one after another."""

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

import simpleeval
from frictionless import Check

from greencloud.checking.messages import figure, listed, plural, quoted
from greencloud.checking.report import Finding
from greencloud.tables import Field

Values = Mapping[str, Any]
"""The value of each column of a row, by name; None where nothing can be read."""

_CORRECT = "Vérifiez la valeur."
_FORMULA_FAILURES = (
    *(simpleeval.InvalidExpression, SyntaxError, TypeError, ValueError, ArithmeticError, LookupError),
    *(AttributeError, RecursionError, MemoryError),
)
_STATISTICS_FAILURES = (TypeError, ValueError, ArithmeticError)
_CUT_LENGTH = 255
_CUT_INTEGERS = frozenset({2**64, 2**63 - 1, 2**32 - 1, 2**31 - 1, 2**21, 2**16 - 1, 2**15 - 1})
"""Where databases cut texts and integers that are too long for their columns."""
_LONG_CELL = 5_000


class RowCheck(Protocol):
    """A check at work on one table."""

    def row(self, number: int, values: Values) -> Iterable[Finding]:
        """What is wrong with a row."""

    def end(self, rows: int) -> Iterable[Finding]:
        """What is wrong with the table, once its rows were seen."""


class _Rows:
    """A check that says nothing, for others to add to."""

    def row(self, number: int, values: Values) -> Iterable[Finding]:
        return ()

    def end(self, rows: int) -> Iterable[Finding]:
        return ()


def start(check: Check, fields: Sequence[Field], present: Iterable[str]) -> tuple[RowCheck, list[Finding]]:
    """A check ready for rows, and why it cannot be made at all; `present` are the columns of the file."""
    settings: Any = check
    name = getattr(settings, "field_name", None)
    faults = _faults(check.type, settings, name, {field.name: field for field in fields})
    if faults or (name is not None and name not in present):
        return _Rows(), faults
    if check.type == "table-dimensions":
        return _Dimensions(settings), list(_dimensions(settings, "fields", len(fields), "colonne"))
    return _MAKERS[check.type](settings, fields), []


def _faults(kind: str, settings: Any, name: str | None, fields: Mapping[str, Field]) -> list[Finding]:
    """Why a check does not fit the schema."""
    faults = []
    if name is not None and name not in fields:
        faults.append(f"Le contrôle {quoted(kind)} porte sur la colonne {quoted(name)}, que le schéma n'a pas.")
    elif kind == "deviated-value" and name is not None and fields[name].type not in ("integer", "number"):
        faults.append(
            f"Le contrôle {quoted(kind)} porte sur la colonne {quoted(name)}, qui n'est pas faite de nombres."
        )
    if kind == "deviated-value" and settings.average not in _AVERAGES:
        faults.append(f"Le contrôle {quoted(kind)} ne connaît que les moyennes {listed(list(_AVERAGES))}.")
    return [Finding("check-error", None, None, None, fault, "Corrigez la liste des contrôles.") for fault in faults]


class _DeviatedValue(_Rows):
    """Numbers too far from the others of their column."""

    def __init__(self, settings: Any, _fields: Sequence[Field]) -> None:
        self._settings = settings
        self._rows: list[int] = []
        self._values: list[Any] = []

    def row(self, number: int, values: Values) -> Iterable[Finding]:
        value = values[self._settings.field_name]
        if value is not None:
            self._rows.append(number)
            self._values.append(value)
        return ()

    def end(self, rows: int) -> Iterator[Finding]:
        name, interval = self._settings.field_name, self._settings.interval
        if len(self._values) < 2:
            return
        try:
            deviation = statistics.stdev(self._values)
            average = _AVERAGES[self._settings.average](self._values)
            low, high = average - deviation * interval, average + deviation * interval
            far = [place for place, value in enumerate(self._values) if not low <= value <= high]
        except _STATISTICS_FAILURES:
            message = f"Les valeurs de la colonne {quoted(name)} ne permettent pas de dire lesquelles s'écartent."
            yield Finding("deviated-value", None, None, None, message, "Corrigez la liste des contrôles.")
            return
        for place in far:
            value = str(self._values[place])
            message = (
                f"Ligne {self._rows[place]}, colonne {quoted(name)} : {value} s'écarte des autres valeurs, qui vont "
                f"d'ordinaire de {figure(f'{low:.2f}')} à {figure(f'{high:.2f}')}."
            )
            yield Finding("deviated-value", None, None, value, message, f"{_CORRECT} Une unité est-elle en cause ?")


class _DeviatedCell(_Rows):
    """Texts much longer than the others of their column."""

    def __init__(self, settings: Any, fields: Sequence[Field]) -> None:
        self._interval = settings.interval
        names = (field.name for field in fields if field.type == "string")
        self._sizes: dict[str, dict[int, int]] = {name: {} for name in names if name not in settings.ignore_fields}

    def row(self, number: int, values: Values) -> Iterable[Finding]:
        for name, sizes in self._sizes.items():
            if text := values.get(name):
                sizes[number] = len(text)
        return ()

    def end(self, rows: int) -> Iterator[Finding]:
        for name, sizes in self._sizes.items():
            if len(sizes) < 2:
                continue
            limit = statistics.median(sizes.values()) + statistics.stdev(sizes.values()) * self._interval
            for number, size in sizes.items():
                if size > max(limit, _LONG_CELL):
                    message = (
                        f"Ligne {number}, colonne {quoted(name)} : {plural(size, 'caractère')}, bien plus que les "
                    )
                    message += "autres cellules de la colonne."
                    yield Finding("deviated-cell", None, None, None, message, "Vérifiez que rien n'y a été collé.")


class _Forbidden(_Rows):
    """Values that a column may not have."""

    def __init__(self, settings: Any, _fields: Sequence[Field]) -> None:
        self._name, self._values = settings.field_name, settings.values

    def row(self, number: int, values: Values) -> Iterator[Finding]:
        if values[self._name] in self._values:
            value = str(values[self._name])
            message = f"Ligne {number}, colonne {quoted(self._name)} : la valeur {quoted(value)} est interdite."
            yield Finding("forbidden-value", number, self._name, value, message, "Remplacez-la par la vraie valeur.")


class _Required(_Rows):
    """Values that a column must have at least once."""

    def __init__(self, settings: Any, _fields: Sequence[Field]) -> None:
        self._name = settings.field_name
        self._lacking = [value for place, value in enumerate(settings.values) if value not in settings.values[:place]]

    def row(self, number: int, values: Values) -> Iterable[Finding]:
        value = values[self._name]
        if value in self._lacking:
            self._lacking.remove(value)
        return ()

    def end(self, rows: int) -> Iterator[Finding]:
        for value in self._lacking:
            message = f"La valeur {quoted(str(value))} doit se trouver dans la colonne {quoted(self._name)}."
            yield Finding("required-value", None, None, None, message, "Ajoutez la ligne qui manque.")


class _Sequential(_Rows):
    """Numbers that follow one another; only the first gap is told."""

    def __init__(self, settings: Any, _fields: Sequence[Field]) -> None:
        self._name = settings.field_name
        self._expected: Any = None
        self._over = False

    def row(self, number: int, values: Values) -> Iterator[Finding]:
        if self._over:
            return
        value = values[self._name]
        if isinstance(value, int | float | Decimal) and (self._expected or value) == value:
            self._expected = value + 1
            return
        self._over = True
        shown = "" if value is None else str(value)
        message = f"Ligne {number}, colonne {quoted(self._name)} : la suite des valeurs est rompue par {quoted(shown)}."
        yield Finding("sequential-value", number, self._name, shown or None, message, "Rétablissez la suite.")


class _Truncated(_Rows):
    """Texts and integers of a size at which databases cut them."""

    def __init__(self, _settings: Any, _fields: Sequence[Field]) -> None:
        """Every column is looked at."""

    def row(self, number: int, values: Values) -> Iterator[Finding]:
        for name, value in values.items():
            long = isinstance(value, str) and len(value) == _CUT_LENGTH
            if long or (isinstance(value, int) and value in _CUT_INTEGERS):
                message = f"Ligne {number}, colonne {quoted(name)} : la valeur a sans doute été coupée."
                yield Finding("truncated-value", number, name, str(value), message, "Reprenez-la dans sa source.")


class _Ascii(_Rows):
    """Texts with accents or other signs beyond ASCII."""

    def __init__(self, _settings: Any, fields: Sequence[Field]) -> None:
        self._names = [field.name for field in fields if field.type == "string"]

    def row(self, number: int, values: Values) -> Iterator[Finding]:
        for name in self._names:
            value = values.get(name)
            if value and not value.isascii():
                message = f"Ligne {number}, colonne {quoted(name)} : {quoted(value)} a des signes hors de l'ASCII."
                yield Finding("ascii-value", number, name, value, message, "Écrivez-la sans accents.")


class _Duplicates(_Rows):
    """Rows that repeat another, all values being equal."""

    def __init__(self, _settings: Any, _fields: Sequence[Field]) -> None:
        self._seen: dict[str, int] = {}

    def row(self, number: int, values: Values) -> Iterator[Finding]:
        text = ",".join(map(str, values.values()))
        earlier = self._seen.get(text)
        self._seen[text] = number
        if earlier is not None:
            message = f"Ligne {number} : elle répète la ligne {earlier}."
            yield Finding("duplicate-row", number, None, None, message, "Supprimez l'une des deux.")


class _Formula(_Rows):
    """Rows for which a formula does not hold or cannot be reckoned. `simpleeval` reads it: it never runs as Python."""

    def __init__(self, settings: Any, _fields: Sequence[Field]) -> None:
        self._formula = settings.formula

    def row(self, number: int, values: Values) -> Iterator[Finding]:
        try:
            holds = bool(simpleeval.EvalWithCompoundTypes(names=dict(values)).eval(self._formula))
        except _FORMULA_FAILURES:
            holds = False
        if not holds:
            message = f"Ligne {number} : elle ne vérifie pas la règle {quoted(self._formula)}."
            yield Finding("row-constraint", number, None, None, message, "Corrigez les valeurs de cette ligne.")


class _Dimensions(_Rows):
    """How many rows a table has."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings

    def end(self, rows: int) -> Iterable[Finding]:
        return _dimensions(self._settings, "rows", rows, "ligne")


def _dimensions(settings: Any, what: str, count: int, word: str) -> Iterator[Finding]:
    exact, least, most = (getattr(settings, f"{bound}_{what}") for bound in ("num", "min", "max"))
    expected = [
        f"il en faut {exact}" if exact and count != exact else "",
        f"il en faut au moins {least}" if least and count < least else "",
        f"il en faut au plus {most}" if most and count > most else "",
    ]
    for sentence in filter(None, expected):
        message = f"Le tableau a {plural(count, word)} : {sentence}."
        yield Finding("table-dimensions", None, None, None, message, "Vérifiez que le fichier est entier, et le bon.")


_AVERAGES: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "mean": statistics.mean,
    "median": statistics.median,
    "mode": statistics.mode,
}
_MAKERS: Mapping[str, Callable[[Any, Sequence[Field]], RowCheck]] = {
    "deviated-value": _DeviatedValue,
    "deviated-cell": _DeviatedCell,
    "forbidden-value": _Forbidden,
    "required-value": _Required,
    "sequential-value": _Sequential,
    "truncated-value": _Truncated,
    "ascii-value": _Ascii,
    "duplicate-row": _Duplicates,
    "row-constraint": _Formula,
    "baseline": lambda _settings, _fields: _Rows(),
}
