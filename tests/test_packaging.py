"""The papers of an edition: what they say, that they are true, and that their examples run."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pytest

from greencloud import packaging, rules, tables, warehouse
from greencloud.editions import draft
from greencloud.loading import meters
from greencloud.packaging import datapackage, documents
from greencloud.readings import motives
from tests.published import DEPOSITS, HOSTILE, ROWS, Rows, connection, deposit, synthetic

CELL = re.compile(r"(?<!\\)\|")  # a bar that ends a cell of a Markdown table


def publish(folder: Path, changed: Rows | None = None, deposits: tuple[Any, ...] = DEPOSITS) -> Path:
    with draft(connection(changed), folder, deposits) as work:
        pass
    return work.destination


def validate(descriptor: Path) -> frictionless.Report:
    report: frictionless.Report = frictionless.Package(str(descriptor)).validate()
    return report


def load(edition: Path) -> dict[str, Any]:
    return dict(json.loads((edition / "datapackage.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One edition; not to be changed."""
    return publish(tmp_path_factory.mktemp("published"))


# ---- datapackage.json ----


def test_frictionless_validates_every_file(edition: Path) -> None:
    report = validate(edition / "datapackage.json")
    assert report.valid
    assert not [task.warnings for task in report.tasks if task.warnings]
    kinds = {task.place: task.type for task in report.tasks}
    assert kinds == {
        **{f"{name}.csv": "table" for name in tables.PUBLISHED},
        **{item["path"]: "file" for item in load(edition)["resources"] if item.get("type") != "table"},
    }


