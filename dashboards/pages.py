"""Write the pages of an edition: `tableaux-de-bord/*.html`, `tables/*.html` and their shared assets."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Set
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.resources import files
from itertools import chain, takewhile
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import jinja2
from jinja2.ext import Extension
from plotly.offline import get_plotlyjs

from dashboards import figures, french, markup, ondemand
from dashboards.cells import Cell
from dashboards.data import Edition, load
from dashboards.links import MEASURES, SITES, site, site_of
from dashboards.themes import (
    Page,
    accessibility,
    cloud,
    compare,
    evolution,
    hosting,
    measured,
    measures,
    method,
    overview,
    quality,
    ranking,
    regions,
    resources,
    savings,
    secrecy,
    sites,
)
from dashboards.themes import files as file_pages

FOLDER = "tableaux-de-bord"
ASSETS = "assets"
_ALONE = 1_000  # sites whose pages one process writes as fast as two would: the second loads the edition too

NAVIGATION = (
    ("index.html", "Vue d’ensemble"),
    ("pue-par-hebergement.html", "Hébergement"),
    ("classement.html", "Classement"),
    ("comparer.html", "Comparer"),
    ("evolution.html", "Évolution"),
    ("mesures.html", "Mesures"),
    ("economies.html", "Économies"),
    ("observatoire-cloud.html", "Cloud"),
    ("carte.html", "Carte"),
    ("ressources.html", "Eau et carbone"),
    ("qualite.html", "Qualité"),
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

    Reads the published CSV files of `edition_dir`. A second process writes half of the sites when they are many.
    Raises FileNotFoundError when a file is missing.
    """
    edition = load(edition_dir)
    folder = edition_dir / FOLDER
    for name in ("tables", SITES, MEASURES):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if len(_known(edition)) <= _ALONE:
        return sorted([*_write_common(edition, folder), *_write_sites(edition, folder, 0, 1)])
    with ProcessPoolExecutor(1, get_context("spawn")) as second:
        others = second.submit(_write_odd_sites, edition_dir, os.getpid())
        return sorted([*_write_common(edition, folder), *_write_sites(edition, folder, 0, 2), *others.result()])


def _write_common(edition: Edition, folder: Path) -> Iterator[Path]:
    yield from _write_all(edition, folder, _pages(edition))
    yield from ondemand.write(edition, folder)
    yield from _write_assets(folder / ASSETS)


def _write_sites(edition: Edition, folder: Path, first: int, step: int) -> Iterator[Path]:
    pages = chain(sites.pages(edition, first, step), measured.pages(edition, first, step))
    return _write_all(edition, folder, pages)


def _write_odd_sites(edition_dir: Path, parent: int) -> list[Path]:
    """The share of the second process, which stops when the first was killed: nobody waits for its pages."""
    written = _write_sites(load(edition_dir), edition_dir / FOLDER, 1, 2)
    return list(takewhile(lambda _: os.getppid() == parent, written))


def _write_all(edition: Edition, folder: Path, pages: Iterable[Page]) -> Iterator[Path]:
    environment, known = _environment(edition), _known(edition)
    return (_write(folder / page.path, _render(environment, page, known)) for page in pages)


def _known(edition: Edition) -> Set[str]:
    return {row["id_centre"] for row in edition.sites}


def _pages(edition: Edition) -> Iterator[Page]:
    yield from (
        overview.page(edition),
        hosting.page(edition),
        *ranking.pages(edition),
        compare.page(edition),
        evolution.page(edition),
        measures.page(edition),
        savings.page(edition),
        cloud.page(edition),
        regions.page(edition),
        resources.page(edition),
        quality.page(edition),
        file_pages.page(edition),
        method.page(edition),
        accessibility.page(edition),
        secrecy.page(edition),
        *file_pages.table_pages(edition),
    )


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


def _address(known: Set[str], here: str, root: str) -> Callable[[Cell], str]:
    """As seen from a page, the page of the site that a cell names; '' when it names none, or the page's own."""

    def address(part: Cell) -> str:
        if part.column not in ("nom_site", "id_centre") or not part.known:
            return ""
        named = site_of(part.key)
        found = site(named) if named in known else ""
        return root + found if found and found != here else ""

    return address


def _render(environment: jinja2.Environment, page: Page, known: Set[str]) -> str:
    root = "../" * page.path.count("/")
    address = _address(known, page.path, root)
    context: dict[str, Any] = {
        **page.context,
        "page": page,
        "root": root,
        "data": f"{root}../",
        "value": partial(markup.value, address=address),
        "brief": partial(markup.brief, address=address),
        "unlinked": partial(markup.value, address=lambda _: ""),
        "data_table": partial(markup.table, address=address),
    }
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
