"""The cloud observatory: virtual machines, servers, storage, and the share hosted in each cloud circle."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import french
from dashboards.cells import (
    DIFFUSION,
    Chart,
    Column,
    DataTable,
    Head,
    Part,
    cell,
    masked,
    published_table,
    secret,
    sentence,
)
from dashboards.data import Edition, Row
from dashboards.themes import NATURES, Nature, Page, alternatives, bars
from dashboards.themes.basis import among

CLOUD = "observatoire_cloud"


@dataclass(frozen=True)
class Count:
    """What is counted: its title, what its bars are in a sentence, and how its values are written."""

    title: str
    bars: str
    form: Callable[[float], str] = french.integer


COUNTS: Mapping[str, Count] = {
    "nb_machines_virtuelles": Count(
        "Machines virtuelles", "nombre de machines virtuelles, additionné sur les sites qui les comptent"
    ),
    "nb_serveurs_physiques": Count(
        "Serveurs physiques", "nombre de serveurs physiques, additionné sur les sites qui les comptent"
    ),
    "stockage_utile_to": Count("Stockage utile (To)", "stockage utile en To, additionné sur les sites qui le comptent"),
    "machines_virtuelles_par_serveur": Count(
        "Machines virtuelles par serveur",
        "machines virtuelles divisées par les serveurs physiques, sur les sites qui comptent les deux",
        lambda value: french.number(value, 1),
    ),
}
CIRCLES = ("cloud_interne", "cloud_dedie", "cloud_externe")
_SHARED = ("nb_machines_virtuelles", "nb_serveurs_physiques", "stockage_utile_to")
_BIG = ((1e9, "Md"), (1e6, "M"), (1e3, "k"))


def page(edition: Edition) -> Page:
    """The page `observatoire-cloud.html`."""
    return Page(
        "observatoire-cloud.html",
        "observatoire-cloud.html.j2",
        "Observatoire du cloud",
        "observatoire-cloud.html",
        {"parts": [_part(edition, nature) for nature in NATURES]},
    )


def _part(edition: Edition, nature: Nature) -> dict[str, Any]:
    rows = edition.rows(CLOUD, synthetic=nature.synthetic)
    whole = [row for row in rows if row["dimension"] == "ensemble"]
    circles = [row for row in rows if row["modalite"] in CIRCLES]
    known = any(row["valeur"] is not None for row in whole)
    return {
        "nature": nature,
        "hidden": sum(map(masked, rows)),
        "rows": len(rows),
        "answer": _answer(whole, circles),
        "counts": [_count_chart(name, whole, nature) for name in COUNTS] if known else [],
        "table": _counts_table(whole, nature) if known else None,
        "circles": [_circle_chart(edition, kind, circles, nature) for kind in _declared(circles)] if known else [],
        "circles_table": _circles_table(circles, nature) if known and circles else None,
    }


def _declared(circles: Sequence[Row]) -> list[str]:
    """The circles that have a row, in their order: a circle where no site is expected has none."""
    return [kind for kind in CIRCLES if any(row["modalite"] == kind for row in circles)]


def _answer(whole: Sequence[Row], circles: Sequence[Row]) -> tuple[Part, ...]:
    """How many virtual machines are counted, and the circle that holds most of them."""
    counted = [row for row in whole if row["indicateur"] == "nb_machines_virtuelles" and row["valeur"] is not None]
    if not counted:
        return ()
    total = max(counted, key=lambda row: int(row["annee"]))
    model = "En {annee}, les {sites} sites qui les comptent font tourner {machines} machines virtuelles"
    cells = {
        "annee": cell(total, CLOUD, "annee"),
        "sites": cell(total, CLOUD, "nb_sites"),
        "machines": cell(total, CLOUD, "valeur", french.integer),
    }
    now = [row for row in circles if row["indicateur"] == total["indicateur"] and row["annee"] == total["annee"]]
    shown = [row for row in now if row["part"] is not None]
    if not shown:
        return sentence(f"{model}.", **cells)
    most = max(shown, key=lambda row: (row["part"], row["modalite"]))
    cells |= {"part": cell(most, CLOUD, "part"), "cercle": cell(most, CLOUD, "libelle", french.within)}
    hidden = [row for row in now if row["part"] is None and secret(row, CLOUD, "part")]
    return sentence(f"{model} ; {_among_circles(len(shown), len(hidden))}.", **cells)


def _among_circles(shown: int, hidden: int) -> str:
    """Which circle holds most of them, as far as the circles that secrecy hides let one say."""
    if not hidden:
        return "le cercle du cloud qui en porte le plus est « {cercle} », avec {part}"
    told = f"({shown} sur {shown + hidden})"
    if shown == 1:
        return f"un seul cercle du cloud a une part publiée {told} : « {{cercle}} », avec {{part}}"
    return f"des cercles du cloud dont la part est publiée {told}, le plus gros est « {{cercle}} », avec {{part}}"


def _rests(series: Sequence[Row]) -> dict[str, Any]:
    """How many sites give the last count of a series, and their share of those expected."""
    known = [row for row in series if row["valeur"] is not None and row["nb_sites"]]
    return among(known[-1] if known else None, "nb_sites", CLOUD)


def _count_chart(name: str, rows: Sequence[Row], nature: Nature) -> Chart:
    count = COUNTS[name]
    series = sorted((row for row in rows if row["indicateur"] == name), key=lambda row: int(row["annee"]))
    told = [(str(row["annee"]), row["valeur"], cell(row, CLOUD, "valeur", count.form).text) for row in series]
    return Chart(
        id=f"cloud-{name.replace('_', '-')}-{nature.anchor}",
        title=count.title,
        alternative=f"Barres, une par année : {count.bars}, {alternatives.over_years(told)}. "
        f"{alternatives.end(nature, 'des décomptes')}",
        figure=bars.chart(
            [
                bars.Bar(row["annee"], value, said if value is None else short(value, name))
                for row, (_, value, said) in zip(series, told, strict=True)
            ],
            synthetic=nature.synthetic,
        ),
        csv=f"{CLOUD}.csv",
        **_rests(series),
        values=f"table-cloud-{nature.anchor}",
        width=420,
    )


def short(value: float, name: str) -> str:
    """A value as it fits over a bar: at most three digits and a prefix."""
    for factor, unit in _BIG:
        if value >= factor and name != "machines_virtuelles_par_serveur":
            scaled = value / factor
            return f"{french.number(scaled, 0 if scaled >= 100 else 1)}\u00a0{unit}"
    return COUNTS[name].form(value)


def _circle_chart(edition: Edition, kind: str, rows: Sequence[Row], nature: Nature) -> Chart:
    label = edition.label("type_hebergement", kind)
    series = [row for row in rows if row["modalite"] == kind and row["indicateur"] == "nb_machines_virtuelles"]
    series.sort(key=lambda row: int(row["annee"]))
    told = [(str(row["annee"]), row["part"], cell(row, CLOUD, "part").text) for row in series]
    return Chart(
        id=f"cloud-part-{kind.replace('_', '-')}-{nature.anchor}",
        title=label,
        alternative=f"Barres, une par année : {label}, part des machines virtuelles comptées, "
        f"{alternatives.over_years(told)}. {alternatives.end(nature, 'des cercles')}",
        figure=bars.chart(
            [bars.Bar(row["annee"], *_percent(row)) for row in series],
            synthetic=nature.synthetic,
            top=100 * max(row["part"] or 0.0 for row in rows),
        ),
        csv=f"{CLOUD}.csv",
        **_rests(series),
        values=f"table-cloud-cercles-{nature.anchor}",
        width=300,
    )


def _percent(row: Row) -> tuple[float | None, str]:
    """The height of a bar, and what stands over it: its share, or why there is none."""
    if row["part"] is None:
        return None, cell(row, CLOUD, "valeur" if row["valeur"] is None else "part").text
    height = 100 * row["part"]
    return height, f"{french.number(height, 0 if height >= 10 else 1)}\u00a0%"


def _counts_table(rows: Sequence[Row], nature: Nature) -> DataTable:
    """A year by row: each count with the number of sites that give it."""
    caption = (
        f"Décomptes de l’observatoire, tous sites, données {nature.adjective}. Sites : ceux qui donnent le décompte."
    )
    years = sorted({row["annee"] for row in rows})
    columns = [Column("Année", True)]
    for count in COUNTS.values():
        columns += [Column(count.title, True), Column("Sites", True)]
    by_place = {(row["annee"], row["indicateur"]): row for row in rows}
    shown = []
    for year in years:
        line = [cell(by_place[year, "nb_machines_virtuelles"], CLOUD, "annee")]
        for name, count in COUNTS.items():
            row = by_place[year, name]
            line += [cell(row, CLOUD, "valeur", count.form), cell(row, CLOUD, "nb_sites")]
        shown.append(tuple(line))
    return DataTable(f"table-cloud-{nature.anchor}", caption, tuple(columns), tuple(shown))


def _circles_table(rows: Sequence[Row], nature: Nature) -> DataTable:
    heads = (
        Head("Cercle", "libelle"),
        Head("Année", "annee"),
        Head("Compté", "indicateur", lambda name: COUNTS[name].title),
        Head("Sites", "nb_sites"),
        Head("Sites attendus", "nb_sites_attendus"),
        Head("Valeur", "valeur", french.integer),
        Head("Part de l’ensemble", "part"),
        DIFFUSION,
    )
    ordered = sorted(
        (row for row in rows if row["indicateur"] in _SHARED),
        key=lambda row: (CIRCLES.index(row["modalite"]), _SHARED.index(row["indicateur"]), row["annee"]),
    )
    caption = f"Part hébergée dans chaque cercle du cloud, données {nature.adjective}"
    return published_table(f"table-cloud-cercles-{nature.anchor}", caption, CLOUD, ordered, heads)
