"""Dirty files from the deposit to the receipt, by the forms of the pages alone.

The corpus stands beside the repository (see CONTRIBUTING); where it is absent its tests are skipped. Its columns are
not ours: OUTCOMES tells what each of its files leads to. The faults that it carries are made anew in our own columns
(`dirty_files`), and each of those files reaches its receipt with the right values.
"""

import csv
import hashlib
import json
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import httpx
import pytest

from greencloud.reading import read_table
from portal.filings import places
from tests.portal.declarants import YEAR, Declarant, declarant, site_of
from tests.portal.dirty_files import END, RIGHT, TOTAL, Remedy, changed, csv_bytes, mended, put, spoilt
from tests.portal.forms import form, words
from tests.portal.service import SIREN, Service

DATABASES = ("sqlite",)  # what a file says is the same on any
CORPUS = Path(__file__).parents[3] / "shared" / "cases" / "dirty"
NEEDS_CORPUS = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the received files are not beside the repository (see CONTRIBUTING.md)"
)
FILES = sorted((CORPUS / "files").glob("*"))

NO_KEY = "Identifiant du centre 1 erreur"
TOTALS, IT = "Énergie totale du centre (kWh)", "Énergie des équipements informatiques (kWh)"
NOT_READ = {
    "c04_html_as_csv.csv": "c’est une page web (HTML). Déposez le tableau lui-même",
    "c08_pdf.csv": "c’est un document PDF. Déposez le tableau lui-même",
    "c16_zip_bomb.zip": "trop gros une fois décompressé. Déposez le tableau lui-même",
    "c20_xlsx_xxe.xlsx": "ce qu’aucun tableur ne fait : il n’est pas ouvert. Ouvrez-le dans votre tableur",
    "c24_gz_crc.csv.gz": "Le fichier compressé (gzip) est abîmé : sa somme de contrôle est fausse. Vérifiez l’export",
    "x20_many_quotes.csv": "une cellule dépasse un million de caractères. Un guillemet ouvert est sans doute resté",
}
"""No table at all: refused at once with cause and fix; kept, and told the same, once somebody insists on its table."""
EMPTY = {"b05_empty.csv": "Ce fichier est vide. Déposez le fichier rempli."}
"""Nothing to keep: refused whatever its table."""
OUTCOMES = {
    "b13_one_bad_byte.csv": (NO_KEY, "Caractères illisibles 1 erreur"),
    "d04_us.csv": (NO_KEY, "Premier jour relevé 10 erreurs"),
    "d12_1900_bug.csv": (NO_KEY, "Premier jour relevé 1 erreur"),
    "l07_duplicate_header.csv": (NO_KEY, f"{TOTALS} 1 erreur"),
    "l19_subtotals.csv": (NO_KEY, "Ligne de total 1 erreur"),
    "l23_header_repeated.csv": (NO_KEY, "En-tête répété 1 erreur"),
    "l35_ragged.csv": (NO_KEY, "Cellules en trop 1 erreur", "Premier jour relevé 1 erreur"),
    "m20_excel_error_0.csv": (NO_KEY, f"{IT} 1 erreur"),
    "m24_excel_error_4.csv": (NO_KEY, f"{IT} 1 erreur"),
    "n08_ambiguous_dot.csv": (NO_KEY, f"{TOTALS} 2 erreurs"),
    "n16_minus_unicode.csv": (NO_KEY, f"{IT} 1 erreur"),
    "n20_double_decimal.csv": (NO_KEY, f"{TOTALS} 1 erreur"),
    "x03_formula_3.csv": (NO_KEY, "Commentaire 1 erreur"),
    "x12_sql_header.csv": (NO_KEY, "Commentaire 1 erreur"),
    "x16_huge_number.csv": (NO_KEY, f"{TOTALS} 1 erreur"),
}
"""Columns that are not recognised: asked what the file is, then read; the causes that the report tells, in its order.

Every other file is read without a fault but the one they all have: none of them has our key.
"""
COPIED = (
    *("e05_utf16be_bom", "e09_mac_roman", "s01_comma_decimal_comma_quoted", "n00_nbsp", "n04_dot_group"),
    *("n08_ambiguous_dot", "n12_mwh_silent", "m07_non_communique", "l31_comment_lines", "q02_inner_quotes"),
    *("r08_u2028", "b01_nul_tail", "c00_xlsx_as_csv", "x16_huge_number"),
)
"""One file or more of each group, whose figures somebody copies into the template."""
TWO_READINGS = {"n08_ambiguous_dot": "1 234 567,8"}
"""Figures that the page asks about, and what is answered."""
IN_MWH = {"n12_mwh_silent": Decimal("0.001")}
"""Nothing in the file says that its figures are in another unit: they are warned about, never multiplied."""


