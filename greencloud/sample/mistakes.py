"""The mistakes that administrations make, each with the column and the code that the check must answer with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from greencloud.sample.sites import fictitious_siret

Values = Mapping[str, object]
Shape = Literal["plain", "twice", "longer", "shorter"]


@dataclass(frozen=True)
class Mistake:
    """One way of spoiling a complete row.

    `champ` and `code` are what the check answers (no column for a whole row). A text in `change` is written as it is, a
    number in the flavour of the file. `shape`: the row stands twice, has a cell too many, or stops before its end.
    `history`: what to change, from the row of the year before and from this one, in a mistake that the row alone does
    not show; the code is found once all deposits are together.
    """

    champ: str
    code: str
    change: Callable[[Values], Values] = dict
    suits: Callable[[Values], bool] = bool
    shape: Shape = "plain"
    history: Callable[[Values, Values], Values] | None = None

    def after(self, before: Values) -> "Mistake":
        """The mistake of a row whose site declared `before` the year before."""
        return self if self.history is None else replace(self, change=partial(self.history, before))

    @property
    def keeps_key(self) -> bool:
        """Whether the row can still be told from the others, so that its correction replaces it."""
        return self.champ not in ("id_centre", "annee") and self.shape == "plain"


def _number(values: Values, column: str) -> float:
    value = values.get(column)
    return float(value) if isinstance(value, int | float) else 0.0


def _total(values: Values) -> float:
    return _number(values, "energie_totale_kwh")


def _it(values: Values) -> float:
    return _number(values, "energie_it_kwh")


def _has(*columns: str) -> Callable[[Values], bool]:
    return lambda values: all(_number(values, column) > 0 for column in columns)


def _typed(column: str, text: str) -> Callable[[Values], Values]:
    return lambda values: {column: text}


def _times(column: str, factor: float) -> Callable[[Values], Values]:
    return lambda values: {column: round(_number(values, column) * factor, 2)}


def _with_point(values: Values) -> Values:
    thousands, units = divmod(int(_total(values)), 1000)
    return {"energie_totale_kwh": f"{thousands}.{units:03d}"}


def _swapped(values: Values) -> Values:
    return {"energie_totale_kwh": values["energie_it_kwh"], "energie_it_kwh": values["energie_totale_kwh"]}


def _both_in_mwh(values: Values) -> Values:
    return {"energie_totale_kwh": round(_total(values) / 1000, 2), "energie_it_kwh": round(_it(values) / 1000, 2)}


def _total_alone(factor: float) -> Callable[[Values, Values], Values]:
    """The total in another unit and nothing beside it to tell: only the other years do."""
    return lambda before, values: {
        "energie_totale_kwh": round(_total(values) * factor, 2),
        "energie_it_kwh": "",
        "pue_declare": "",
        "motif_absence": "non_mesure",
    }


def _both_times(factor: float) -> Callable[[Values, Values], Values]:
    return lambda before, values: {
        "energie_totale_kwh": round(_total(values) * factor),
        "energie_it_kwh": round(_it(values) * factor),
        "puissance_it_installee_kw": "",
    }


def _measured(values: Values) -> bool:
    return values.get("qualite_mesure") == "mesure"


def _mistyped_siret(values: Values) -> Values:
    siret, _, number = str(values["id_centre"]).partition("-")
    return {"id_centre": f"{siret[:-1]}{(int(siret[-1]) + 1) % 10}-{number}"}


def _year(values: Values, shift: int = 0) -> int:
    return int(_number(values, "annee")) + shift


_HOURS = 8760
_POWER = "puissance_it_installee_kw"
_TOTAL, _IT = "energie_totale_kwh", "energie_it_kwh"

MISTAKES: tuple[Mistake, ...] = (
    Mistake(_TOTAL, "type-error", _typed(_TOTAL, "voir facture")),
    Mistake(_TOTAL, "total_en_mwh", _times(_TOTAL, 1 / 1000)),
    Mistake("id_centre", "foreign-key", _typed("id_centre", f"{fictitious_siret(999)}-01")),
    Mistake("type_refroidissement", "constraint-error", _typed("type_refroidissement", "climatiseur")),
    Mistake(_IT, "colonnes_inversees", _swapped),
    Mistake("", "primary-key", _times(_TOTAL, 1.01), shape="twice"),
    Mistake(_TOTAL, "constraint-error", _times(_TOTAL, -1)),
    Mistake(_IT, "pue_egal_a_un", lambda values: {_TOTAL: values[_IT]}),
    Mistake(_TOTAL, "type-error", lambda values: {_TOTAL: f"environ {_total(values):.0f}"}),
    Mistake("id_centre", "constraint-error", _typed("id_centre", "")),
    Mistake(_TOTAL, "separateur_ambigu", _with_point, lambda values: 1000 <= _total(values) < 1_000_000),
    Mistake("pue_declare", "pue_declare_impossible", lambda values: {_TOTAL: "", _IT: "", "pue_declare": 0.95}),
    Mistake(_TOTAL, "total_mensuel", _times(_TOTAL, 1 / 12), lambda values: _total(values) < 2.9 * _it(values)),
    Mistake(_IT, "it_mensuel", _times(_IT, 1 / 12)),
    Mistake(_IT, "zero_pour_absence", lambda values: {_IT: 0}),
    Mistake("qualite_mesure", "constraint-error", _typed("qualite_mesure", "au compteur")),
    Mistake(_IT, "it_en_mwh", _times(_IT, 1 / 1000)),
    Mistake(_TOTAL, "total_en_kw", _times(_TOTAL, 1 / _HOURS), lambda values: _it(values) > 40_000),
    Mistake(_TOTAL, "type-error", lambda values: {_TOTAL: f"{_total(values):.0f} à {_total(values) * 1.1:.0f}"}),
    Mistake(_IT, "energies_en_mwh", _both_in_mwh, _has(_POWER)),
    Mistake(_POWER, "puissance_en_mw", _times(_POWER, 1 / 1000), lambda values: _number(values, _POWER) >= 50),
    Mistake(_POWER, "facteur_charge_superieur_a_un", _times(_POWER, 1 / 10), _has(_POWER)),
    Mistake("", "extra-cell", shape="longer"),
    Mistake("id_centre", "identifiant_abime", _typed("id_centre", "9,99E+13")),
    Mistake(
        "date_fin",
        "periode_invalide",
        lambda values: {"date_debut": f"{_year(values)}-01-01", "date_fin": f"{_year(values, -1)}-12-31"},
    ),
    Mistake(
        "eau_totale_m3",
        "eau_en_litres",
        _times("eau_totale_m3", 1000),
        lambda values: _number(values, "eau_totale_m3") * 1000 > 0.08 * _it(values),
    ),
    Mistake("date_debut", "type-error", lambda values: {"date_debut": f"{_year(values)}-13-01"}),
    Mistake("", "missing-cell", shape="shorter"),
    Mistake("id_centre", "siret_invalide", _mistyped_siret),
    Mistake(_TOTAL, "one-of-required", lambda values: {_TOTAL: "", "pue_declare": ""}),
    Mistake(
        "chaleur_valorisee_kwh",
        "erf_superieur_a_un",
        lambda values: {"chaleur_valorisee_kwh": round(_total(values) * 1.3)},
        _has("chaleur_valorisee_kwh"),
    ),
    Mistake("annee", "constraint-error", _typed("annee", "")),
    Mistake(
        "energie_renouvelable_kwh",
        "somme_renouvelable_incoherente",
        _times("energie_renouvelable_kwh", 0.9),
        _has("energie_renouvelable_kwh"),
    ),
    Mistake(
        "surface_salle_it_m2",
        "surface_it_superieure",
        lambda values: {
            "surface_salle_it_m2": values["surface_totale_m2"],
            "surface_totale_m2": values["surface_salle_it_m2"],
        },
        _has("surface_salle_it_m2", "surface_totale_m2"),
    ),
    Mistake(
        "energie_renouvelable_kwh",
        "ref_superieur_a_un",
        lambda values: {
            "energie_renouvelable_kwh": round(_total(values) * 1.2),
            "energie_renouvelable_go_kwh": round(_total(values) * 1.2),
            "energie_renouvelable_ppa_kwh": "",
            "energie_renouvelable_site_kwh": "",
        },
        _has("energie_renouvelable_kwh"),
    ),
    Mistake("categorie_mesure_it", "constraint-error", _typed("categorie_mesure_it", "4")),
    Mistake(_TOTAL, "changement_unite_probable", history=_total_alone(1 / 1000)),
    Mistake(_TOTAL, "virgule_perdue", history=_total_alone(10)),
    Mistake(_TOTAL, "valeurs_recopiees", history=lambda before, values: {_TOTAL: before[_TOTAL]}, suits=_measured),
    Mistake(_TOTAL, "variation_annuelle_forte", history=_both_times(1.6), suits=_measured),
)
