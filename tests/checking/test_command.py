"""`greencloud check` before it checks: which of our tables a file is for."""

from pathlib import Path

import pytest

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