@pytest.fixture
def body(shared: Service, tmp_path: Path) -> Declarant:
    """Each test has a body of its own, in the same portal."""
    return declarant(shared, tmp_path)


@pytest.fixture(scope="module")
def reader(shared: Service, tmp_path_factory: pytest.TempPathFactory) -> Declarant:
    """One body that hands in the whole corpus and confirms nothing of it."""
    return declarant(shared, tmp_path_factory.mktemp("lecteur"))


def place(answer: httpx.Response) -> str:
    """Where an answer leads."""
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["location"]


def page_of(body: Declarant, path: str) -> str:
    """A page that is there."""
    answer = body.agent.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def handed(body: Declarant, link: str, name: str, content: bytes, table: str = "") -> httpx.Response:
    """Hand in a file by the form of a page, with or without what it holds."""
    found = form(page_of(body, link), "/deposer")
    fields = found.fields | ({"table": table} if table else {})
    return body.agent.post(found.action, fields, page=link, files=[("fichiers", (name, content))])


def sent(body: Declarant, deposit: str, end: str, remedy: Remedy) -> str:
    """Fill in a form of a report; the deposit that comes of it."""
    found = form(page_of(body, deposit), end)
    return place(body.agent.post(found.action, found.filled(remedy.typed, remedy.ticked), page=deposit))


def mend(body: Declarant, deposit: str, remedy: Remedy) -> str:
    """Do what mends a file; the deposit to confirm."""
    if remedy.adopt:
        deposit = sent(body, deposit, "/adopter", remedy)
    if remedy.cells or remedy.aside:
        deposit = sent(body, deposit, "/corriger", remedy)
    if remedy.again:
        [link] = re.findall(r'href="([^"]+)">déposez le fichier à nouveau', page_of(body, deposit))
        deposit = place(handed(body, link, "mieux.csv", mended(body.site)))
    return deposit


def receipt_of(body: Declarant, deposit: str) -> str:
    """Confirm, every unusual value said to be right; the words of the receipt."""
    preview = f"{deposit}/apercu"
    assert f'href="{preview}"' in page_of(body, deposit)
    found = form(page_of(body, preview), "/confirmer")
    receipt = place(body.agent.post(found.action, found.fields | found.boxes, page=preview))
    return words(page_of(body, receipt))


def confirmed(body: Declarant) -> dict[str, tuple[str, ...]]:
    """What stands for the years that the files declare."""
    columns = ("energie_totale_kwh", "energie_it_kwh", "date_fin", "commentaire")
    rows = [row for row in body.rows("declarations") if row["annee"] in RIGHT]
    return {row["annee"]: tuple(row[name] for name in columns) for row in rows}


@pytest.mark.parametrize("fault", spoilt(site_of(SIREN)))
def test_a_spoilt_file_goes_to_its_receipt_with_the_right_values(body: Declarant, fault: str) -> None:
    file = spoilt(body.site)[fault]
    deposit = place(handed(body, f"{body.page}/deposer", file.name, file.content))
    report = page_of(body, deposit)
    assert ("Les 3 lignes sont acceptées." in words(report)) == (file.remedy == Remedy()), words(report)
    assert [said for said in file.says if said not in errors_of(report)] == []
    fresh = mend(body, deposit, file.remedy)
    assert file.remedy.without or "Les 3 lignes sont acceptées." in words(page_of(body, fresh))
    receipt = receipt_of(body, fresh)
    assert "Votre dépôt est confirmé." in receipt and f"{len(file.remedy.right)} lignes acceptées" in receipt
    assert confirmed(body) == file.remedy.right


