"""PUE by hosting kind: every site, the quartiles, the weighted PUE, the reference marks and those of the market."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import figures, french
from dashboards.cells import BODY, SITE, Chart, Column, DataTable, Head, Part, cell, masked, published_table, sentence
from dashboards.data import Edition, Row, last_year
from dashboards.themes import NATURES, Nature, Page, hosting_figure, references
from dashboards.themes.basis import AGGREGATES, COMPARED, SITES, basis, whole
from dashboards.themes.declared import ORIGIN
from dashboards.themes.sites import EXCLUSIONS, LEVELS
from greencloud import tables

LISTED = 500  # dots whose values are also listed on the page; beyond, the ranking lists them


def page(edition: Edition) -> Page:
    """The page `pue-par-hebergement.html`."""
    market = references.market_table(references.market(edition))
    return Page(
        "pue-par-hebergement.html",
        "pue-par-hebergement.html.j2",
        "PUE par type d’hébergement",
        "pue-par-hebergement.html",
        {"parts": [_part(edition, nature) for nature in NATURES], "market": market},
    )


def counted(row: Row) -> bool:
    """Whether the energies of a site are in the sums, thus in the weighted PUE."""
    return bool(row["inclus_dans_agregats"]) and row["pue_calcule"] is not None


def comparable(row: Row) -> bool:
    """Whether the PUE of a counted site can stand beside the others: level `pleine` or `reservee`."""
    return counted(row) and row["niveau_comparabilite"] in ("pleine", "reservee")


def isolated(row: Row) -> bool:
    """Whether a site declared a PUE that cannot be worked out again from its energies."""
    return row["pue_calcule"] is None and row["pue_declare"] is not None


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    sites = [row for row in edition.sites if row["synthetique"] is nature.synthetic]
    year = last_year([row for row in sites if comparable(row)])
    apart = [row for row in sites if isolated(row) and (not nature.synthetic or row["annee"] == year)]
    told = {} if year is None else _told(edition, nature, year, [row for row in sites if row["annee"] == year])
    return {
        **dict.fromkeys(("answer", "chart", "scope", "bands", "points", "more"), None),
        **told,
        "nature": nature,
        "isolated": _isolated_table(edition, nature, apart) if apart else None,
    }


def _told(edition: Edition, nature: Nature, year: int, sites: Sequence[Row]) -> dict[str, Any]:
    """What the page shows of a year, from the rows of its sites."""
    drawn = [row for row in sites if row["pue_calcule"] is not None]
    groups = _ordered(edition.groups("type_hebergement", synthetic=nature.synthetic, year=year))
    by_kind = {
        group["modalite"]: [row for row in drawn if (row["type_hebergement"] or "inconnu") == group["modalite"]]
        for group in groups
    }
    groups = [group for group in groups if by_kind[group["modalite"]] or group["pue"] is not None]
    figure, more = hosting_figure.figure(groups, by_kind, edition, nature.synthetic)
    total = edition.groups("ensemble", synthetic=nature.synthetic, year=year)[0]
    return {
        "answer": answer(edition, nature, year),
        "scope": scope(sites, total["nb_sites_pue"]),
        "bands": bands(sites, year, nature),
        "points": _points_table(edition, nature, year, by_kind) if len(drawn) <= LISTED else None,
        "more": figures.in_script([trace.to_plotly_json() for trace in more]),
        "chart": Chart(
            id=f"pue-hebergement-{nature.anchor}",
            title=f"PUE de chaque site en {year}, par type d’hébergement",
            alternative=_alternative(groups, drawn, year, nature),
            figure=figure,
            table=_table(groups, year, nature),
            csv=f"{AGGREGATES}.csv",
            **basis(whole(edition, nature.synthetic, year)),
        ),
    }


def answer(edition: Edition, nature: Nature, year: int) -> tuple[Part, ...]:
    """Which hosting kind uses least beside its computing, and which most; nothing for a single kind."""
    groups = edition.groups("type_hebergement", synthetic=nature.synthetic, year=year)
    kinds = [row for row in groups if row["pue"]]
    if len(kinds) < 2:
        return ()
    best, *_, worst = _ordered(kinds)
    hidden = sum(map(masked, groups))
    among = f", parmi les {len(kinds)} types sur {len(kinds) + hidden} dont le chiffre est publié" if hidden else ""
    return sentence(
        "En {annee}, pour 1 kWh d’informatique, il faut {bas} kWh en tout dans l’hébergement le plus sobre "
        f"({{sobre}}, {{sites_bas}} sites) et {{haut}} kWh dans le moins sobre ({{gourmand}}, {{sites_haut}} sites)"
        f"{among}.",
        annee=cell(best, AGGREGATES, "annee"),
        bas=cell(best, AGGREGATES, "pue"),
        haut=cell(worst, AGGREGATES, "pue"),
        sobre=cell(best, AGGREGATES, "libelle", french.within),
        gourmand=cell(worst, AGGREGATES, "libelle", french.within),
        sites_bas=cell(best, AGGREGATES, "nb_sites_pue"),
        sites_haut=cell(worst, AGGREGATES, "nb_sites_pue"),
    )


def bands(sites: Sequence[Row], year: int, nature: Nature) -> DataTable | None:
    """How many comparable sites of a year lie in each band of PUE, beside the unofficial preview of the EU class."""
    drawn = [row for row in sites if comparable(row) and row["bande_pue"] is not None]
    if not drawn:
        return None
    order = tables.table(SITES).field("bande_pue").constraints["enum"]
    members = {band: [row for row in drawn if row["bande_pue"] == band] for band in order}
    return DataTable(
        f"table-bandes-{nature.anchor}",
        f"Sites {COMPARED}, par bande de PUE, en {year}, données {nature.adjective}",
        (Column("PUE"), Column("Sites", True), Column("Aperçu, non officiel, de la classe de l’Union européenne")),
        tuple(
            (
                band_words(band),
                french.integer(len(rows)),
                ", ".join(sorted({str(row["apercu_classe_ue"]) for row in rows if row["apercu_classe_ue"]}))
                or french.ABSENT,
            )
            for band, rows in members.items()
        ),
    )


def band_words(band: str) -> str:
    """A code of `bande_pue` for a reader: `1.35_a_1.5` is « plus de 1,35 à 1,5 »."""
    words = band.replace(".", ",").replace("_", " ").replace(" a ", " à ")
    return f"plus de {words}" if words[0].isdigit() else words


def scope(sites: Sequence[Row], summed: int | None) -> list[str]:
    """Which sites of a year the weighted PUE rests on, and which have a dot, by how far they compare.

    `summed`: sites in the published total, those whose own rows are withheld included; None when it is hidden.
    """
    drawn = [row for row in sites if row["pue_calcule"] is not None]
    listed, levels = sum(map(counted, sites)), Counter(row["niveau_comparabilite"] for row in drawn)
    inside = listed if summed is None else summed
    sums = (
        f"Le PUE pondéré porte sur les sites comptés dans les sommes ({french.number(inside)}) : deux énergies, sur "
        "une année entière."
    )
    dots = (
        f"Un point par site dont le PUE se calcule ({french.number(len(drawn))}) : {french.number(levels['pleine'])} "
        f"sans réserve, {french.number(levels['reservee'])} avec une réserve (point de mesure ou périmètre inconnu, "
        f"périmètre réparti, énergie estimée), {french.number(levels['non_comparable'])} qui ne se comparent pas "
        f"(plusieurs réserves, qualité de mesure inconnue, année incomplète). Sites {COMPARED}, ceux de la médiane : "
        f"{french.number(sum(map(comparable, sites)))}."
    )
    apart = {
        "Points hors des sommes, pour une année incomplète ou une énergie déjà comptée chez l’hôte": len(drawn)
        - listed,
        "Sites qui ne comptent que dans les totaux, sans point": inside - listed,
    }
    others = " ".join(f"{what} : {french.number(count)}." for what, count in apart.items() if count)
    return [french.typography(text) for text in (sums, dots, others) if text]


def _ordered(groups: Sequence[Row]) -> list[Row]:
    """Lowest weighted PUE first, the masked ones last."""
    return sorted(groups, key=lambda row: (row["pue"] is None, row["pue"] or 0.0, row["modalite"]))


def _alternative(groups: Sequence[Row], drawn: Sequence[Row], year: int, nature: Nature) -> str:
    known = [row for row in groups if row["pue"] is not None]
    full = [row["pue_calcule"] for row in drawn if row["niveau_comparabilite"] == "pleine"]
    text = f"Nuage de points sur {len(groups)} lignes, une par type d’hébergement, année {year}. "
    if full:
        ends = f"PUE de {french.ratio(min(full))} à {french.ratio(max(full))}"
        text += f"{french.count(len(full), 'site')} sans réserve, {ends}. "
    if known:
        told = (f"{row['libelle']} {french.ratio(row['pue'])}" for row in known)
        text += f"PUE pondéré : {', '.join(told)}. "
    hidden = [row["libelle"] for row in groups if row["pue"] is None]
    text += f"Chiffre du groupe masqué ou inconnu : {', '.join(hidden)}. " if hidden else ""
    return text + f"Données {nature.adjective}. Les valeurs sont dans le tableau qui suit."


def _table(groups: Sequence[Row], year: int, nature: Nature) -> DataTable:
    caption = (
        f"PUE par type d’hébergement en {year}, données {nature.adjective}. Le PUE pondéré porte sur les sites comptés "
        "dans les sommes, la distribution (du minimum au maximum) sur ceux d’entre eux qui se comparent, avec ou sans "
        "réserve."
    )
    heads = (
        Head("Type d’hébergement", "libelle"),
        Head("Sites déclarants", "nb_sites_declarants"),
        Head("Comptés dans les sommes", "nb_sites_pue"),
        Head("PUE pondéré", "pue"),
        Head("Dont comparables", "nb_sites_distribution"),
        Head("Minimum", "pue_minimum"),
        Head("Quartile 1", "pue_quartile_1"),
        Head("Médiane", "pue_mediane"),
        Head("Quartile 3", "pue_quartile_3"),
        Head("Maximum", "pue_maximum"),
    )
    return published_table(f"table-pue-hebergement-{nature.anchor}", caption, AGGREGATES, groups, heads)


def _points_table(edition: Edition, nature: Nature, year: int, by_kind: Mapping[str, Sequence[Row]]) -> DataTable:
    """The dots one by one, in the order of the chart."""
    ordered = [
        row for rows in by_kind.values() for row in sorted(rows, key=lambda row: (row["pue_calcule"], row["id_centre"]))
    ]
    heads = (
        SITE,
        BODY,
        Head("Type d’hébergement", "type_hebergement", lambda kind: edition.label("type_hebergement", kind)),
        Head("PUE calculé", "pue_calcule"),
        Head("Comparabilité", "niveau_comparabilite", lambda level: LEVELS.get(level, level)),
        Head("Compté dans les sommes", "inclus_dans_agregats", lambda inside: "oui" if inside else "non"),
        Head("Sinon, pourquoi", "motif_exclusion", lambda why: EXCLUSIONS.get(why, why)),
    )
    caption = f"Les points, un par un, en {year}, données {nature.adjective}"
    return published_table(f"table-points-{nature.anchor}", caption, SITES, ordered, heads)


def _isolated_table(edition: Edition, nature: Nature, rows: Sequence[Row]) -> DataTable:
    ordered = sorted(rows, key=lambda row: (-row["annee"], row["nom_site"] or "", row["id_centre"]))
    caption = f"PUE déclarés sans leurs deux énergies, données {nature.adjective}"
    heads = (
        SITE,
        BODY,
        Head("Type d’hébergement", "type_hebergement", lambda kind: edition.label("type_hebergement", kind)),
        Head("Année", "annee"),
        Head("PUE déclaré", "pue_declare"),
        *(() if nature.synthetic else ORIGIN),
    )
    return published_table(f"table-isoles-{nature.anchor}", caption, SITES, ordered, heads)