def test_the_frictionless_command_agrees(edition: Path) -> None:
    command = [str(Path(sys.executable).parent / "frictionless"), "validate", "datapackage.json", "--json"]
    run = subprocess.run(command, cwd=edition, capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert json.loads(run.stdout)["valid"] is True


@pytest.mark.parametrize(
    ("name", "place"), [("rejets.csv", 0.5), ("rejets.csv", 0.99), ("rejets.parquet", 0.0), ("rejets.parquet", 0.5)]
)
def test_frictionless_sees_any_flipped_byte(edition: Path, tmp_path: Path, name: str, place: float) -> None:
    shutil.copytree(edition, tmp_path / "edition")
    data = bytearray((tmp_path / "edition" / name).read_bytes())
    data[int(len(data) * place)] ^= 1
    (tmp_path / "edition" / name).write_bytes(bytes(data))
    report = validate(tmp_path / "edition" / "datapackage.json")
    assert [task.place for task in report.tasks if not task.valid] == [name]


def test_the_descriptor_follows_data_package_v2(edition: Path) -> None:
    """What the profile of version 2.0 asks for, and Frictionless lets pass."""
    package = load(edition)
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert dt.datetime.fromisoformat(package["created"]).tzinfo is not None
    assert all(
        contributor.keys() <= {"title", "email", "organization", "roles"} for contributor in package["contributors"]
    )
    assert all(source["title"] for source in package["sources"])
    assert all(source.get("path", "https://").startswith("http") for source in package["sources"])
    for resource in package["resources"]:
        assert resource.get("type", "table") == "table"
        assert re.fullmatch(r"[a-z_-]+", resource["name"])
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", resource["hash"])
        for field in resource.get("schema", {"fields": []})["fields"]:
            assert isinstance(field.get("example", ""), str)


def test_the_descriptor_says_what_the_edition_is(edition: Path) -> None:
    package = load(edition)
    assert package["version"] == edition.name
    assert package["created"] == "2026-05-14T09:30:00.000000Z"
    assert package["licenses"] == [
        {
            "name": "etalab-2.0",
            "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            "title": "Licence Ouverte 2.0",
        }
    ]
    assert package["greencloud:couverture_temporelle"] == {"reelles": {"debut": "2024-01-01", "fin": "2024-12-31"}}
    titles = [source["title"] for source in package["sources"]]
    assert any("2024/1364" in title for title in titles)
    assert any(title.startswith("Table de référence facteurs_emission : ADEME Base Empreinte ;") for title in titles)
    assert titles[-2:] == [
        f"Dépôt de declarations reçu le {day} par l'organisme de SIREN 130025265"
        for day in ("2026-02-01", "2026-05-14")
    ]
    assert len(set(titles[:-2])) == len(titles) - 2


def test_every_resource_is_described(edition: Path) -> None:
    for resource in load(edition)["resources"]:
        path = edition / resource["path"]
        assert resource["title"]
        assert len(resource["description"]) > 20
        assert resource["bytes"] == path.stat().st_size
        if resource["format"] == "csv":
            assert resource["rows"] == len(ROWS[resource["name"]])
            assert [field["name"] for field in resource["schema"]["fields"]] == list(
                tables.table(resource["name"]).column_names
            )


def test_embedded_schemas_keep_to_table_schema(edition: Path) -> None:
    for resource in load(edition)["resources"]:
        schema = resource.get("schema", {})
        assert schema.keys() <= {"fields", "primaryKey", "foreignKeys", "missingValues"}
        for field in schema.get("fields", ()):
            assert field.keys() <= {"name", "title", "description", "type", "format", "example", "constraints"}


def test_only_keys_to_published_tables_are_kept() -> None:
    def key(resource: str) -> dict[str, Any]:
        return {"fields": ["annee"], "reference": {"resource": resource, "fields": ["annee"]}}

    descriptor = {
        "fields": [{"name": "annee", "type": "integer", "example": 2024, "trueValues": ["oui"]}],
        "foreignKeys": [key("couverture"), key("centres"), key("")],
    }
    file = packaging.Resource("", 0, "")
    part = packaging.contents.Part(file, 0)
    item = packaging.contents.Written(tables.from_descriptor(descriptor, "essai"), 0, (part,), file)
    first, second = datapackage._resources(item, frozenset({"essai", "couverture"}))
    assert first["schema"]["foreignKeys"] == [key("couverture"), key("")]
    assert first["schema"]["fields"] == [{"name": "annee", "type": "integer", "example": "2024"}]
    assert "schema" not in second


def test_labels_are_short_enough_for_data_gouv() -> None:
    """hydra, which data.gouv.fr parses files with, refuses labels above 63 characters."""
    labels = [label for name in tables.PUBLISHED for label in tables.table(name).column_names]
    assert [label for label in labels if len(label.encode()) > 63] == []


# ---- real or synthetic ----


@pytest.mark.parametrize(
    ("marked", "state", "sentence"),
    [
        ((), "aucune", "ne contient aucune donnée synthétique"),
        (("historique",), "partielle", "une partie de cette édition est synthétique"),
        (tables.PUBLISHED, "totale", "toutes les données de cette édition sont synthétiques"),
    ],
)
def test_synthetic_data_is_announced(tmp_path: Path, marked: tuple[str, ...], state: str, sentence: str) -> None:
    edition = publish(tmp_path, {name: synthetic(name) for name in marked})
    package = load(edition)
    assert package["greencloud:synthetique"] == state
    for text in (
        package["description"],
        *((edition / n).read_text() for n in ("LISEZMOI.md", "dictionnaire.md", "regles.md")),
    ):
        assert sentence in text
        assert ("Attention" in text) == bool(marked)


@pytest.mark.parametrize(("flag", "state"), [(True, "totale"), (False, "aucune")])
def test_an_edition_without_rows_is_judged_by_its_deposits(tmp_path: Path, flag: bool, state: str) -> None:
    edition = publish(tmp_path, {name: [] for name in tables.PUBLISHED}, (deposit(synthetique=flag),))
    package = load(edition)
    assert package["greencloud:synthetique"] == state
    assert package["sources"][-1]["title"].startswith("Dépôt synthétique" if flag else "Dépôt de")
    assert "greencloud:couverture_temporelle" not in package
    assert "Aucun centre n'a encore déclaré" in (edition / "LISEZMOI.md").read_text(encoding="utf-8")


# ---- dictionnaire.md ----


def table_rows(text: str) -> list[list[str]]:
    """The cells of every line of every Markdown table, without the lines of dashes."""
    lines = [line for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in CELL.split(line)[1:-1]] for line in lines]


