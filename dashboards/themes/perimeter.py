"""Growth and PUE of the same sites from a year to the next, beside those of whoever declared."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go

from dashboards import figures, french
from dashboards.cells import DIFFUSION, Cell, Chart, DataTable, Head, Part, cell, masked, published_table, sentence
from dashboards.data import Edition, Row
from dashboards.themes import Nature, alternatives, ranges
from dashboards.themes.basis import basis, whole

EVOLUTIONS = "evolutions_annuelles"
CURRENT = ranges.Mark("circle-open", figures.MUTED)
CONSTANT = ranges.Mark("circle", figures.BLUE)

# Column, sign in the drawing, colour, hatching, words of the key: who makes the sums of a year.
MOVES: tuple[tuple[str, int, str, str, str], ...] = (
    ("nb_sites_constants", 1, figures.BLUE, "", "mêmes sites, même définition (plein)"),
    ("nb_sites_modifies", 1, figures.PURPLE, "x", "mêmes sites, définition changée (croisillons)"),
    ("nb_sites_entres", 1, figures.GREEN, "/", "sites entrés (hachures montantes)"),
    ("nb_sites_sortis", -1, figures.VERMILLION, "\\", "sites sortis, sous le zéro (hachures descendantes)"),
)

_LESSON = (
    "De {avant} à {annee}, à périmètre constant (sites de même définition et publiés à leur nom : {constants}), "
    "l’énergie totale a varié de {constante} et le PUE est passé de {pue_avant} à {pue}. "
)
_BRIEF = (
    "De {avant} à {annee}, à périmètre constant (les mêmes {constants} sites, publiés à leur nom, de même définition), "
    "l’énergie totale a varié de {constante} et le PUE est passé de {pue_avant} à {pue}."
)
_CURRENT = (
    "Ce périmètre porte {part} de l’énergie de l’année. Celle de tous les sites comptés dans les sommes a varié de "
    "{courante} (sites entrés : {entres} ; sortis : {sortis} ; redéfinis : {modifies})."
)
_HIDDEN = "La variation de l’ensemble des sites comptés est masquée par le secret statistique."


def part(edition: Edition, nature: Nature) -> dict[str, Any]:
    """What the page shows of one nature: a sentence, two charts of change, one of moves, and their tables.

    The constant perimeter is never hidden; the table and the chart of moves say which current ones are.
    """
    rows = edition.rows(EVOLUTIONS, synthetic=nature.synthetic)
    pairs = sorted((row for row in rows if row["dimension"] == "ensemble"), key=lambda row: int(row["annee"]))
    pairs = [row for row in pairs if masked(row) or row["energie_totale_kwh"] is not None]
    kinds = [row for row in rows if row["dimension"] == "type_hebergement" and _told(row)]
    shown = [row for row in pairs if _told(row)]
    constant = [row for row in pairs if row["croissance_totale_constante_pct"] is not None]
    current = [row for row in pairs if not masked(row)]
    table = f"table-perimetre-{nature.anchor}"
    return {
        "lesson": _lesson(constant[-1]) if constant else None,
        "charts": [
            replace(chart, csv=f"{EVOLUTIONS}.csv", values=table, **rests)
            for chart, rests in (
                (_growth(shown, nature), _constant_basis(constant)),
                (_ratio(shown, nature), _constant_basis(constant)),
                (_moves(pairs, nature), _current_basis(edition, current)),
            )
        ]
        if shown
        else [],
        "table": _table(pairs, nature) if pairs else None,
        "kinds_table": _kinds_table(kinds, nature) if kinds else None,
        "hidden": sum(map(masked, pairs)),
        "pairs": len(pairs),
    }


def _constant_basis(pairs: Sequence[Row]) -> dict[str, Any]:
    """The sites of the constant perimeter that the last change rests on, and what they weigh in the current one."""
    if not pairs:
        return {}
    part = cell(pairs[-1], EVOLUTIONS, "part_constante")
    return {
        "count": cell(pairs[-1], EVOLUTIONS, "nb_sites_constants_nominatifs"),
        "beside": sentence("à périmètre constant, soit {part} de l’énergie", part=part)
        if part.known
        else ("à périmètre constant",),
        "year": cell(pairs[-1], EVOLUTIONS, "annee"),
    }


def _current_basis(edition: Edition, pairs: Sequence[Row]) -> dict[str, Any]:
    """The sites summed in the last year whose moves are shown."""
    return basis(whole(edition, pairs[-1]["synthetique"], pairs[-1]["annee"])) if pairs else {}


def brief(edition: Edition, nature: Nature) -> tuple[Part, ...]:
    """What the same sites did over the last pair of years that has some, in one sentence; nothing without any."""
    rows = [row for row in edition.rows(EVOLUTIONS, synthetic=nature.synthetic) if row["dimension"] == "ensemble"]
    told = [row for row in rows if row["croissance_totale_constante_pct"] is not None]
    return sentence(_BRIEF, **_cells(max(told, key=lambda row: int(row["annee"])))) if told else ()


def _told(row: Row) -> bool:
    """Whether a row says how either perimeter has changed."""
    return any(row[f"croissance_totale_{which}pct"] is not None for which in ("constante_", ""))


def _lesson(row: Row) -> tuple[Part, ...]:
    return sentence(_LESSON + (_HIDDEN if masked(row) else _CURRENT), **_cells(row))


def _cells(row: Row) -> dict[str, Cell]:
    columns = {
        "avant": "annee_precedente",
        "annee": "annee",
        "courante": "croissance_totale_pct",
        "constants": "nb_sites_constants_nominatifs",
        "constante": "croissance_totale_constante_pct",
        "pue_avant": "pue_constant_precedent",
        "pue": "pue_constant",
        "entres": "nb_sites_entres",
        "sortis": "nb_sites_sortis",
        "modifies": "nb_sites_modifies",
        "part": "part_constante",
    }
    return {
        name: cell(row, EVOLUTIONS, column, _fine_ratio if column.startswith("pue") else None)
        for name, column in columns.items()
    }


def _fine_ratio(value: float) -> str:
    """A PUE to the third decimal: a year seldom changes the second."""
    return french.number(value, 3)


def _growth(pairs: Sequence[Row], nature: Nature) -> Chart:
    values = [(row["croissance_totale_pct"], row["croissance_totale_constante_pct"]) for row in pairs]
    return Chart(
        id=f"perimetre-croissance-{nature.anchor}",
        title="Variation de l’énergie totale d’une année à la suivante",
        alternative=_alternative("variation de l’énergie totale", pairs, values, french.change, nature),
        figure=_figure(pairs, values, french.change, nature.synthetic, ticksuffix="\u00a0%"),
    )


def _ratio(pairs: Sequence[Row], nature: Nature) -> Chart:
    values = [
        (_gap(row["pue"], row["pue_precedent"]), _gap(row["pue_constant"], row["pue_constant_precedent"]))
        for row in pairs
    ]
    return Chart(
        id=f"perimetre-pue-{nature.anchor}",
        title="Variation du PUE pondéré d’une année à la suivante (à gauche de zéro, il baisse)",
        alternative=_alternative("variation du PUE pondéré", pairs, values, _signed_ratio, nature),
        figure=_figure(pairs, values, _signed_ratio, nature.synthetic, tickformat=".3f"),
    )


def _alternative(
    what: str,
    pairs: Sequence[Row],
    values: Sequence[tuple[float | None, float | None]],
    form: Callable[[float], str],
    nature: Nature,
) -> str:
    current, constant = (
        alternatives.over_years(
            [
                (str(row["annee"]), both[place], "" if both[place] is None else form(both[place] or 0.0))
                for row, both in zip(pairs, values, strict=True)
            ]
        )
        for place in (0, 1)
    )
    return (
        f"Diagramme à points, une ligne par couple d’années : {what}. À périmètre constant (point plein), {constant}. "
        f"À périmètre courant (cercle vide), {current}. {alternatives.end(nature, 'des périmètres')}"
    )


def _gap(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


def _signed_ratio(value: float) -> str:
    text = french.number(round(value, 3) + 0.0, 3)
    return f"+{text}" if value > 0 else text


def _figure(
    pairs: Sequence[Row],
    values: Sequence[tuple[float | None, float | None]],
    form: Callable[[float], str],
    synthetic: bool,
    **xaxis: Any,
) -> go.Figure:
    lines = [_line(row, both, form) for row, both in zip(pairs, values, strict=True)]
    known = [value for both in values for value in both if value is not None]
    margin = 0.12 * ((max([0.0, *known]) - min([0.0, *known])) or 1.0)
    limits = (min([0.0, *known]) - margin, max([0.0, *known]) + margin)
    zero = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": 0, "x1": 0, "layer": "below"}
    shapes = [{**zero, "line": {"color": figures.MUTED, "width": 1.5}}]
    return ranges.chart(lines, (CURRENT, CONSTANT), synthetic=synthetic, limits=limits, shapes=shapes, **xaxis)


def _line(row: Row, both: tuple[float | None, float | None], form: Callable[[float], str]) -> ranges.Line:
    title = f"de {row['annee_precedente']} à {row['annee']}"
    current, constant = (french.ABSENT if value is None else form(value) for value in both)
    return ranges.Line(title, f"constant {constant}, courant {current}", both)


def _moves(pairs: Sequence[Row], nature: Nature) -> Chart:
    shown = [row for row in pairs if not masked(row)]
    said = "".join(f"En {row['annee']}, {_said(row)}. " for row in shown[-1:])
    return Chart(
        id=f"perimetre-sites-{nature.anchor}",
        title="Qui entre dans les sommes, qui en sort",
        alternative=(
            "Barres empilées, une par année, au-dessus de zéro les sites comptés, au-dessous les sites sortis. "
            f"{said}{alternatives.end(nature, 'des périmètres')}"
        ),
        figure=_moves_figure(pairs, shown, nature.synthetic),
    )


def _said(row: Row) -> str:
    """How many sites made each move, without how the drawing shows it."""
    return " ; ".join(f"{words.partition(' (')[0]} : {row[column]}" for column, _, _, _, words in MOVES)


def _moves_figure(pairs: Sequence[Row], shown: Sequence[Row], synthetic: bool) -> go.Figure:
    secrets = [
        figures.note(french.SECRET, x=row["annee"], y=0, yshift=12, font={"size": 11, "color": figures.MUTED})
        for row in pairs
        if masked(row)
    ]
    return figures.figure(
        [_moved(shown, *move[:4]) for move in MOVES],
        height=320,
        synthetic=synthetic,
        annotations=secrets,
        barmode="relative",
        bargap=0.35,
        margin={"l": 44, "r": 8, "t": 12, "b": 32},
        opaque=True,
        xaxis=figures.years_axis([row["annee"] for row in pairs], automargin=False),
        yaxis=figures.axis(nticks=6, automargin=False, zeroline=True, zerolinecolor=figures.MUTED),
    )


def _moved(rows: Sequence[Row], column: str, sign: int, colour: str, hatch: str) -> go.Bar:
    """The bars of one kind of move."""
    return go.Bar(
        x=[row["annee"] for row in rows],
        y=[sign * row[column] for row in rows],
        marker={"color": colour, "pattern": {"shape": hatch, "bgcolor": colour, "fgcolor": "#ffffff", "size": 8}},
        hoverinfo="skip",
    )


_HEADS = (
    Head("Mêmes sites", "nb_sites_constants"),
    Head("Dont nominatifs", "nb_sites_constants_nominatifs"),
    Head("Leur part", "part_constante"),
    Head("Redéfinis", "nb_sites_modifies"),
    Head("Entrés", "nb_sites_entres"),
    Head("Sortis", "nb_sites_sortis"),
    Head("Variation courante", "croissance_totale_pct"),
    Head("Variation constante", "croissance_totale_constante_pct"),
    Head("PUE courant avant", "pue_precedent", _fine_ratio),
    Head("PUE courant", "pue", _fine_ratio),
    Head("PUE constant avant", "pue_constant_precedent", _fine_ratio),
    Head("PUE constant", "pue_constant", _fine_ratio),
    DIFFUSION,
)


def _table(pairs: Sequence[Row], nature: Nature) -> DataTable:
    caption = (
        f"Périmètre courant et périmètre constant, données {nature.adjective}. La variation est celle de l’énergie "
        "totale depuis l’année précédente ; la constante ne porte que sur les mêmes sites publiés à leur nom."
    )
    heads = (Head("Année", "annee"), *_HEADS)
    return published_table(f"table-perimetre-{nature.anchor}", caption, EVOLUTIONS, pairs, heads)


def _kinds_table(rows: Sequence[Row], nature: Nature) -> DataTable:
    caption = f"Périmètre constant par type d’hébergement, lignes publiées, données {nature.adjective}"
    heads = (Head("Type d’hébergement", "libelle"), Head("Année", "annee"), *_HEADS[:-1])
    ordered = sorted(rows, key=lambda row: (french.alphabetical(row["libelle"]), row["annee"]))
    return published_table(f"table-perimetre-hebergement-{nature.anchor}", caption, EVOLUTIONS, ordered, heads)
