"""What people see of a check: the terminal, JSON, the page, the list of errors, the corrected file."""

import base64
import csv
import hashlib
import html
import io
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from greencloud import checking, rules, tables
from greencloud.checking import Checked, check_file, corrected, groups, page, terminal
from greencloud.checking.machine import write_json
from greencloud.checking.rejects import COLUMNS, write_rejects
from greencloud.checking.report import FileCard, Finding, Findings, Note, Report
from greencloud.checking.spreadsheet import inert
from greencloud.checking.visible import visible

SCHEMA: dict[str, Any] = {
    "title": "Relevés d'énergie",
    "fields": [
        {"name": "id", "type": "string", "constraints": {"required": True, "pattern": "[A-Z]+-[0-9]+"}},
        {"name": "jour", "type": "date"},
        {"name": "energie_kwh", "type": "number", "constraints": {"minimum": 0}},
        {"name": "secours", "type": "boolean"},
        {"name": "commentaire", "type": "string"},
    ],
    "primaryKey": "id",
}
CARD = FileCard("relevés.csv", "0" * 64, 10, "csv", "utf-8", ",", 1)


def check(folder: Path, content: str, **options: Any) -> Checked:
    path = folder / "relevés.csv"
    path.write_bytes(content.encode())
    return check_file(path, tables.from_descriptor(SCHEMA, "releves"), **options)


def finding(row: int | None, code: str = "type-error", fix: str = "Corrigez.", field: str | None = "a") -> Finding:
    return Finding(code, row, field, "x", f"Ligne {row} : « x » ne va pas.", fix)


def printed(report: Report, width: int | None = None) -> str:
    """The report as a file gets it, or as a terminal of a certain width shows it."""
    if width is None:
        return "".join(f"{line.text}\n" for line in terminal.lines(report))
    stream = io.StringIO()
    console = Console(file=stream, highlight=False, width=width, force_terminal=True, color_system=None)
    terminal.print_report(report, console)
    return stream.getvalue()


# --- Groups and terminal


def test_causes_come_worst_first_and_those_of_the_header_before_all() -> None:
    errors = [finding(None, "missing-label", field="b")]
    errors += [finding(row, "a-fois-deux") for row in (2, 2, 3)] + [finding(row) for row in (2, 3, 4)]
    errors += [finding(5, "constraint-error")]
    found = groups.grouped(errors, 2)
    assert [(group.code, group.count, group.lines, len(group.examples)) for group in found] == [
        ("missing-label", 1, 0, 1),
        ("type-error", 3, 3, 2),
        ("a-fois-deux", 3, 2, 2),
        ("constraint-error", 1, 1, 1),
    ]
    assert [group.extent for group in found] == ["", "3 fois", "3 fois sur 2 lignes", "ligne 5"]


def test_an_empty_required_cell_is_another_cause_than_a_wrong_one() -> None:
    errors = [Finding("constraint-error", row, "a", value, "m", "f") for row, value in ((2, ""), (3, "x"), (4, None))]
    assert [(group.title, group.count) for group in groups.grouped(errors, 3)] == [
        ("Colonne « a » : valeur obligatoire absente", 2),
        ("Colonne « a » : valeur non permise", 1),
    ]


def test_what_is_wrong_with_readings_is_told_of_their_lines_and_not_of_the_column_of_meters() -> None:
    [group] = groups.grouped([Finding("negatif", 2, "compteur", "30000000000001", "m", "f")], 3)
    assert (group.title, group.field) == ("Valeur négative", "compteur")


def test_the_terminal_says_what_to_do_once_and_counts_the_rest() -> None:
    text = printed(Report(CARD, rows=1_300, accepted=1_288, errors=Findings(finding(row) for row in range(2, 14))))
    assert text == (
        "✘ relevés.csv : 12 erreurs — 1\u202f288 lignes acceptées sur 1\u202f300 lignes\n\n"
        "Erreurs à corriger\n"
        "  • Colonne « a » : valeur mal écrite, 12 fois\n"
        "      Ligne 2 : « x » ne va pas.\n      Ligne 3 : « x » ne va pas.\n      Ligne 4 : « x » ne va pas.\n"
        "      … et 9 autres, lignes 5, 6, 7, 8, 9…\n"
        "      → Corrigez.\n"
    )