def test_what_keeps_every_row_out_is_told_before_what_spoils_one(body: Declarant) -> None:
    head, *rows = changed("", END, lambda text: f"12/31/{text[6:]}")
    content = csv_bytes([["code", *head[1:]], *rows])
    deposit = place(handed(body, f"{body.page}/deposer", "d.csv", content, "declarations"))
    assert causes(page_of(body, deposit)) == (NO_KEY, "Premier jour relevé 3 erreurs", "Dernier jour relevé 3 erreurs")


def test_each_cause_has_a_heading_of_its_own(body: Declarant) -> None:
    rows = put(body.site, (2, TOTAL, "314,8705 MWh"), (3, TOTAL, "330.000"), (4, TOTAL, "?"))
    total = ["Total", *[""] * (TOTAL - 1), "986 121,3"]
    content = csv_bytes([*rows, rows[3], total + [""] * (len(rows[0]) - len(total))])
    deposit = place(handed(body, f"{body.page}/deposer", "d.csv", content))
    found = causes(page_of(body, deposit))
    assert found[:3] == (f"{TOTALS} 2 erreurs", f"{TOTALS}, cause 2 1 erreur", f"{TOTALS}, cause 3 1 erreur")
    assert {*found[3:]} == {"Ligne en double 1 erreur", "Ligne de total 1 erreur"}


def test_the_whole_report_speaks_to_somebody_without_a_command_line(body: Declarant) -> None:
    file = spoilt(body.site)["other_unit_in_the_cell"]
    deposit = place(handed(body, f"{body.page}/deposer", file.name, file.content))
    told = words(page_of(body, f"{deposit}/rapport.html"))
    assert f"Colonne « {TOTALS} » : unité dans la cellule" in told and "Dans le fichier : energie_totale_kwh" in told
    assert "Proposition : 314 870,5 kWh." in told and "--" not in told


def test_a_byte_that_could_not_be_read_is_never_handed_in_as_a_text(body: Declarant) -> None:
    file = spoilt(body.site)["one_bad_byte_and_a_faulty_cell"]
    deposit = place(handed(body, f"{body.page}/deposer", file.name, file.content))
    found = form(page_of(body, deposit), "/corriger")
    fields = found.filled({f"{TOTALS}, ligne 3": "330 000"})
    refused = body.agent.post(found.action, fields, page=deposit)
    assert refused.status_code == 409 and "La ligne 4 a encore un caractère illisible." in words(refused.text)


def errors_of(page: str) -> str:
    """What a report says is to be corrected; nothing for a file that is accepted as it is."""
    _, _, after = page.partition('<h2 id="erreurs">')
    return words(f"<main>{after.partition('<h2 ')[0]}</main>")


def causes(page: str) -> tuple[str, ...]:
    """The causes that a report tells: the title of a column, or what is said instead, and how many errors."""
    titles = [words(f"<main>{title}</main>") for title in re.findall(r'<h3 id="cause-[^>]*>(.*?)</h3>', page, re.S)]
    return tuple(title.partition("Dans le fichier")[0] for title in titles)


def unexplained(page: str) -> list[str]:
    """The faults of a report that do not say where they are, what is wrong and what to do about it."""
    sections = re.findall(r'<section class="cause" aria-labelledby="cause-.*?</section>', page, re.S)
    assert sections
    faults = [(fault, section) for section in sections for fault in re.findall(r"<li>.*?</li>", section, re.S)]
    return [fault for fault, section in faults if not (placed(fault, section) and advised(fault, section))]


def placed(fault: str, section: str) -> bool:
    """Whether a fault names its line, unless it is about the whole file."""
    return words(f"<main>{fault}</main>").startswith("Ligne ") or ">Le fichier " in section


def advised(fault: str, section: str) -> bool:
    """Whether a fault says what to do, or its cause does for all of them."""
    return 'class="correction"' in fault or "À faire." in section