def test_the_dictionary_has_every_column_once(edition: Path) -> None:
    text = (edition / "dictionnaire.md").read_text(encoding="utf-8")
    rows = [row for row in table_rows(text) if row[0] != "Colonne"]
    assert [row[0].strip("`") for row in rows] == [
        column for name in tables.PUBLISHED for column in tables.table(name).column_names
    ]
    assert {len(row) for row in rows} == {8}
    assert all(all(row) for row in rows)


def test_the_dictionary_says_it_in_french(edition: Path) -> None:
    text = (edition / "dictionnaire.md").read_text(encoding="utf-8")
    rows = {row[0].strip("`"): row for row in table_rows(text)}
    assert rows["energie_totale_kwh"][2:4] == ["nombre", "kWh"]
    assert rows["wue_l_par_kwh"][3] == "L par kWh"
    assert rows["cue_kgco2e_par_kwh"][3] == "kg éq. CO₂ par kWh"
    assert rows["mois"][5].startswith("clé ; toujours renseigné ; de la forme `^(?:[0-9]{4}-(?:0[1-9]\\|1[0-2]))$`")
    assert rows["jours_du_mois"][5] == "toujours renseigné ; au moins 28 ; au plus 31"
    assert rows["statut"][6] == "`complet`, `partiel`, `rejete`, `absent`"
    assert rows["nom_site"][5] == "ne commence jamais par `=`, `+`, `@` ou une tabulation"
    assert rows["attendu"][2] == "vrai ou faux (`true`, `false`)"
    for word in ("string", "integer", "boolean", "None", "True", "number"):
        assert not re.search(rf"\b{word}\b", text)


def test_only_ratios_and_counts_have_no_unit() -> None:
    fields = [field for name in tables.PUBLISHED for field in tables.table(name).fields]
    bare = {field.name for field in fields if field.type == "number" and documents.unit(field) == documents.NOTHING}
    ratios = r"pue|erf$|ref$|couverture_|completude$|part|facteur_charge$|valeur$"
    assert not {name for name in bare if not re.match(ratios, name)}
    assert documents.unit(tables.table("indicateurs_annuels").field("nom_site")) == documents.NOTHING


@pytest.mark.parametrize("text", [*HOSTILE, "a|b`c``d", "`", "\\|", "[x](http://y) & <b>"])
def test_no_text_breaks_out_of_a_markdown_cell(text: str) -> None:
    for cell in (documents.markdown_text(text), documents.markdown_code(text)):
        assert len(CELL.split(f"| {cell} |")) == 3
        assert not re.search(r"[\r\n]", cell)
    assert not re.search(r"<(?!br>)", documents.markdown_text(text))


def test_markdown_code_keeps_backticks_inside() -> None:
    assert documents.markdown_code("a`b``c") == "```a`b``c```"
    assert documents.markdown_code("`a") == "`` `a ``"
    assert documents.markdown_code("(a|b)") == r"`(a\|b)`"


def field(type_: str, **constraints: Any) -> tables.Field:
    descriptor: Mapping[str, Any] = {"name": "essai", "type": type_, "constraints": constraints}
    return tables.from_descriptor({"fields": [descriptor]}).field("essai")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (field("number", minimum=1.5, maximum=3), "au moins 1,5 ; au plus 3"),
        (
            field("string", minLength=2, maxLength=9, unique=True),
            "sans doublon ; au moins 2 caractères ; au plus 9 caractères",
        ),
        (field("string", required=True), "clé ; toujours renseigné"),
        (field("date"), "—"),
    ],
)
def test_constraints_in_french(column: tables.Field, said: str) -> None:
    assert documents.constraints(column, ("essai",) if column.required else ()) == said


def test_allowed_booleans_are_written_as_in_the_files() -> None:
    assert documents.allowed_values(field("boolean", enum=[True])) == "`true`"


# ---- regles.md ----


def listed_codes(edition: Path) -> list[str]:
    rows = table_rows((edition / "regles.md").read_text(encoding="utf-8"))
    return [row[0].strip("`") for row in rows if row[0] != "Code"]