def test_the_terminal_says_each_fix_where_they_differ() -> None:
    text = printed(Report(CARD, rows=2, errors=Findings([finding(2, fix="Un."), finding(3, fix="Deux.")])))
    assert re.findall("→ (.*)", text) == ["Un.", "Deux."]


def test_a_terminal_folds_between_words_and_a_file_does_not() -> None:
    long = Note("note", "mot " * 40 + "fin.")
    report = Report(CARD, rows=1, accepted=1, notes=[long], errors=Findings([finding(2, fix="Corrigez " * 20)]))
    for width in (20, 40, 80):
        folded = printed(report, width)
        assert max(map(len, folded.splitlines())) <= width
        assert folded.split() == printed(report).split()
    assert long.message in printed(report)


def test_many_causes_are_cut_with_their_count() -> None:
    text = printed(Report(CARD, rows=1, errors=Findings(finding(2, field=f"c{place}") for place in range(25))))
    assert text.count("→") == terminal.CAUSES and "… et 5 autres causes d'erreur" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a[U+001B][31mb"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\nb\u00a01\u202f2", "a↵b\u00a01\u202f2"),
        ("é 日本 🙂", "é 日本 🙂"),
        ("abcdef", "abc…"),
    ],
)
def test_invisible_characters_are_shown_and_long_texts_cut(text: str, shown: str) -> None:
    assert visible(text, 4 if text == "abcdef" else 30) == shown


# --- JSON


@given(
    st.lists(st.builds(finding, st.none() | st.integers(2, 99), fix=st.text(min_size=1)), max_size=4),
    st.lists(st.builds(Note, st.just("note"), st.text()), max_size=2),
)
def test_streamed_json_is_that_of_the_whole(errors: list[Finding], notes: list[Note]) -> None:
    report = Report(CARD, rows=3, accepted=1, notes=notes, errors=Findings(errors), warnings=Findings(errors[:1]))
    stream = io.StringIO()
    write_json(report, stream)
    assert stream.getvalue() == json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("strict", [False, True])
def test_every_error_is_reported_however_many(tmp_path: Path, strict: bool) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n" + "x\n" * 1_500, encoding="utf-8")
    table = tables.from_descriptor({"fields": [{"name": "a", "type": "integer"}]}, "a")
    stream = io.StringIO()
    write_json(check_file(path, table, strict=strict).report, stream)
    assert [error["row"] for error in json.loads(stream.getvalue())["errors"]] == list(range(2, 1_502))


def test_json_keeps_to_its_schema(tmp_path: Path) -> None:
    schema = json.loads(Path(checking.__file__).with_name("rapport.schema.json").read_text(encoding="utf-8"))
    for content in ("id,energie_kwh\nA-1,1 MWh\nA-1,x\n", "id\nA-1\n", "%PDF-1.7", "x\n1\n"):
        stream = io.StringIO()
        write_json(check(tmp_path, content).report, stream)
        jsonschema.validate(json.loads(stream.getvalue()), schema)


def test_the_report_says_which_rules_were_applied(tmp_path: Path) -> None:
    path = tables.schemas_dir() / "declarations" / "exemple-valide.csv"
    for applied, version in ((rules.for_table("declarations"), rules.VERSION), ((), None)):
        checked = check_file(path, tables.table("declarations"), rules=applied)
        stream = io.StringIO()
        write_json(checked.report, stream)
        assert json.loads(stream.getvalue())["version_regles"] == version
        said = re.findall("Version des règles de vraisemblance</dt><dd>(.*?)</dd>", written(checked, tmp_path))
        assert said == ([] if version is None else [version])


# --- The page


