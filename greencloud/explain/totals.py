"""A row of `agregats_annuels` explained: the sites it sums, and what they add up to.

Without the deposits, only sites published in their name are told, from the published tables alone: the others are
counted as the row itself counts them, and not at all when secrecy hides the row.
"""

from collections.abc import Iterable, Mapping, Sequence

from greencloud.differences import Snapshot
from greencloud.disclosure.vocabulary import NOMINATIVE_ONLY
from greencloud.explain import lookup
from greencloud.explain.evidence import Holding
from greencloud.explain.lookup import Row
from greencloud.explain.model import Contributor, Total

TABLE = "agregats_annuels"
ENERGIES = ("energie_totale_kwh", "energie_it_kwh")
ADDED = (*ENERGIES, "emissions_tco2e")
"""What each site adds; empty emissions are not counted as zero, their site is not in that sum."""
FORMULAS = {
    "pue": "energie_totale_kwh / energie_it_kwh",
    "cue_kgco2e_par_kwh": "1000 × emissions_tco2e / somme de energie_it_kwh des nb_sites_carbone centres",
    "couverture_sites": "centres attendus dont l'énergie est connue / nb_sites_attendus",
    "part_it_mesuree": "energie_it_kwh des centres de qualité mesure ou point_change / energie_it_kwh",
    **dict.fromkeys(NOMINATIVE_ONLY[TABLE], "sur les seuls centres publiés à leur nom"),
}
_PRIVATE = "Cette explication nomme des centres protégés et leurs valeurs : ne la publiez pas."
_COLUMN = {"region": "code_region", "ensemble": None}
_MISSING = {"classe_taille": "TX"}


def explain_total(edition: Snapshot, key: Row, holding: Holding | None = None) -> Total:
    """Explain the row of this key (annee, synthetique, dimension, modalite).

    `holding`: read these deposits and name every site, protected ones too. Raises ExplainError for a row that
    does not exist, DepositError without the folder.
    """
    row = lookup.total(edition, TABLE, key)
    named = [_contributor(one, True) for one in _named(edition, key)]
    if holding is None:
        return _total(edition, row, named, row["nb_sites_pue"], None, _hidden(row))
    condition, public = " AND ".join(f"{name} = ?" for name in key), {one.id_centre for one in named}
    members = _rows(holding, f"SELECT * FROM _membres_{TABLE} WHERE {condition} ORDER BY id_centre", key)
    all_sites = [_contributor(one, one["id_centre"] in public) for one in members]
    notes = [*_differences(row, all_sites), _PRIVATE]
    if str(row["diffusion"]).startswith("secret"):
        notes.insert(0, "L'édition masque cette ligne : ses valeurs sont calculées ici à partir des dépôts.")
        computed = _rows(holding, f"SELECT * FROM {TABLE} WHERE {condition}", key)[0]
        row = {**computed, **dict.fromkeys(NOMINATIVE_ONLY[TABLE]), "diffusion": row["diffusion"]}
    rest = _sums(one for one in all_sites if not one.nominatif)
    return _total(edition, row, all_sites, len(all_sites), rest, notes)


def _rows(holding: Holding, query: str, key: Row) -> list[Row]:
    found = holding.tables.execute(query, [*key.values()])
    names = [column[0] for column in found.description]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def _total(
    edition: Snapshot,
    row: Row,
    sites: Sequence[Contributor],
    counted: int | None,
    rest: Mapping[str, float | None] | None,
    notes: Sequence[str],
) -> Total:
    named = [one for one in sites if one.nominatif]
    return Total(
        edition=edition.identifier,
        table=TABLE,
        cle={name: row[name] for name in ("annee", "synthetique", "dimension", "modalite")},
        interne=rest is not None,
        diffusion=row["diffusion"],
        valeurs=row,
        contributeurs=tuple(sites),
        somme_nommes=_sums(named),
        nb_non_nommes=None if counted is None else counted - len(named),
        reste=rest,
        formules=FORMULAS,
        notes=tuple(notes),
    )


def _named(edition: Snapshot, key: Row) -> list[Row]:
    """The rows published in the name of a site that the group sums."""
    dimension, value = key["dimension"], key["modalite"]
    column = _COLUMN.get(dimension, dimension)
    found = lookup.rows(
        edition,
        "indicateurs_annuels",
        "annee = ? AND synthetique = ? AND inclus_dans_agregats",
        [key["annee"], key["synthetique"]],
        ("id_centre", *ADDED, *([column] if column else ())),
    )
    missing = _MISSING.get(dimension, "inconnu")
    return [one for one in found if column is None or (one[column] or missing) == value]


def _contributor(row: Row, public: bool) -> Contributor:
    return Contributor(row["id_centre"], public, {name: row[name] for name in ADDED})


def _sums(sites: Iterable[Contributor]) -> dict[str, float | None]:
    """Sums in the order of the identifiers, like the SQL; None where no site has a value."""
    found: dict[str, float | None] = dict.fromkeys(ADDED)
    for site in sites:
        for name, value in site.valeurs.items():
            if value is not None:
                found[name] = (found[name] or 0.0) + value
    return found


def _hidden(row: Row) -> list[str]:
    if str(row["diffusion"]).startswith("secret"):
        return [
            "Cette ligne est masquée par le secret statistique : ni sa valeur ni le nombre des centres qui n'y sont "
            "pas publiés à leur nom ne sont donnés."
        ]
    return []


def _differences(row: Row, sites: Sequence[Contributor]) -> list[str]:
    """What deposits read again do not give as published."""
    sums = _sums(sites)
    shown = {name: row[name] for name in ENERGIES if row[name] is not None}
    wrong = [name for name, value in shown.items() if abs((sums[name] or 0.0) - value) > 1e-9 * value]
    if not wrong:
        return []
    return [f"Les dépôts de ce dossier ne redonnent pas la valeur publiée de {', '.join(wrong)}."]