def kept(body: Declarant, content: bytes) -> bool:
    """Whether the portal holds these bytes, whole."""
    path = places.received(body.service.settings, hashlib.sha256(content).hexdigest())
    return path.is_file() and path.read_bytes() == content


@NEEDS_CORPUS
def test_each_outcome_is_that_of_a_file_of_the_corpus() -> None:
    names = {path.name for path in FILES}
    assert {*NOT_READ, *EMPTY, *OUTCOMES} <= names
    assert set(COPIED) <= {name.partition(".")[0] for name in names}


@NEEDS_CORPUS
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dirty_file_leads_to_a_page_that_says_what_to_do(reader: Declarant, path: Path) -> None:
    content, refused = path.read_bytes(), {**NOT_READ, **EMPTY}.get(path.name)
    page = f"{reader.page}/deposer"
    first = handed(reader, page, path.name, content)
    assert first.status_code == 422
    told = words(first.text)
    assert f"{path.name} n’a pas été reçu." in told
    assert (refused or "Dites ci-dessous ce qu’il contient") in told
    second = handed(reader, page, path.name, content, "declarations")
    if path.name in EMPTY:
        assert second.status_code == 422 and EMPTY[path.name] in words(second.text)
        return
    report = page_of(reader, place(second))
    assert kept(reader, content)
    assert unexplained(report) == []
    if path.name in NOT_READ:
        assert causes(report) == ("Le fichier 1 erreur",) and "n’a pas pu être lu" in words(report)
    else:
        assert causes(report) == OUTCOMES.get(path.name, (NO_KEY,))
        assert f'href="{reader.page}/modele"' in report or f'href="{reader.page}/deposer?remplace=' in report


@NEEDS_CORPUS
@pytest.mark.parametrize("stem", COPIED)
def test_figures_copied_into_the_template_go_to_the_receipt(body: Declarant, stem: str) -> None:
    [path] = [path for path in FILES if path.name.startswith(f"{stem}.")]
    refused = handed(body, f"{body.page}/deposer", path.name, path.read_bytes())
    assert f'href="{body.page}/modele"' in refused.text
    deposit = place(handed(body, f"{body.page}/deposer", "modèle rempli.csv", filled(body, *copied(path))))
    if stem in TWO_READINGS:
        assert causes(page_of(body, deposit)) == (f"{TOTALS} 1 erreur",)
        deposit = sent(body, deposit, "/corriger", Remedy({(2, TOTAL): TWO_READINGS[stem]}))
    assert "1 ligne acceptée sur 1" in receipt_of(body, deposit)
    [row] = [row for row in body.rows("declarations") if row["annee"] != str(YEAR - 1)]
    scale = IN_MWH.get(stem, Decimal(1))
    told = [Decimal(row[name]) for name in ("energie_totale_kwh", "energie_it_kwh")]
    assert told == [Decimal(figure) * scale for figure in first_row_of_the_truth()]


def copied(path: Path) -> list[str]:
    """The total and the IT energy of the first row of a file, as its spreadsheet shows them."""
    table = read_table(path)
    row = next(iter(table.records())).cells
    return [str(row[table.header.index(name)]) for name in ("energie_totale_kwh", "energie_it_kwh")]


def first_row_of_the_truth() -> list[str]:
    """The same two figures as the corpus says that they are."""
    truth = json.loads((CORPUS / "truth.json").read_text(encoding="utf-8"))
    return [truth["rows"][0][truth["columns"].index(name)] for name in ("energie_totale_kwh", "energie_it_kwh")]


def filled(body: Declarant, total: str, it: str) -> bytes:
    """The template that the portal links to, with two figures typed into it."""
    links = re.findall(r'href="([^"]+modele\.csv[^"]+table=declarations[^"]*)"', page_of(body, f"{body.page}/modele"))
    taken = body.agent.get(unescape(links[0])).content.decode("utf-8-sig")
    head, row = csv.reader(taken.splitlines(), delimiter=";")
    for name, figure in (("energie_totale_kwh", total), ("energie_it_kwh", it)):
        row[head.index(name)] = figure
    return csv_bytes([head, row])