class _Read(HTMLParser):
    """The elements of a page, with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "circle", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def written(checked: Checked, folder: Path, **options: bool) -> str:
    path = folder / "rapport.html"
    page.write_page(checked, path, **options)
    return path.read_text(encoding="utf-8")


BROKEN = (
    "id,jour,energie_kwh,secours,commentaire\n"
    "A-1,2024-01-01,12 MWh,oui,ok\n"
    "A-2,2024-01-02,13 MWh,true,ok\n"
    ",2024-01-03,5,true,<script>alert(1)</script>\n"
    "A-9,2024-01-09,5,true,ok\n"
    "a-4,2024-01-04,5,true,\u202e<img src=x onerror=alert(1)>\x07\n"
)


def test_the_page_shows_the_faulty_cell_in_its_row_with_its_message(tmp_path: Path) -> None:
    checked = check(tmp_path, BROKEN)
    text = written(checked, tmp_path)
    read = _Read(text)
    assert read.open == []
    faulty = re.findall(
        r'<td class="fautive(?: longue)?" aria-describedby="(.*?)"><a href="#(.*?)"><span.*?</span>(.*?)</a>', text
    )
    cells = [error for error in checked.report.errors if error.field is not None]
    assert sorted(html.unescape(cell) for _, _, cell in faulty) == sorted(
        visible(error.value or "", 80) or "(vide)" for error in cells
    )
    identifiers = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(set(identifiers)) == len(identifiers)
    assert {message for message, _, _ in faulty} <= set(identifiers)
    assert {attributes["href"][1:] for attributes in read.all("a") if attributes["href"]} <= set(identifiers)
    for error in checked.report.errors:
        told = read.text.replace("\u202f", " ").replace("’", "'")
        assert " ".join(visible(error.message).split()) in told
    assert "2024-01-02 ✘ 13 MWh" in re.sub(r"\s+", " ", read.text)


def test_the_page_runs_nothing_and_asks_for_nothing(tmp_path: Path) -> None:
    text = written(check(tmp_path, BROKEN), tmp_path)
    read = _Read(text)
    assert not {"script", "img", "iframe", "object", "link", "form"} & {name for name, _ in read.elements}
    assert not [
        name for _, attributes in read.elements for name in attributes if name.startswith("on") or name == "style"
    ]
    style = text[text.index("<style>") + 7 : text.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(meta["content"] for meta in read.all("meta") if meta.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style and "@import" not in style and "http" not in style
    assert "\u202e" not in text and "\x07" not in text
    assert "[U+202E]<img src=x onerror=alert(1)>[U+0007]" in read.text


def test_the_page_can_be_read_without_seeing_it(tmp_path: Path) -> None:
    text = written(check(tmp_path, BROKEN), tmp_path)
    read = _Read(text)
    assert read.all("html") == [{"lang": "fr"}]
    names = [name for name, _ in read.elements]
    assert [names.count(name) for name in ("title", "h1", "main", "header", "footer")] == [1] * 5
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(attributes.get("scope") in ("col", "row") for attributes in read.all("th"))
    assert names.count("caption") == names.count("table") > 0
    assert read.all("a")[0] == {"class": "evitement", "href": "#contenu"}
    for attributes in read.all("div"):
        assert attributes.get("class") != "defilant" or (
            attributes["tabindex"] == "0" and attributes["aria-labelledby"]
        )


def test_the_page_is_the_same_each_time_and_says_the_verdict(tmp_path: Path) -> None:
    for content, sentence in (
        (BROKEN, "lignes sont refusées"),
        ("id\nA-1\n", "Le fichier est valide"),
        ("%PDF-1.7", "n’a pas pu être lu"),
        ("energie_kwh\n1\n", "Les intitulés des colonnes sont à corriger d’abord"),
    ):
        first, again = (written(check(tmp_path, content), tmp_path) for _ in range(2))
        assert first == again
        assert sentence in _Read(first).text


def test_a_wide_row_is_shown_around_its_faulty_cell(tmp_path: Path) -> None:
    fields = [{"name": f"c{place}", "type": "integer"} for place in range(30)]
    path = tmp_path / "large.csv"
    path.write_text(
        ",".join(f"c{place}" for place in range(30)) + "\n" + ",".join(["1"] * 20 + ["x"] + ["1"] * 9) + "\n"
    )
    table = tables.from_descriptor({"fields": fields, "primaryKey": "c0"}, "large")
    read = _Read(written(check_file(path, table), tmp_path))
    assert "Ligne c0 … colonnes non montrées c19 c20 c21 … colonnes non montrées" in re.sub(
        r"\s+", " ", " ".join(read.words)
    )


def test_the_columns_that_a_message_compares_are_all_shown(tmp_path: Path) -> None:
    others = ",".join(f"autre{place}" for place in range(8))
    path = tmp_path / "large.csv"
    path.write_text(
        f"id_centre,annee,energie_totale_kwh,{others},pue_declare\n99988877900017-01,2024,,{',' * 8}\n",
        encoding="utf-8",
    )
    text = written(check_file(path, tables.table("declarations")), tmp_path)
    labels = [
        (words.removeprefix("Dans le fichier : "), style)
        for style, cell in re.findall(r'<th scope="col"(?: class="(\w+)")?>(.*?)</th>', text)
        for words in [_Read(f"<p>{cell}</p>").words[-1]]
    ]
    assert [name for name, style in labels if not style] == [
        *("Ligne", "id_centre", "annee", "energie_totale_kwh", "pue_declare"),
    ]
    assert [name for name, style in labels if style == "voisine"] == ["autre0"]


def test_a_column_has_its_title_first_and_the_label_to_look_for_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(
        "id_centre;Année;ENERGIE_TOTALE_KWH;energie_it_kwh\n99988877900017-01;2024;41,73 MWh;50000\n", encoding="utf-8"
    )
    text = written(check_file(path, tables.table("declarations"), rules=rules.for_table("declarations")), tmp_path)
    heads = [_Read(f"<p>{cell}</p>").text for cell in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', text)]
    assert heads == [
        "Ligne",
        "Identifiant du centre Dans le fichier : id_centre",
        "Année",
        "Énergie totale du centre (kWh) Dans le fichier : ENERGIE_TOTALE_KWH",
        "Énergie des équipements informatiques (kWh) Dans le fichier : energie_it_kwh",
    ]
    [title] = re.findall('<h3 id="erreur-1-titre">(.*?)</h3>', text)
    said = _Read(f"<p>{title}</p>").text.replace("\u202f", " ")
    assert said.startswith("Colonne « Énergie totale du centre (kWh) » : unité dans la cellule")
    assert said.endswith("Nom de la colonne : ENERGIE_TOTALE_KWH")
    messages = re.findall('<tr class="message">.*?<span>(.*?)</span>', text)
    assert messages and not any("energie_totale_kwh" in message for message in messages)


def test_a_name_that_is_to_be_typed_stands_beside_its_title(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("code;annee;energie_totale_kwh\nA;2024;1000\n", encoding="utf-8")
    told = _Read(written(check_file(path, tables.table("declarations")), tmp_path)).text.replace("\u202f", " ")
    assert "la colonne obligatoire « Identifiant du centre » (id_centre) manque" in told


def test_a_title_that_two_columns_bear_is_not_said_for_either(tmp_path: Path) -> None:
    fields = [{"name": name, "title": "Énergie", "type": "number"} for name in ("a_kwh", "b_kwh")]
    path = tmp_path / "d.csv"
    path.write_text("a_kwh,b_kwh\nx,1\n", encoding="utf-8")
    text = written(check_file(path, tables.from_descriptor({"fields": fields}, "d")), tmp_path)
    assert "Colonne «\u202fa_kwh\u202f»" in text and "Énergie" not in text


@pytest.mark.parametrize("command", [True, False])
def test_who_has_no_command_line_is_told_of_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: bool
) -> None:
    monkeypatch.setattr(page, "ROWS_PER_CAUSE", 1)
    lines = "".join(f"A-{row},{row} MWh\n" for row in range(1, 4))
    told = _Read(written(check(tmp_path, f"id,energie_kwh\n{lines}"), tmp_path, command=command)).text
    assert ("--corrected" in told) == ("--rejects" in told) == ("contrôlez à nouveau" in told) == command
    assert ("déposez le fichier à nouveau" in told) != command
    assert "Proposition : 1000 kWh" in told
    valid = _Read(written(check(tmp_path, "id\nA-1\n"), tmp_path, command=command)).text
    assert ("il peut être déposé tel quel" in valid) == command


def test_the_cells_left_out_of_a_wide_row_can_be_unfolded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "WHOLE_ROWS", 2)
    labels = [f"c{place}" for place in range(30)]
    lines = [",".join([str(row), *["x"] * 27, "loin", ""]) for row in range(3)]
    path = tmp_path / "large.csv"
    path.write_text("\n".join([",".join(labels), *lines]) + "\n", encoding="utf-8")
    fields = [{"name": name, "type": "integer" if name in ("c0", "c1") else "string"} for name in labels]
    table = tables.from_descriptor({"fields": fields, "primaryKey": "c0"}, "large")
    text = written(check_file(path, table), tmp_path)
    assert text.count("<details>") == 2 and 'class="etroite"' not in text
    assert text.count("<dt>c28</dt><dd>loin</dd>") == 2 and "<dt>c29</dt>" not in text
    narrow = written(check(tmp_path, "id,energie_kwh\nA-1,x\n"), tmp_path)
    assert narrow.count('<details class="etroite">') == narrow.count("<details") == 1


def test_only_the_neighbours_of_a_faulty_cell_give_way_on_a_narrow_screen(tmp_path: Path) -> None:
    text = written(check(tmp_path, "id,jour,energie_kwh\nA-1,2024-01-01,x\n"), tmp_path)
    assert re.findall(r'<th scope="col" class="voisine">(\w+)<', text) == ["jour"]
    assert re.findall(r'<td class="voisine">(.*?)<', text) == ["2024-01-01"]


def test_the_page_has_one_kind_of_apostrophe_and_leaves_received_ones_alone(tmp_path: Path) -> None:
    text = written(check(tmp_path, "id,energie_kwh,secours\nA-1,l'an 2,\nA-2,12 MWh,l’un\n"), tmp_path)
    words = re.sub("«.*?»", "", _Read(text[text.index("<main") : text.index("</main>")]).text)
    assert "’" in words and [found for found in re.findall(r"\w'\w+", words) if found != "l'an"] == []
    assert "«\u202fl&#39;an 2\u202f»" in text and "«\u202fl’un\u202f»" in text


def test_a_long_list_is_cut_with_its_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "ROWS_PER_CAUSE", 20)
    lines = "".join(f"A-{row},{row} MW\n" for row in range(25))
    text = written(check(tmp_path, f"id,energie_kwh\n{lines}"), tmp_path)
    assert text.count('class="fautive"') == 20 and "20 sur 25, les premières." in text
    monkeypatch.setattr(page, "ROWS", 5)
    assert written(check(tmp_path, f"id,energie_kwh\n{lines}"), tmp_path).count('class="fautive"') == 5


def test_the_colours_of_the_page_are_told_apart() -> None:
    style = Path(page.__file__).parent.joinpath("templates", "rapport.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", style))
    for ink in ("encre", "discret", "lien", "faute"):
        for ground in ("fond", "voile", "faute-fond"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# --- The list of errors


def rows(path: Path, delimiter: str = ";") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream, delimiter=delimiter, strict=True))


def test_the_list_of_errors_opens_in_a_french_spreadsheet(tmp_path: Path) -> None:
    checked, path = check(tmp_path, BROKEN), tmp_path / "rejets.csv"
    write_rejects(checked.report, path)
    assert path.read_bytes().startswith(b'\xef\xbb\xbf"fichier";"ligne";')
    header, *listed = rows(path)
    assert tuple(header) == COLUMNS
    assert [(line[1], line[2], line[4], line[5]) for line in listed] == [
        (str(error.row), error.field, error.code, error.message) for error in checked.report.errors
    ]
    assert {line[0] for line in listed} == {"relevés.csv"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+33 1", "'+33 1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-12,5", "-12,5"),
        ("-1 234.5e3", "-1 234.5e3"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_no_text_is_run_by_a_spreadsheet(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_a_value_stays_in_its_cell(tmp_path: Path) -> None:
    report = Report(CARD, rows=1, errors=Findings([Finding("c", 2, "a", '=1";"\r\n=2;,\0', "m", "f")]))
    write_rejects(report, tmp_path / "r.csv")
    assert rows(tmp_path / "r.csv")[1] == ["relevés.csv", "2", "a", '\'=1";"\r\n=2;,␀', "c", "m", "f", ""]


# --- The corrected file


def correct(checked: Checked, folder: Path) -> tuple[corrected.Summary, list[list[str]], list[list[str]]]:
    path, changes = folder / "corrige.csv", folder / "changements.csv"
    assert corrected.obstacle(checked.report) is None
    summary = corrected.write_corrected(checked, path, changes)
    return summary, rows(path, ","), rows(changes)[1:]


def test_the_corrected_file_is_as_it_should_be_sent(tmp_path: Path) -> None:
    content = (
        "Énergie_kWh;id;jour;commentaire;autre\n"
        '1 234,5;A-1;05/02/2024;"deux, trois";x\n'
        ";;;;\n"
        "12 MWh;A-2;2024-02-30;;y\n"
        "vingt;A-3;n.c.;;z\n"
        "2024;A-4;15/02/2024;;z\n"
    )
    summary, written, changes = correct(check(tmp_path, content), tmp_path)
    assert written == [
        ["id", "jour", "energie_kwh", "commentaire"],
        ["A-1", "2024-02-05", "1234.5", "deux, trois"],
        ["A-2", "2024-02-30", "12000", ""],
        ["A-3", "", "vingt", ""],
        ["A-4", "2024-02-15", "2024", ""],
    ]
    assert (summary.rows, summary.proposals, summary.respelt, summary.left_out) == (4, 1, 4, {"blank-row": 1})
    assert [change[:6] for change in changes] == [
        ["1", "1", "energie_kwh", "Énergie_kWh", "energie_kwh", "intitule-tolere"],
        ["1", "", "", "autre", "", "extra-label"],
        ["2", "2", "jour", "05/02/2024", "2024-02-05", "date_francaise"],
        ["2", "2", "energie_kwh", "1 234,5", "1234.5", "milliers"],
        ["3", "", "", " |  |  |  | ", "", "blank-row"],
        ["4", "3", "energie_kwh", "12 MWh", "12000", "unite_dans_cellule"],
        ["5", "4", "jour", "n.c.", "", "absent"],
        ["6", "5", "jour", "15/02/2024", "2024-02-15", "date_francaise"],
    ]
    assert all(change[6] for change in changes)


def test_the_corrected_file_keeps_to_the_writing_of_the_schema(tmp_path: Path) -> None:
    schema = {
        "missingValues": ["NC"],
        "fields": [
            {"name": "nombre", "type": "number", "decimalChar": ","},
            {"name": "jour", "type": "date", "format": "%d/%m/%Y"},
            {"name": "oui", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
        ],
    }
    path = tmp_path / "a.csv"
    path.write_text(
        "nombre;jour;oui\n1.5;2024-02-15;OUI\n;;\n 2,5;16/02/2024;non\nn.c.;17/02/2024;non\n", encoding="utf-8"
    )
    _, written, _ = correct(check_file(path, tables.from_descriptor(schema, "a")), tmp_path)
    assert written[1:] == [["1,5", "15/02/2024", "oui"], ["2,5", "16/02/2024", "non"], ["NC", "17/02/2024", "non"]]


def test_lines_that_are_no_data_are_left_out_and_lines_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    content = (
        "id,jour,energie_kwh\n"
        "A-1,2024-01-01,5\n"
        "id,jour,energie_kwh\n"
        "A-2,2024-01-02,7\n"
        "A-3,2024-01-03,7,8,9\n"
        "A-4\n"
        "Total,,12\n"
    )
    summary, written, changes = correct(check(tmp_path, content), tmp_path)
    assert written == [
        ["id", "jour", "energie_kwh"],
        ["A-1", "2024-01-01", "5"],
        ["A-2", "2024-01-02", "7"],
        ["A-3", "2024-01-03", "7", "8", "9"],
        ["A-4"],
    ]
    assert {(change[0], change[5]) for change in changes} == {("3", "entete_repetee"), ("7", "ligne_total")}
    again = check_file(tmp_path / "corrige.csv", tables.from_descriptor(SCHEMA, "releves")).report
    assert {error.code for error in again.errors} >= {"extra-cell", "missing-cell"}
    assert summary.lost == 0


@pytest.mark.parametrize("content", ["%PDF-1.7", "id,ID\nA-1,A-2\n"])
def test_a_file_whose_header_is_doubtful_is_not_corrected(tmp_path: Path, content: str) -> None:
    assert "n'a pas été écrit" in (corrected.obstacle(check(tmp_path, content).report) or "")


NUMBERS = st.sampled_from(
    [
        "12",
        "1,5",
        "1 234",
        "1\u202f234,5",
        "1.234",
        "1,2E+06",
        "12 MWh",
        "12 kW",
        "n.c.",
        "",
        "x",
        "-5",
        "#REF!",
        "3.25",
    ]
)
DATES = st.sampled_from(["2024-01-31", "31/01/2024", "01/02/2024", "2024-02-30", "45000", "", "ND", "3 mars 2024", "x"])
BOOLEANS = st.sampled_from(["true", "oui", "Non", "0", "", "peut-être", "VRAI"])
TEXTS = st.sampled_from(["", "ok", " ok ", 'a "b"', "a;b", "a,b", "=1+1", "é\u0301", "ligne\nautre", "#N/A"])


@st.composite
def files(draw: st.DrawFn) -> str:
    lines = [["id", "jour", "energie_kwh", "secours", "commentaire"]]
    for row in range(draw(st.integers(1, 6))):
        identifier = draw(st.sampled_from([f"A-{row}", f"A-{row}", f"a-{row}", "", " A-9 "]))
        lines.append([identifier, draw(DATES), draw(NUMBERS), draw(BOOLEANS), draw(TEXTS)])
    stream = io.StringIO()
    csv.writer(stream, delimiter=draw(st.sampled_from([",", ";"])), lineterminator="\n").writerows(lines)
    return stream.getvalue()


def remaining(checked: Checked, rows_of: Sequence[int]) -> Iterator[tuple[str, int | None, str | None]]:
    for error in checked.report.errors:
        if error.proposal is None and (error.row is None or error.row in rows_of):
            yield error.code, None if error.row is None else rows_of.index(error.row), error.field


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=files())
def test_a_corrected_file_has_only_the_errors_that_nobody_else_can_correct(tmp_path: Path, content: str) -> None:
    first = check(tmp_path, content)
    if corrected.obstacle(first.report):
        return
    _, written, changes = correct(first, tmp_path)
    left_out = {int(change[0]) for change in changes if change[1] == "" and change[2] == "" and change[0] != "1"}
    kept = [record.number for record in first.text.records() if record.number not in left_out] if first.text else []
    again = check_file(tmp_path / "corrige.csv", tables.from_descriptor(SCHEMA, "releves"))
    after = [(error.code, None if error.row is None else error.row - 2, error.field) for error in again.report.errors]
    keys = ("primary-key",)  # a corrected key may turn out to be the key of another line
    assert sorted(map(str, remaining(first, kept))) == sorted(
        str(error) for error in after if error[0] not in keys
    ) or ({error.code for error in first.report.errors} & set(keys))
    twice = tmp_path / "deux.csv"
    summary = corrected.write_corrected(again, twice, tmp_path / "deux.changements.csv")
    assert twice.read_bytes() == (tmp_path / "corrige.csv").read_bytes()
    assert (summary.respelt, summary.proposals, summary.left_out) == (0, 0, {})
    assert len(written) == len(kept) + 1


def test_a_received_cell_that_is_the_name_of_a_column_is_shown_as_received(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(
        "id_centre,annee,energie_totale_kwh,energie_it_kwh\n99988877900017-01,2024,energie_it_kwh,annee\n",
        encoding="utf-8",
    )
    said = _Read(written(check_file(path, tables.table("declarations")), tmp_path)).text.replace("\u202f", " ")
    assert "colonne « Énergie totale du centre (kWh) » : « energie_it_kwh » n’est pas un nombre" in said
    assert "colonne « Énergie des équipements informatiques (kWh) » : « annee » n’est pas un nombre" in said
