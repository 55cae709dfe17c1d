"""The notebook runs from top to bottom on an edition, and is kept without outputs."""

import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import dashboards
from greencloud import deposits, editions, warehouse

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "exploration.ipynb"
SITES = [f"99988877900017-{number:02d}" for number in range(1, 5)]
CENTRES = "id_centre,nom_site,type_hebergement\n" + "".join(f"{site},Salle {site},salle_serveurs\n" for site in SITES)
HEADER = (
    "id_centre,annee,date_debut,date_fin,energie_totale_kwh,energie_it_kwh,categorie_mesure_it,perimetre,qualite_mesure"
)
# 899,998 kWh over 400,010 kWh of IT: the weighted PUE of the group is 2.24994.
ENERGIES = ((150001, 100003), (200002, 100007), (250003, 99998), (299992, 100002))
DECLARATIONS = f"{HEADER}\n" + "".join(
    f"{site},2024,2024-01-01,2024-12-31,{total},{it},1,dedie,mesure\n"
    for site, (total, it) in zip(SITES, ENERGIES, strict=True)
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder laid out as a checkout after `make run`, with an edition of four sites."""
    raw, published = tmp_path / "data" / "raw", tmp_path / "data" / "published"
    for table, text in (("centres", CENTRES), ("declarations", DECLARATIONS)):
        file = tmp_path / f"{table}.csv"
        file.write_text(text, encoding="utf-8")
        deposits.store(file, table=table, emetteur="130025265", raw_dir=raw, recu_le="2026-05-14T09:30:00.000000Z")
    found, _ = deposits.scan(raw)
    with tempfile.TemporaryDirectory() as work:
        con = warehouse.load([warehouse.check_deposit(deposit, Path(work)) for deposit in found])
    warehouse.aggregate(con)
    with editions.draft(con, published, found) as draft:
        dashboards.write_pages(draft.path)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def test_the_notebook_runs_on_an_edition(checkout: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(checkout / "notebooks")}}).execute()
    shown = [str(output) for cell in notebook.cells for output in cell.get("outputs", ())]
    assert any("2.24993" in text or "2.24994" in text for text in shown)
    assert any("application/vnd.plotly.v1+json" in text for text in shown)


def test_the_notebook_is_kept_without_outputs() -> None:
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert cells
    assert not [cell for cell in cells if cell.outputs or cell.execution_count is not None]
