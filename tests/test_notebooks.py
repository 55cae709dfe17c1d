"""The notebooks run from top to bottom on an edition, tell what its files hold, and are kept without outputs."""

import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from greencloud import deposits, editions, warehouse

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
SITES = [f"99988877900017-{number:02d}" for number in range(1, 5)]
CENTRES = "id_centre,nom_site,type_hebergement\n" + "".join(f"{site},Salle {site},salle_serveurs\n" for site in SITES)
HEADER = (
    "id_centre,annee,date_debut,date_fin,energie_totale_kwh,energie_it_kwh,categorie_mesure_it,perimetre,qualite_mesure"
)
# 899,998 kWh over 400,010 kWh of IT: the weighted PUE of the group is 2.24994. Three of the four are above 1.5, by
# 49,991.5 kWh, 100,006 kWh and 149,989 kWh.
ENERGIES = ((150001, 100003), (200002, 100007), (250003, 99998), (299992, 100002))
DECLARED = [
    f"{site},2024,2024-01-01,2024-12-31,{total},{it},1,dedie,mesure"
    for site, (total, it) in zip(SITES, ENERGIES, strict=True)
]
TOLD = {
    "01-decouvrir": ("'indicateurs_annuels': 4", "2.25"),
    "02-comparer": ("2.24993", "application/vnd.plotly.v1+json"),
    "03-economies": ("299986.5", "pue_1_5"),
    "04-remonter-un-chiffre": ("fichiers intacts", "4 sites retrouvés sur 4", f"{HEADER}\\n{DECLARED[-1]}"),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as a checkout after `make run`, with an edition of four sites."""
    root = tmp_path_factory.mktemp("checkout")
    raw, published = root / "data" / "raw", root / "data" / "published"
    for table, text in (("centres", CENTRES), ("declarations", "\n".join((HEADER, *DECLARED, "")))):
        file = root / f"{table}.csv"
        file.write_text(text, encoding="utf-8")
        deposits.store(file, table=table, emetteur="130025265", raw_dir=raw, recu_le="2026-05-14T09:30:00.000000Z")
    found, _ = deposits.scan(raw)
    with tempfile.TemporaryDirectory() as work:
        con = warehouse.load([warehouse.check_deposit(deposit, Path(work)) for deposit in found])
    warehouse.aggregate(con)
    with editions.draft(con, published, found):
        pass  # the notebooks read its tables, and none of its pages
    (root / "notebooks").mkdir()
    return root


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_an_edition(checkout: Path, path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(checkout / "notebooks")}}).execute()
    shown = " ".join(str(output) for cell in notebook.cells for output in cell.get("outputs", ()))
    assert [text for text in TOLD[path.stem] if text not in shown] == []


def test_the_notebooks_are_kept_without_outputs() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(TOLD)
    for path in NOTEBOOKS:
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert cells
        assert not [cell for cell in cells if cell.outputs or cell.execution_count is not None], path.stem
        assert all("execution" not in cell.metadata for cell in cells), path.stem