def test_every_rule_is_told_once_in_order(edition: Path) -> None:
    codes = rules.codes()
    assert listed_codes(edition)[: len(codes)] == list(codes)


def test_every_code_of_the_warehouse_is_told(edition: Path) -> None:
    folder = Path(warehouse.__file__).parent / "sql"
    made = set()
    for name in ("_sites_annees", "indicateurs_annuels"):
        sql = (folder / f"{name}.sql").read_text(encoding="utf-8")
        made |= set(re.findall(r"THEN\s+\[?'([a-z][a-z0-9_]{4,})'", sql))
    levels = {"pleine", "reservee", "non_comparable"}
    levels |= set(tables.table("indicateurs_annuels").field("nature_pue").constraints["enum"])
    assert {"compte_chez_hote", "groupes_secours", "ecart_consommations"} <= made
    refusals = {refusal.code for refusal in warehouse.REFUSALS}
    assert (made | refusals | {warehouse.PERIOD_CHANGED}) - levels <= set(listed_codes(edition))


def test_every_motive_of_readings_has_its_meaning(edition: Path) -> None:
    section = (edition / "regles.md").read_text(encoding="utf-8").partition("Motifs de mise de côté")[2]
    told = {row[0].strip("`") for row in table_rows(section.partition("## ")[0])}
    assert told >= {*motives.LINE, *motives.SLOT, *meters.TOLD, "periode_sur_deux_annees"}
    assert meters.REPLACED not in told  # what a later deposit corrects is nowhere published


def test_the_rules_are_readable(edition: Path) -> None:
    text = (edition / "regles.md").read_text(encoding="utf-8")
    rows = {row[0].strip("`"): row for row in table_rows(text)}
    assert rows["pue_egal_a_un"][1:3] == ["refus de la ligne", "`declarations`"]
    assert "(…) et energie\\_it\\_kwh (…) sont égales (PUE = 1,000)" in rows["pue_egal_a_un"][3]
    assert rows["pue_egal_a_un"][5].endswith("le PUE est toujours supérieur à 1")
    zero = "energie\\_totale\\_kwh, energie\\_it\\_kwh ou puissance\\_it\\_installee\\_kw vaut 0"
    assert rows["zero_pour_absence"][3].startswith(zero)
    assert rows["foreign-key"][1] == "`declarations`, `consommations`, `compteurs`"
    assert f"(`version_regles`) : `{rules.VERSION}`" in text
    assert "{" not in text and all(all(row) for row in table_rows(text))


@pytest.mark.parametrize("paper", ["LISEZMOI.md", "dictionnaire.md"])
def test_the_papers_lead_to_the_rules(edition: Path, paper: str) -> None:
    assert "](regles.md)" in (edition / paper).read_text(encoding="utf-8")


# ---- LISEZMOI.md ----


def readme(edition: Path) -> str:
    return (edition / "LISEZMOI.md").read_text(encoding="utf-8")


