"""The still drawings: every mark is there, nothing else is, and what cannot be drawn is refused."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from html import unescape
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboards import figures, svg
from tests.dashboards import reading

SVG = "{http://www.w3.org/2000/svg}"


def drawn(figure: go.Figure, **options: Any) -> ET.Element:
    return ET.fromstring(svg.render(figure.to_plotly_json(), "essai", "Ce que dit le dessin", **options))


def plain(*traces: Any, **layout: Any) -> go.Figure:
    """A figure whose axes are bare, so that only its marks are drawn; 100 px a unit across and upwards."""
    axes = {"xaxis": figures.bare_axis(range=[0, 7]), "yaxis": figures.bare_axis(range=[0, 3])}
    margin = {"l": 30, "r": 30, "t": 0, "b": 0}
    return figures.figure(traces, height=300, synthetic=False, **{**axes, "margin": margin, **layout})


def names(root: ET.Element) -> Counter[str]:
    return Counter(element.tag.removeprefix(SVG) for element in root.iter())


def test_every_figure_of_an_edition_is_drawn_whole(pages: dict[str, reading.Element]) -> None:
    """As many points and bars as the data holds, as many texts as it says."""
    found = 0
    for page in pages.values():
        for name, described in reading.figures(page).items():
            root = ET.fromstring(svg.render(described, name, "dessin"))
            wanted = marks(described)
            seen = names(root)
            assert seen["circle"] + seen["polygon"] >= wanted["points"], name
            texts = {"".join(line.itertext()) for line in root.iter(f"{SVG}tspan")}
            assert {line for line in said(described["layout"]) if line} <= texts, name
            assert not {"script", "image", "foreignObject", "a", "use", "style"} & set(seen), name
            found += 1
    assert found > 20


def said(layout: dict[str, Any]) -> set[str]:
    """The lines of text that a layout writes: its notes and the labels of its shapes."""
    labels = [shape["label"] for shape in layout.get("shapes", []) if shape.get("label")]
    return {
        unescape(re.sub(r"</?b>", "", line))
        for text in [*layout.get("annotations", []), *labels]
        for line in text["text"].split("<br>")
    }


def marks(described: dict[str, Any]) -> Counter[str]:
    """The round and diamond points of a figure whose two coordinates are known."""
    count: Counter[str] = Counter()
    for trace in described["data"]:
        if trace["type"] != "scatter" or "markers" not in trace["mode"]:
            continue
        shapes = trace.get("marker", {}).get("symbol", "circle")
        for place, point in enumerate(zip(trace["x"], trace["y"], strict=True)):
            shape = shapes if isinstance(shapes, str) else shapes[place]
            count["points"] += None not in point and not shape.startswith(("square", "line"))
    return count


def test_a_point_stands_where_its_values_say() -> None:
    trace = go.Scatter(x=[1.5, None, 7], y=[1, 1, 3], mode="markers", marker={"color": "#0072B2", "size": 10})
    circles = list(drawn(plain(trace)).iter(f"{SVG}circle"))
    assert [(c.get("cx"), c.get("cy"), c.get("r")) for c in circles] == [("180", "200", "5"), ("730", "0", "5")]


def test_bars_are_piled_up_and_those_below_zero_downwards() -> None:
    bars = [go.Bar(x=[1, 2], y=values, marker={"color": figures.BLUE}) for values in ([1, -1], [0.5, -0.5])]
    axis = figures.bare_axis(range=[-3, 3])
    rects = list(drawn(plain(*bars, barmode="relative", bargap=0, yaxis=axis)).iter(f"{SVG}rect"))
    assert [(r.get("x"), r.get("y"), r.get("height")) for r in rects] == [
        ("80", "100", "50"),
        ("180", "150", "50"),
        ("80", "75", "25"),
        ("180", "200", "25"),
    ]


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    trace = go.Scatter(x=[0, 1, 2, 3], y=[0, 1, None, 1], mode="lines", line={"color": "#000000"})
    (path,) = drawn(plain(trace)).iter(f"{SVG}path")
    assert path.get("d") == "M30,300L130,200M330,200"


def test_ticks_are_french_and_as_plotly_places_them() -> None:
    trace = go.Scatter(x=[0], y=[0], mode="markers", marker={"color": "#000000"})
    axis = figures.axis(range=[0, 12000], nticks=5, separatethousands=True)
    labels = ["".join(t.itertext()) for t in drawn(plain(trace, yaxis=axis)).iter(f"{SVG}text")]
    assert labels == ["0", "5\u202f000", "10\u202f000"]
    decimal = figures.axis(range=[1, 2], dtick=0.5, tickformat=".1f")
    assert ["".join(t.itertext()) for t in drawn(plain(trace, xaxis=decimal)).iter(f"{SVG}text")] == [
        "1,0",
        "1,5",
        "2,0",
    ]


@pytest.mark.parametrize(("most", "labels"), [(1, "01"), (2, "012"), (4, "01234"), (12, "0510")])
def test_counts_are_named_once_each(most: int, labels: str) -> None:
    axis = figures.counts_axis(most)
    assert "".join("".join(t.itertext()) for t in drawn(plain(yaxis=axis)).iter(f"{SVG}text")) == labels
    assert axis.get("dtick") == (1 if most <= 5 else None)  # Plotly, which draws again, halves as well


@pytest.mark.parametrize(("form", "label"), [(".2f", "\u22120,05"), (None, "\u22120,05"), (".1f", "0,0")])
def test_a_tick_below_zero_has_a_true_minus_and_a_zero_has_none(form: str | None, label: str) -> None:
    axis = figures.axis(range=[-1, 1], tickvals=[-1e-12 if label == "0,0" else -0.05], tickformat=form)
    assert ["".join(t.itertext()) for t in drawn(plain(yaxis=axis)).iter(f"{SVG}text")] == [label]


def test_texts_of_the_data_stay_texts() -> None:
    hostile = figures.plain_text("<script>alert(1)</script>&amp;")
    note = figures.note(f"<b>{hostile}</b><br>suite", x=1, y=1)
    root = drawn(plain(annotations=[note]))
    assert "script" not in names(root)
    assert "<script>alert(1)</script>&amp;" in "".join(root.itertext())
    assert names(root)["tspan"] == 3


@pytest.mark.parametrize(
    "figure",
    [
        plain(go.Pie(values=[1])),
        plain(go.Scatter(x=[0], y=[0], mode="markers", marker={"symbol": "star"})),
        plain(go.Scatter(x=[0], y=[0], mode="lines", fill="tozeroy")),
        plain(shapes=[{"type": "circle", "x0": 0, "x1": 1, "y0": 0, "y1": 1}]),
        plain(go.Bar(x=[1], y=[1]), go.Bar(x=[1], y=[1])),
        plain(go.Scatter(x=[0], y=[0], mode="markers"), xaxis={}),
        plain(go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"dash": "longdash"})),
        plain(go.Scatter(x=[0, 1], y=[0, 1], mode="lines", connectgaps=True)),
        plain(go.Bar(x=[1], y=[1], orientation="h")),
        plain(go.Bar(x=[1], y=[1], text=["un"])),
        plain(go.Scatter(x=[0], y=[0], mode="markers", error_y={"array": [1]})),
        plain(annotations=[figures.note("texte", x=1, y=1, xshift=4)]),
        plain(annotations=[figures.note("texte", x=1, y=1, showarrow=True)]),
        plain(xaxis=figures.axis(range=[0, 1], type="log")),
    ],
)
def test_what_is_not_known_is_refused(figure: go.Figure) -> None:
    with pytest.raises(svg.Unknown):
        drawn(figure)


def test_a_synthetic_figure_says_so_in_its_drawing() -> None:
    root = drawn(
        figures.figure(
            [], height=700, synthetic=True, xaxis=figures.axis(range=[0, 1]), yaxis=figures.axis(range=[0, 1])
        )
    )
    assert "".join(root.itertext()).count(figures.WATERMARK) == 2
