"""Write the pages of an edition: `tableaux-de-bord/*.html`, `tables/*.html` and their shared assets."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from jinja2.ext import Extension
from plotly.offline import get_plotlyjs

from dashboards import figures, french
from dashboards.cells import Cell
from dashboards.data import Edition, load
from dashboards.links import pieces
from dashboards.themes import (
    Page,
    cloud,
    evolution,
    hosting,
    method,
    overview,
    ranking,
    regions,
    savings,
    secrecy,
    sites,
)
from dashboards.themes import files as file_pages

FOLDER = "tableaux-de-bord"
ASSETS = "assets"

NAVIGATION = (
    ("index.html", "Vue d’ensemble"),
    ("pue-par-hebergement.html", "Hébergement"),
    ("classement.html", "Classement"),
    ("evolution.html", "Évolution"),
    ("economies.html", "Économies"),
    ("observatoire-cloud.html", "Cloud"),
    ("carte.html", "Régions"),
    ("donnees.html", "Données"),
    ("methode.html", "Méthode"),
)


class FrenchTypography(Extension):
    """The templates are typed with plain spaces; the reader gets narrow no-break ones. Data is not touched."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with the spaces of French punctuation."""
        return french.typography(source)


def write_pages(edition_dir: Path) -> list[Path]:
    """Write all the pages of an edition folder and give back their paths, sorted.

    Reads the published CSV files of `edition_dir`. Raises FileNotFoundError when one is missing.
    """
    edition = load(edition_dir)
    folder = edition_dir / FOLDER
    for name in ("tables", sites.FOLDER):
        (folder / name).mkdir(parents=True, exist_ok=True)
    environment = _environment(edition)
    written = [_write(folder / page.path, _render(environment, page)) for page in _pages(edition)]
    return sorted(written + _write_assets(folder / ASSETS))


def _pages(edition: Edition) -> Iterator[Page]:
    yield from (
        overview.page(edition),
        hosting.page(edition),
        *ranking.pages(edition),
        evolution.page(edition),
        savings.page(edition),
        cloud.page(edition),
        regions.page(edition),
        file_pages.page(edition),
        method.page(edition),
        secrecy.page(edition),
        *file_pages.table_pages(edition),
    )
    yield from sites.pages(edition)


def _environment(edition: Edition) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dashboards"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[FrenchTypography],
    )
    environment.filters["figure_json"] = figures.to_json
    environment.filters["pieces"] = pieces
    environment.filters["typography"] = french.typography
    environment.tests["cell"] = lambda part: isinstance(part, Cell)
    environment.globals.update(
        edition=edition,
        updated=None if edition.updated is None else french.date(edition.updated),
        navigation=NAVIGATION,
        assets=ASSETS,
        absent=french.ABSENT,
        secret=french.SECRET,
    )
    return environment


def _render(environment: jinja2.Environment, page: Page) -> str:
    root = "../" * page.path.count("/")
    context: dict[str, Any] = {**page.context, "page": page, "root": root, "data": f"{root}../"}
    text = environment.get_template(page.template).render(context)
    return re.sub(r"\n\s*\n+", "\n", text).strip() + "\n"


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _write_assets(folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    ours = [
        _write(folder / item.name, item.read_text(encoding="utf-8"))
        for item in files("dashboards").joinpath("static").iterdir()
        if item.name.endswith((".css", ".js"))
    ]
    return [*ours, _write(folder / "plotly.min.js", get_plotlyjs())]
