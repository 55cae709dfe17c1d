"""The sessions that the documents print are those that the commands give today, and what they list exists.

`python tests/test_documents.py` prints them anew where a sentence has changed.
"""

import ast
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from greencloud.checking import corrected  # noqa: E402
from greencloud.checking.resource import checks  # noqa: E402
from greencloud.table_schema.doubts import DEVIATIONS  # noqa: E402

FILES = {
    # As Excel in French saves it: semicolons, cp1252, decimal comma, no-break spaces between thousands.
    "declarations.csv": (
        "id_centre;annee;energie_totale_kwh;energie_it_kwh;categorie_mesure_it;qualite_mesure\n"
        "99988877900017-01;2024;322\u00a0400,5;176\u00a0300;1;mesure\n"
        "99988877900017-02;2024;41,73 MWh;24\u00a0000;1;mesure\n"
    ),
    # The identifier was not typed as a text; the electrician's bill is in MWh.
    "export-excel.csv": (
        "id_centre;annee;energie_totale_kwh;energie_it_kwh;categorie_mesure_it\n"
        "9,99889E+13;2025;314,87 MWh;175,12 MWh;1\n"
        "99988877900017-02;2025;41\u00a0730;24\u00a0000;1\n"
    ),
    "factures.csv": (
        "id_centre;poste;date_debut;date_fin;energie_kwh;commentaire\n"
        "99988877900017-01;total;16/01/2025;15/02/2025;27\u00a0310;Relevé du fournisseur\n"
        "99988877900017-01;total;16/02/2025;15/03/2025;n.c.;Facture non reçue\n"
        "99988877900017-01;total;16/03/2025;31/04/2025;24\u00a0680;\n"
        "99988877900017-01;clim;16/03/2025;15/04/2025;9\u00a0110;\n"
    ),
    "bilan.csv": (
        "Bilan énergétique 2025;;;\n"
        "id_centre;energie_totale_kwh;energie_it_kwh;categorie_mesure_it\n"
        "99988877900017-01;314870;175120;1\n"
        "99988877900017-02;41730;24000;1\n"
        "Total;356600;199120;\n"
    ),
}
SCHEMA = (ROOT / "schemas" / "centres" / "schema.json").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "LISEZMOI.md")
SESSION = re.compile(r"(?<=^```\n)\$ (?:greencloud|\. ).*?(?=^```$)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*?)(?: +# .*)?$")
DEVIATIONS_LISTED = re.compile(r"(?<=<!-- deviations -->\n).*?(?=<!-- /deviations -->)", re.DOTALL)
PROVED = "`tests/checking/test_strict.py::test_each_deviation_is_a_leniency_of_frictionless`"


def sessions(document: str) -> list[str]:
    """The blocks of a document that begin with a command."""
    return SESSION.findall(document)


def played(session: str, folder: Path) -> str:
    """The same commands, with what they print in a folder that holds the files."""
    lines: list[str] = []
    for line in session.splitlines():
        if command := COMMAND.match(line):
            lines.append(line)
            lines += _said(command[1].split(), folder)
    return "\n".join(lines) + "\n"


def _said(command: list[str], folder: Path) -> list[str]:
    if command[0] != "greencloud":
        return []
    program = [sys.executable, "-m", *command]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == "", done.stderr
    return done.stdout.strip().splitlines()


def write_files(folder: Path) -> Path:
    """The files of the sessions, as Excel in French would save them, and a schema with a misspelt constraint."""
    for name, content in FILES.items():
        (folder / name).write_bytes(content.encode("cp1252"))
    (folder / "schema.json").write_text(SCHEMA.replace('"pattern"', '"patern"', 1), encoding="utf-8")
    return folder


