"""The notebooks run from top to bottom on an edition, tell what its files hold, and are kept without outputs."""

import base64
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from greencloud import deposits, editions, warehouse

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
SITES = [f"99988877900017-{number:02d}" for number in range(1, 5)]
HIDDEN = [f"99988877900017-{number:02d}" for number in range(11, 17)]
"""Sites that only count in the totals."""
CENTRES = "id_centre,nom_site,type_hebergement,mode_publication\n" + "".join(
    f"{site},Salle {site},salle_serveurs,{'agrege' if site in HIDDEN else 'nominatif'}\n" for site in (*SITES, *HIDDEN)
)
HEADER = (
    "id_centre,annee,date_debut,date_fin,energie_totale_kwh,energie_it_kwh,categorie_mesure_it,perimetre,"
    "qualite_mesure,commentaire"
)
# 899,998 kWh over 400,010 kWh of IT: the weighted PUE of the group is 2.24994. Three of the four are above 1.5, by
# 49,991.5 kWh, 100,006 kWh and 149,989 kWh.
ENERGIES = ((150001, 100003), (200002, 100007), (250003, 99998), (299992, 100002))
# What would be taken for an end of line, and is none.
COMMENTS = ('"Onduleur changé.\nPuis rien."', "Avant\u2028après", "Avant\u0085après", "Rien")
DECLARED = [
    f"{site},2024,2024-01-01,2024-12-31,{total},{it},1,dedie,mesure,{comment}"
    for site, (total, it), comment in zip(SITES, ENERGIES, COMMENTS, strict=True)
]
# The year before, none but those that are not published: 1,200,000 kWh over 600,000 kWh. In 2022 they are too few.
BEFORE = [
    f"{site},{year},{year}-01-01,{year}-12-31,200000,100000,1,dedie,mesure,"
    for year, sites in ((2023, HIDDEN), (2022, HIDDEN[:2]))
    for site in sites
]
PLOTLY = "application/vnd.plotly.v1+json"
TOLD = {
    "01-decouvrir": ("'indicateurs_annuels': 4", "2.25", "sur_ces_sites", "part_de_l_energie_pct"),
    "02-comparer": ("2.24993", PLOTLY),
    "03-economies": ("299986.5", "pue_1_5", "NaN"),
    "04-remonter-un-chiffre": ("fichiers intacts", "4 sites retrouvés sur 4", f"id_centre : {SITES[-1]}", " : Rien"),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as a checkout after `make run`, with an edition of four sites."""
    root = tmp_path_factory.mktemp("checkout")
    raw, published = root / "data" / "raw", root / "data" / "published"
    for table, text in (("centres", CENTRES), ("declarations", "\n".join((HEADER, *DECLARED, *BEFORE, "")))):
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


@pytest.fixture(scope="module")
def executed(checkout: Path) -> Callable[[Path], nbformat.NotebookNode]:
    """What gives a notebook with its outputs; it is run once."""

    @cache
    def run(path: Path) -> nbformat.NotebookNode:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(checkout / "notebooks")}}).execute()
        return notebook

    return run


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_an_edition(executed: Callable[[Path], nbformat.NotebookNode], path: Path) -> None:
    notebook = executed(path)
    shown = " ".join(str(output) for cell in notebook.cells for output in cell.get("outputs", ()))
    assert [text for text in TOLD[path.stem] if text not in shown] == []


def test_the_figure_shows_what_is_published_and_a_gap_where_nothing_is(
    executed: Callable[[Path], nbformat.NotebookNode],
) -> None:
    outputs = [output for cell in executed(NOTEBOOKS[1]).cells for output in cell.get("outputs", ())]
    (drawn,) = [output["data"][PLOTLY] for output in outputs if PLOTLY in output.get("data", {})]
    (trace,) = drawn["data"]
    values = np.frombuffer(base64.b64decode(trace["y"]["bdata"]), trace["y"]["dtype"])
    assert np.isnan(values[0]) and list(values[1:]) == pytest.approx([2, 899_998 / 400_010])


def test_the_notebooks_are_kept_without_outputs() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(TOLD)
    for path in NOTEBOOKS:
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert cells
        assert not [cell for cell in cells if cell.outputs or cell.execution_count is not None], path.stem
        assert all("execution" not in cell.metadata for cell in cells), path.stem
