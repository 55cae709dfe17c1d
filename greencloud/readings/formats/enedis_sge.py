"""Load curves of the grid operator's professional portal (Enedis SGE, flux R63 and « mesures détaillées »), as CSV.

Columns, as seen in public examples of these files:

- `Identifiant PRM`: 14 digits, the point of delivery.
- `Date de début`, `Date de fin`: the period that was asked for, not that of the line.
- `Grandeur physique`: `PA` active power; `PRI`, `PRC`… reactive power and `E` or `U` voltage are told and left out.
  Long forms (« Energie active ») are met too.
- `Grandeur métier`: `CONS` or `PROD`.
- `Etape métier`: `BRUT` as metered; `CORRIGE`, `COMPLETE`, `BEST` after the operator's work.
- `Unité`: `W`, the mean power of the slot.
- `Horodate`: the END of the slot in Paris time, with an offset (`2023-01-01T00:10:00+01:00`) or without
  (`2023-01-01 00:10:00`). To confirm: a few examples name the beginning; the register of meters then says so.
- `Valeur`: a whole number, in general. `Pas`: `PT5M`, `PT10M`, `PT15M`, `PT30M` or `PT60M`; it may change in the file.
- `Nature`: `R` or `B` metered; `E` estimated, `C` corrected, `H` and `P` rebuilt, `K` computed, `D` imported by hand;
  `S`, `T`, `F`, `G` mark power cuts. To confirm: the letters come from several flows. Unknown ones are metered.
- `Indice de vraisemblance`: 0 or empty when plausible. To confirm: any other number is a doubt, told as estimated.
- `Etat complémentaire`: not read (to confirm: 0 or empty wherever it was seen).
"""

from collections.abc import Mapping

from greencloud.checking.sql import literal
from greencloud.reading.labels import label_key
from greencloud.readings.formats import cells
from greencloud.readings.formats.form import Labels, by_line, keyed
from greencloud.readings.formats.views import Recipe, cell
from greencloud.readings.sources import Convention

NAME = "enedis_sge"
LABELS = (
    *("Identifiant PRM", "Date de début", "Date de fin", "Grandeur physique", "Grandeur métier", "Etape métier"),
    *("Unité", "Horodate", "Valeur", "Nature", "Pas", "Indice de vraisemblance", "Etat complémentaire"),
)
DEFAULTS = Convention(unite="W", horodate="fin", fuseau="Europe/Paris")
_NEEDED = frozenset({"identifiant_prm", "horodate", "valeur", "unite", "pas"})
_OF_LINES = ("Date de début", "Date de fin", "Horodate", "Valeur", "Etat complémentaire")
"""What says nothing of a line, or differs from one to the next."""
_ESTIMATED = ("E", "C", "H", "P", "K", "D")
_ACTIVE = ("PA", "EA", "Energie active", "Énergie active", "Puissance active")


def recipe(labels: Labels) -> Recipe:
    """How its cells are read."""
    places = {name: labels.get(label_key(name)) for name in LABELS}
    texts = {name: "NULL::VARCHAR" if place is None else cell(place) for name, place in places.items()}
    stamp, value, step = texts["Horodate"], texts["Valeur"], texts["Pas"]
    parsed = {
        "fin_lue": cells.wall(stamp),
        "valeur_lue": cells.number(value),
        "pas_lu": cells.step(step),
        "unite_lue": cells.unit(texts["Unité"]),
    }
    problem = cells.first_of(
        {
            _ignored(texts["Grandeur physique"], texts["Grandeur métier"]): "grandeur_ignoree",
            cells.no_stamp("fin_lue"): "horodate_illisible",
            **cells.missing(value, "valeur_lue"),
            "unite_lue IS NULL": "unite_inconnue",
            "pas_lu IS NULL": "pas_illisible",
        }
    )
    shown = {"horodate_illisible": stamp, "unite_inconnue": texts["Unité"], "pas_illisible": step}
    shown["grandeur_ignoree"] = f"concat_ws(' ', {texts['Grandeur physique']}, {texts['Grandeur métier']})"
    return Recipe(
        parsed=parsed,
        columns={
            "compteur": cells.meter(texts["Identifiant PRM"]),
            "sens": f"CASE WHEN {_produced(texts['Grandeur métier'])} THEN 'PROD' ELSE 'CONS' END",
            "fin": "fin_lue",
            "decalage_fin": cells.offset(stamp),
            "pas": "pas_lu",
            "valeur": "valeur_lue",
            "unite": "unite_lue",
            "estime": _estimated(texts),
        },
        problem=problem,
        written=cells.shown(shown, value),
        stamps=("fin_lue",),
        tags=tuple(text for name, text in texts.items() if name not in _OF_LINES and places[name] is not None),
    )


def _ignored(physical: str, business: str) -> str:
    """SQL: whether the line is of another quantity than active power or energy, consumed or produced."""
    codes = " ".join(f"WHEN {literal(code)} THEN TRUE" for code in ("", *_ACTIVE))
    active = rf"regexp_matches(lower(strip_accents({physical})), '\bactive\b')"
    return (
        f"CASE WHEN NOT CASE coalesce({physical}, '') {codes} ELSE {active} END THEN TRUE "
        f"ELSE CASE coalesce({business}, '') WHEN 'CONS' THEN FALSE WHEN 'PROD' THEN FALSE WHEN '' THEN FALSE "
        f"ELSE NOT regexp_matches(lower({business}), '^(cons|prod)') END END"
    )


def _produced(business: str) -> str:
    return f"CASE coalesce({business}, '') WHEN 'CONS' THEN FALSE ELSE starts_with(lower({business}), 'prod') END"


def _estimated(texts: Mapping[str, str]) -> str:
    """SQL: whether the operator does not vouch for the value as metered."""
    nature, doubt, stage = texts["Nature"], texts["Indice de vraisemblance"], texts["Etape métier"]
    letters = " ".join(f"WHEN {literal(letter)} THEN TRUE" for letter in _ESTIMATED)
    worked = f"coalesce({stage}, '') IN ('CORRIGE', 'COMPLETE')"
    return (
        f"CASE WHEN coalesce({doubt}, '') NOT IN ('0', '', 'null') THEN TRUE ELSE "
        f"CASE coalesce({nature}, '') WHEN 'R' THEN FALSE WHEN 'B' THEN FALSE {letters} WHEN '' THEN {worked} "
        f"ELSE FALSE END END"
    )


FORMAT = by_line(NAME, LABELS, _NEEDED, DEFAULTS, lambda laid: recipe(keyed(laid.labels)))
