"""A NumEcoEval file becomes declarations that say what they do not know; identifiers stay with their sites."""

from pathlib import Path

import pytest

from greencloud.exports.files import csv_of_texts
from greencloud.imports import numecoeval
from greencloud.imports.register import ImportRefused

SIRET = "13002526500013"
HEADER = "nomCourtDatacenter;nomLongDatacenter;pue;localisation;nomEntite;nomSourceDonnee\n"


def written(folder: Path, rows: str, name: str = "dc.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def read(folder: Path, rows: str, register: Path | None = None) -> numecoeval.Imported:
    return numecoeval.read(written(folder, rows), year=2024, siret=SIRET, register=register)


def refusals(found: numecoeval.Imported) -> dict[int | None, str]:
    return {error.row: error.code for error in found.report.errors}


def test_a_row_becomes_a_declaration_of_a_pue_alone(tmp_path: Path) -> None:
    found = read(tmp_path, "A1;Salle Nord;1,62;France;Ville;Mon tableur\n")
    assert found.declarations == (
        {
            "id_centre": f"{SIRET}-01",
            "annee": "2024",
            "pue_declare": "1.62",
            "categorie_mesure_it": "X",
            "perimetre": "inconnu",
            "commentaire": "PUE repris d'un fichier NumEcoEval (ligne 2, A1, source indiquée : Mon tableur). Ce "
            "fichier ne dit ni l'énergie, ni la période, ni la nature de la valeur.",
        },
    )
    assert found.sites == (
        {
            "id_centre": f"{SIRET}-01",
            "nom_site": "Salle Nord",
            "siret": SIRET,
            "organisme": "Ville",
            "commentaire": "NumEcoEval : A1",
        },
    )


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("0.5", "pue_declare_impossible"),
        ("1", "pue_declare_impossible"),
        ("1.0005", "pue_declare_impossible"),
        ("10.5", "pue_declare_impossible"),
        ("175", "pue_declare_impossible"),
        ("-1.4", "pue_declare_impossible"),
        ("a", "type-error"),
        ("1.5 environ", "type-error"),
        ("", "constraint-error"),
    ],
)
def test_a_wrong_pue_is_refused_with_its_line_and_a_fix(tmp_path: Path, cell: str, code: str) -> None:
    found = read(tmp_path, f"A1;Salle Nord;{cell};France;;\nA2;Salle Sud;1.4;FR;;\n")
    assert refusals(found) == {2: code}
    [error] = found.report.errors
    assert "Ligne 2" in error.message and error.fix
    assert [row["id_centre"] for row in found.declarations] == [f"{SIRET}-02"]


@pytest.mark.parametrize("cell", ["1.001", "1.0006", "10"])
def test_the_bounds_of_the_rules_are_those_of_the_rules(tmp_path: Path, cell: str) -> None:
    assert not read(tmp_path, f"A1;Salle Nord;{cell};France;;\n").report.errors


def test_a_corrected_file_gives_the_same_identifiers(tmp_path: Path) -> None:
    rows = "A1;Nord;1.4;France;;\nA2;Sud;1.5;{};;\nA3;Est;{};France;;\nA4;Ouest;1.7;France;;\n"
    before, after = read(tmp_path, rows.format("Atlantide", "a")), read(tmp_path, rows.format("France", "1.6"))
    identifiers = {row["commentaire"]: row["id_centre"] for row in after.sites}
    assert refusals(before) == {3: "localisation_inconnue", 4: "type-error"}
    assert {row["commentaire"]: row["id_centre"] for row in before.sites}.items() <= identifiers.items()
    assert identifiers["NumEcoEval : A4"] == f"{SIRET}-04"


def test_a_register_keeps_the_identifiers_whatever_the_order(tmp_path: Path) -> None:
    first = read(tmp_path, "A1;Nord;1.4;France;;\nA2;Sud;1.5;France;;\n")
    register = tmp_path / "centres.csv"
    register.write_text(csv_of_texts(numecoeval.REGISTERED, first.sites), encoding="utf-8")
    found = read(tmp_path, "B9;Neuf;1.3;France;;\n a2 ;Autre nom;1.6;France;;\nX;NORD;1.7;France;;\n", register)
    assert [row["id_centre"] for row in found.declarations] == [f"{SIRET}-{number}" for number in ("03", "02", "01")]
    assert [row["nom_site"] for row in found.sites] == ["Neuf"]  # only what is new: a line replaces a whole line