def deviations_table() -> str:
    """The deviations of the strict mode as a Markdown table."""
    lines = ["| deviation | types | example | reason | test |", "| --- | --- | --- | --- | --- |"]
    for deviation in DEVIATIONS:
        text = (
            deviation.example[1].encode("unicode_escape").decode()
            if "\x07" in deviation.example[1]
            else deviation.example[1]
        )
        cells = (f"`{deviation.code}`", ", ".join(deviation.types), f"`{text}`", deviation.reason, PROVED)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("documents"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_printed_sessions_are_the_real_ones(name: str, folder: Path) -> None:
    found = sessions((ROOT / name).read_text(encoding="utf-8"))
    assert found
    for session in found:
        assert session == played(session, folder)


def test_the_readme_goes_from_a_wrong_file_to_a_deposit() -> None:
    shown = "".join(sessions((ROOT / "README.md").read_text(encoding="utf-8")))
    commands = [found[0] for line in shown.splitlines() if (found := COMMAND.match(line))]
    steps = ("--corrected corrige.csv", "check corrige.csv", "deposit corrige.csv", "lint-schema schema.json")
    places = [next(place for place, command in enumerate(commands) if step in command) for step in steps]
    assert places == sorted(places)


def test_the_guide_installs_before_its_first_command() -> None:
    guide = (ROOT / "LISEZMOI.md").read_text(encoding="utf-8")
    assert guide.index("pip install .") < guide.index("greencloud ")
    titles = re.findall(r"^(#+) (.*)$", guide, re.MULTILINE)
    numbered = [title for level, title in titles if level == "##"]
    assert [title.split(".")[0] for title in numbered] == [str(place) for place in range(1, len(numbered) + 1)]
    assert [title for level, title in titles if level == "###"] == ["Trois fichiers abîmés, trois rapports"]


def test_three_broken_files_are_read_aloud() -> None:
    shown = "".join(sessions((ROOT / "LISEZMOI.md").read_text(encoding="utf-8")))
    for name in ("export-excel.csv", "factures.csv", "bilan.csv"):
        assert f"$ greencloud check {name}" in shown and f"✘ {name}" in shown


def test_every_tolerance_that_is_corrected_is_documented() -> None:
    text = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    section = text[text.index("## Tolerances") : text.index("## Deviations")]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == corrected.REASONS.keys() | corrected.KEPT


def test_every_deviation_is_documented_and_has_its_test() -> None:
    text = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    assert DEVIATIONS_LISTED.findall(text) == [deviations_table()]
    section = text[text.index("## Deviations") : text.index("## Reports")]
    rows = [
        line for line in section.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| deviation"))
    ]
    assert len(rows) > len(DEVIATIONS)
    for row in rows:
        tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert tests, row
        for path, name in tests:
            assert name in functions(ROOT / path), (path, name)


def test_every_check_of_frictionless_and_every_kind_of_descriptor_fault_is_documented() -> None:
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    section = text[text.index("## Descripteurs et contrôles") : text.index("## Notes sur la lecture")]
    wanted = checks._MAKERS.keys() - {"baseline"}
    wanted |= {"table-dimensions", "hash-count", "byte-count", "field-count", "row-count"}
    wanted |= {"check-error", "scheme-error", "metadata-error", "resource-error", "schema-error", "foreign-key"}
    assert wanted <= set(re.findall(r"^### `(.+)`$", section, re.MULTILINE))


def functions(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("document", sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))), ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (document.parent / target).exists()]


def test_every_target_of_the_makefile_is_listed() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert set(re.findall(r"^([a-z-]+):.* ## .+ \| .+$", makefile, re.MULTILINE)) == set(phony.split())


def rewrite() -> None:
    """Print the sessions and the generated table anew in the documents."""
    for name in DOCUMENTS:
        with tempfile.TemporaryDirectory() as folder:
            files = write_files(Path(folder))
            text = (ROOT / name).read_text(encoding="utf-8")
            text = SESSION.sub(lambda match: played(match[0], files), text)  # noqa: B023
            (ROOT / name).write_text(text, encoding="utf-8", newline="\n")
    path = ROOT / "docs" / "checking.md"
    text = DEVIATIONS_LISTED.sub(lambda _: deviations_table(), path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    rewrite()