def blocks(edition: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", readme(edition), flags=re.DOTALL)


def test_the_readme_gives_the_line_to_quote(edition: Path) -> None:
    assert (
        "> Source : Green Cloud Nation, Énergie et PUE des centres de données du secteur public, "
        "mise à jour du 14 mai 2026, Licence Ouverte 2.0\n"
    ) in readme(edition)


def test_the_readme_opens_with_what_the_edition_is_made_of(edition: Path) -> None:
    first = f"Édition `{edition.name}`, faite de 2 dépôts, mise à jour du 14 mai 2026 (date du dernier dépôt).\n"
    assert first in readme(edition)


def test_the_readme_names_only_files_that_are_there(edition: Path) -> None:
    targets = set(re.findall(r"\]\(([^):]+)\)", readme(edition)))
    assert {f"{name}.csv" for name in tables.PUBLISHED} <= targets
    assert all((edition / target).is_file() for target in targets)


def test_the_readme_names_the_dashboards_when_they_are_there(tmp_path: Path) -> None:
    with draft(connection(), tmp_path, DEPOSITS) as work:
        (work.path / "tableaux-de-bord").mkdir()
        (work.path / "tableaux-de-bord" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    assert "](tableaux-de-bord/index.html)" in readme(work.destination)


def test_the_readme_speaks_of_no_table_that_it_does_not_show(edition: Path, tmp_path: Path) -> None:
    told = "Ce tableau ne compte"
    assert told in readme(edition)
    empty = readme(publish(tmp_path, {"couverture": [], "indicateurs_annuels": []}))
    assert told not in empty and "Un centre absent n'a pas consommé zéro" in empty


def test_the_readme_counts_what_is_covered(tmp_path: Path) -> None:
    base = ROWS["couverture"][0]
    rows = [
        *({**base, "id_centre": f"13002526500013-{n:02}", "annee": 2023, "statut": "partiel"} for n in range(3)),
        {**base, "annee": 2023, "statut": "rejete"},
        {**base, "id_centre": "13002526500013-90", "annee": 2022, "statut": "complet", "attendu": False},
        {**base, "id_centre": "13002526500013-90", "annee": 2023, "statut": "absent", "attendu": False},
        {**base, "annee": 2024, "statut": "absent"},
        {**base, "annee": 2025, "statut": "complet", "synthetique": True},
    ]
    edition = publish(tmp_path, {"couverture": rows, "indicateurs_annuels": ROWS["indicateurs_annuels"][:1]})
    assert [row for row in table_rows(readme(edition)) if row[0].isdigit()] == [
        ["2022", "réelles", "0", "0", "0", "0", "0"],  # its only site declared without being expected
        ["2023", "réelles", "4", "0", "3", "1", "0"],
        ["2024", "réelles", "1", "0", "0", "0", "1"],
        ["2025", "synthétiques", "1", "1", "0", "0", "0"],
    ]
    assert "\nDonnées réelles : de 2022 à 2023 (première" in readme(edition)
    assert "\nDonnées synthétiques : 2025 (première" in readme(edition)
    assert load(edition)["greencloud:couverture_temporelle"] == {
        "reelles": {"debut": "2022-01-01", "fin": "2023-12-31"},
        "synthetiques": {"debut": "2025-01-01", "fin": "2025-12-31"},
    }


def test_the_duckdb_lines_run(edition: Path) -> None:
    (sql,) = blocks(edition, "sql")
    assert len(sql.splitlines()) == 3
    here = Path.cwd()
    os.chdir(edition)
    try:
        with duckdb.connect() as con:
            assert con.sql(sql).columns == ["annee", "modalite", "pue", "nb_sites_pue"]
    finally:
        os.chdir(here)


def test_the_pandas_lines_run_and_keep_leading_zeros(edition: Path) -> None:
    (code,) = blocks(edition, "python")
    assert len(code.splitlines()) == 3
    check = 'assert indicateurs["code_departement"].tolist() == ["01", "01"], indicateurs'
    subprocess.run([sys.executable, "-c", f"{code}\n{check}"], cwd=edition, check=True)


def test_every_insee_code_is_read_as_text(edition: Path) -> None:
    codes = {field.name for field in tables.table("indicateurs_annuels").fields if field.name.startswith("code_")}
    for language in ("python", "r"):
        (code,) = blocks(edition, language)
        assert all(name in code for name in codes)
        assert len(code.splitlines()) == 3


def test_markdown_has_no_stray_blank_lines(edition: Path) -> None:
    for name in ("LISEZMOI.md", "dictionnaire.md", "regles.md"):
        text = (edition / name).read_text(encoding="utf-8")
        assert "\n\n\n" not in text
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2026-05-01T00:00Z", "1er mai 2026"),
        ("2026-08-31", "31 août 2026"),
        ("2025-12-09", "9 décembre 2025"),
    ],
)
def test_french_dates(iso: str, said: str) -> None:
    assert documents.french_date(iso) == said


def test_french_numbers() -> None:
    assert documents.french_integer(1234567) == "1\u202f234\u202f567"
    assert documents.french_integer(12) == "12"
    assert [documents.french_size(octets) for octets in (512, 15_340, 2_450_000)] == [
        "512\u202foctets",
        "15,3\u202fko",
        "2,5\u202fMo",  # 2.45 in binary lies just above the half
    ]
