"""The common style of the charts: safe and stable JSON, the watermark, colours that can be read."""

import json
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

import dashboards
from dashboards import figures
from dashboards.themes.hosting_figure import swarm
from dashboards.themes.tiles import CLASSES
from tests.dashboards import reading

WHITE = "#ffffff"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours (WCAG 2.1)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast(figures.BLUE, WHITE) == pytest.approx(5.2, abs=0.05)


def test_texts_and_marks_of_the_charts_can_be_read() -> None:
    assert min(contrast(colour, WHITE) for colour in (figures.INK, figures.MUTED)) >= 4.5
    marks = (figures.BLUE, figures.VERMILLION, figures.GREEN, figures.PURPLE, figures.FAINT)
    assert min(contrast(colour, WHITE) for colour in marks) >= 3


def test_the_text_of_each_tile_can_be_read() -> None:
    assert min(contrast(fill, text) for _, _, fill, text in CLASSES) >= 4.5


def test_texts_of_the_style_sheet_can_be_read() -> None:
    sheet = (Path(dashboards.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", sheet))
    for text in ("encre", "discret", "lien"):
        for ground in ("fond", "voile", "synthetique"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def test_the_json_of_a_figure_cannot_close_its_script() -> None:
    hostile = "</script><script>alert('x')</script><!-- & -->"
    chart = figures.figure([], height=300, synthetic=False, annotations=[figures.note(hostile)])
    text = figures.to_json(chart)
    assert not set(text) & set("<>&'")
    assert json.loads(text)["layout"]["annotations"][0]["text"] == hostile


def test_a_figure_refuses_what_is_not_a_number() -> None:
    chart = figures.figure([go.Scatter(x=[1], y=[float("nan")])], height=300, synthetic=False)
    with pytest.raises(ValueError, match="JSON"):
        figures.to_json(chart)


def test_data_cannot_write_tags_in_a_chart() -> None:
    assert figures.plain_text('<a href="javascript:1">A & B</a>') == '&lt;a href="javascript:1"&gt;A &amp; B&lt;/a&gt;'


@pytest.mark.parametrize(("height", "marks"), [(190, 1), (340, 1), (960, 3)])
def test_a_tall_chart_is_watermarked_all_along(height: int, marks: int) -> None:
    shapes = figures.figure([], height=height, synthetic=True).layout.shapes
    assert [shape.label.text for shape in shapes] == [figures.WATERMARK] * marks
    assert figures.figure([], height=height, synthetic=False).layout.shapes == ()


def test_numbers_of_the_axes_are_french(pages: dict[str, reading.Element]) -> None:
    layouts = [figure["layout"] for page in pages.values() for figure in reading.figures(page).values()]
    assert layouts
    assert {layout["separators"] for layout in layouts} == {",\u202f"}


def test_dots_of_a_lane_never_touch() -> None:
    values = sorted([1.2, 1.2, 1.2, 1.21, 1.5, 1.504, 1.9])
    lanes = swarm(values, 0.02)
    assert lanes == [0, 1, -1, 2, 0, 1, 0]
    placed = list(zip(values, lanes, strict=True))
    for place, (value, lane) in enumerate(placed):
        assert all(value - other >= 0.02 for other, same in placed[:place] if same == lane)
