"""`greencloud check` before it checks: which of our tables a file is for."""

from pathlib import Path

import pytest

from greencloud import cli
from greencloud.cli.checks import _refuse_unknown_encoding, _target
from greencloud.cli.french import Misuse

ROW = "99988877900017-01;2024;1000,5\n"
HEADER = "id_centre;annee;energie_totale_kwh\n"


@pytest.mark.parametrize(
    "content",
    [
        HEADER + ROW,
        f"Nom;Valeur;Unité\n{HEADER}{ROW}",
        f"Identifiant du centre;Année;Énergie totale du centre (kWh)\n{ROW}",
        f"Déclaration 2025;;\n\nIdentifiant du centre (SIRET);Année;Énergie totale\n{ROW}",
    ],
)
def test_the_table_is_recognised_as_the_check_will_read_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "essai.csv"
    path.write_text(content, encoding="utf-8")
    assert _target(path, None, None, None, None)[0].name == "declarations"


def test_a_header_of_no_table_is_told_with_its_labels(tmp_path: Path) -> None:
    path = tmp_path / "essai.csv"
    path.write_text("nom;montant\nA;1\n", encoding="utf-8")
    with pytest.raises(Misuse, match=r"« nom », « montant ».*--table avec l'une de nos tables : centres, "):
        _target(path, None, None, None, None)


@pytest.mark.parametrize("name", ["klingon", "hex", "undefined", "a b"])
def test_an_encoding_that_decodes_nothing_is_told(name: str) -> None:
    with pytest.raises(Misuse, match=f"L'encodage « {name} » n'existe pas"):
        _refuse_unknown_encoding(name)


INDEXES = "id_compteur;horodate;index_kwh\nTGBT;2025-01-01;100\nTGBT;2025-02-01;250\n"
CURVE = (
    "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur\n"
    "30001234567890;2025-01-06;2025-01-07;PA;CONS;BRUT;W;2025-01-06 00:30:00;100\n"
)


@pytest.mark.parametrize(
    "content", [INDEXES, CURVE, CURVE.replace(";Unité", ";Nature;Unité").replace("BRUT", "BRUT;C")]
)
def test_an_export_of_readings_is_recognised_as_readings(tmp_path: Path, content: str) -> None:
    path = tmp_path / "essai.csv"
    path.write_text(content, encoding="utf-8")
    assert _target(path, None, None, None, None)[0].name == "releves"


def test_an_unknown_export_is_told_how_readings_are_described(tmp_path: Path) -> None:
    path = tmp_path / "essai.csv"
    path.write_text("Horodate;Puissance (kW)\n06/01/2025 00:00;1\n", encoding="utf-8")
    with pytest.raises(Misuse, match=r"greencloud map essai\.csv, puis --lecture"):
        _target(path, None, None, None, None)


SLOT = "id_compteur;debut;fin;energie_kwh\nTGBT;2025-01-06T00:00:00+01:00;2025-01-06T01:00:00+01:00;{}\n"


def test_a_check_of_readings_writes_its_page_and_its_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, page, told = tmp_path / "essai.csv", tmp_path / "rapport.html", tmp_path / "erreurs.csv"
    path.write_text(SLOT.format("beaucoup"), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["greencloud", "check", str(path), "--html", str(page), "--rejects", str(told)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    assert done.value.code == 1 and "Rapport écrit" in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    assert "la valeur n’est pas un nombre" in text and "Valeur illisible" in text and "règle «" not in text
    assert "Colonne « compteur »" not in text  # the cell at fault is in another one
    assert "valeur_illisible" in told.read_text(encoding="utf-8-sig")


def test_what_a_check_of_readings_does_not_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "essai.csv"
    path.write_text(SLOT.format(1), encoding="utf-8")
    command = ["greencloud", "check", str(path), "--table", "releves", "--corrected", str(tmp_path / "c.csv")]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit) as done:
        cli.main()
    assert done.value.code == 2 and "--html et --rejects restent" in capsys.readouterr().err