def test_a_name_that_is_an_identifier_is_the_site(tmp_path: Path) -> None:
    found = read(tmp_path, f"{SIRET}-07;Sud;1.5;France;;\nA1;Nord;1.4;France;;\n99988877900017-01;Autre;1.6;France;;\n")
    assert [row["id_centre"] for row in found.declarations] == [f"{SIRET}-07", f"{SIRET}-08"]
    assert [row["id_centre"] for row in found.sites] == [f"{SIRET}-08"]
    assert refusals(found) == {4: "siret_different"}


def test_a_name_that_two_sites_bear_is_refused(tmp_path: Path) -> None:
    register = tmp_path / "centres.csv"
    register.write_text(f"id_centre,nom_site\n{SIRET}-01,Salle\n{SIRET}-02,salle\n", encoding="utf-8")
    assert refusals(read(tmp_path, "Salle;;1.5;France;;\n", register)) == {2: "nom_ambigu"}


def test_a_hundredth_site_has_no_identifier(tmp_path: Path) -> None:
    found = read(tmp_path, "".join(f"A{number};Salle {number};1.5;France;;\n" for number in range(100)))
    assert refusals(found) == {101: "identifiants_epuises"}
    assert found.report.accepted == 99


def test_repeats_of_one_pue_keep_the_first_line_of_several_none(tmp_path: Path) -> None:
    found = read(tmp_path, "A;x;1.4;France;;\na ;x;1.4;France;;\nB;y;1.5;France;;\nB;y;1.6;France;;\n")
    assert refusals(found) == {3: "nom_repete", 4: "nom_repete", 5: "nom_repete"}
    assert [row["pue_declare"] for row in found.declarations] == ["1.4"]


@pytest.mark.parametrize(
    "place", ["France", "FR", "fr", "  FRANCE ", "Reunion", "La Réunion", "GP", "Nouvelle-Calédonie"]
)
def test_french_territories_are_declared(tmp_path: Path, place: str) -> None:
    found = read(tmp_path, f"A1;Nord;1.4;{place};;\n")
    assert refusals(found) == ({2: "localisation_inconnue"} if place == "Nouvelle-Calédonie" else {})


@pytest.mark.parametrize("siret", ["13002526500014", "130025265", "13002526500013 ", "", "1300252650001a"])
def test_a_siret_that_is_none_is_refused(tmp_path: Path, siret: str) -> None:
    with pytest.raises(ImportRefused, match="SIRET valide"):
        numecoeval.read(written(tmp_path, ""), year=2024, siret=siret)


def test_a_register_with_errors_gives_no_identifier(tmp_path: Path) -> None:
    register = tmp_path / "centres.csv"
    register.write_text("id_centre,nom_site\nx,Salle\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match=r"centres\.csv a des erreurs"):
        read(tmp_path, "A1;Nord;1.4;France;;\n", register)


def test_hostile_names_make_no_formula_and_no_line(tmp_path: Path) -> None:
    found = read(tmp_path, '=1+1;x;1.4;France;;\n"A\n2";"<b>x</b>";1.5;France;;\n')
    assert refusals(found) == {2: "constraint-error"}
    assert "A↵2" in found.declarations[0]["commentaire"]


def test_title_lines_above_the_header_do_not_shift_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "dc.csv"
    path.write_text("Inventaire 2024\n\n" + HEADER + "A1;Nord;0.9;France;;\nA2;Sud;1.4;France;;\n", encoding="utf-8")
    found = numecoeval.read(path, year=2024, siret=SIRET)
    assert refusals(found) == {4: "pue_declare_impossible"}
    assert "(ligne 5, A2)" in found.declarations[0]["commentaire"]
