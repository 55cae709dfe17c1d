"""dcat.ttl: it has what DCAT-AP 3.0 asks (shapes.ttl), says what the data package says, and each shape can fail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, SH, XSD

from greencloud.editions import draft
from greencloud.packaging import turtle
from tests.published import DEPOSITS, HOSTILE, connection, synthetic

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib's own is version 2, without dcat:version
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority/"
BASE = "https://example.org/editions/une/"
SHAPES = Graph().parse(Path(__file__).parent / "shapes.ttl")
CONSTRAINTS = {str(label): shape for shape, label in SHAPES.subject_objects(SH.name)}


def read(text: str) -> Graph:
    return Graph().parse(data=text, format="turtle", publicID=f"{BASE}dcat.ttl")


def faults(graph: Graph) -> set[str]:
    """The names of the constraints that a graph breaks; a nested shape's fault is also one of those that lead to it."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=SHAPES)
    assert isinstance(report, Graph)
    broken = set(report.objects(None, SH.sourceShape))
    names = {name for name, shape in CONSTRAINTS.items() if shape in broken}
    return names | ({"unnamed"} if broken - set(CONSTRAINTS.values()) else set())


def the(graph: Graph, subject: Any, predicate: URIRef) -> Any:
    """The one value of a property."""
    (value,) = graph.objects(subject, predicate)
    return value


def first(graph: Graph, kind: URIRef) -> Any:
    """The first thing of a class, by its address."""
    return min(graph.subjects(RDF.type, kind), key=str)


@pytest.fixture(scope="module")
def parsed(descriptor: dict[str, Any]) -> Graph:
    return read(turtle(descriptor))


@pytest.fixture
def graph(parsed: Graph) -> Graph:
    """A copy, to be broken at will."""
    return Graph() + parsed


DATASET = URIRef(f"{BASE}dcat.ttl#jeu-de-donnees")


def test_the_file_holds_every_constraint(edition: Path) -> None:
    assert faults(read((edition / "dcat.ttl").read_text(encoding="utf-8"))) == set()


def test_the_file_is_written_from_the_data_package(edition: Path, descriptor: dict[str, Any]) -> None:
    assert (edition / "dcat.ttl").read_text(encoding="utf-8") == turtle(descriptor)


PATHS = {name: shape for name, shape in CONSTRAINTS.items() if SHAPES.value(shape, SH.path)}


@pytest.mark.parametrize("name", sorted(PATHS))
def test_every_constraint_can_fail_when_its_property_is_gone(graph: Graph, name: str) -> None:
    """Its property removed wherever the shape looks for it: this very constraint, or the one leading there, fails."""
    path = SHAPES.value(PATHS[name], SH.path)
    (holder,) = SHAPES.subjects(SH.property, PATHS[name])
    kind = SHAPES.value(holder, SH.targetClass) or SHAPES.value(holder, SH["class"])
    for node in list(graph.subjects(RDF.type, kind)):
        graph.remove((node, path, None))
    leading = {"checksum": "distribution-checksum", "period": "dataset-temporal", "contact": "dataset-contact"}
    assert leading.get(name.split("-")[0], name) in faults(graph)


WRONG: Mapping[str, tuple[URIRef, URIRef, Any]] = {
    "dataset-title": (DCAT.Dataset, DCTERMS.title, Literal("Title", lang="en")),
    "dataset-description": (DCAT.Dataset, DCTERMS.description, Literal("Trop court", lang="fr")),
    "dataset-theme": (DCAT.Dataset, DCAT.theme, Literal("énergie")),
    "dataset-frequency": (DCAT.Dataset, DCTERMS.accrualPeriodicity, URIRef("http://purl.org/cld/freq/annual")),
    "dataset-access": (DCAT.Dataset, DCTERMS.accessRights, Literal("public")),
    "dataset-spatial": (DCAT.Dataset, DCTERMS.spatial, Literal("France")),
    "dataset-language": (DCAT.Dataset, DCTERMS.language, Literal("fr")),
    "dataset-temporal": (DCAT.Dataset, DCTERMS.temporal, Literal("2024")),
    "dataset-modified": (DCAT.Dataset, DCTERMS.modified, Literal("14/05/2026")),
    "dataset-version": (DCAT.Dataset, DCAT.version, Literal("1")),
    "dataset-contact": (DCAT.Dataset, DCAT.contactPoint, Literal("contact@example.org")),
    "distribution-access": (DCAT.Distribution, DCAT.accessURL, Literal("indicateurs_annuels.csv")),
    "distribution-format": (DCAT.Distribution, DCTERMS["format"], Literal("csv")),
    "distribution-media-type": (DCAT.Distribution, DCAT.mediaType, Literal("text/csv")),
    "distribution-size": (DCAT.Distribution, DCAT.byteSize, Literal(12)),
    "distribution-checksum": (DCAT.Distribution, SPDX.checksum, Literal("0" * 64)),
    "distribution-licence": (DCAT.Distribution, DCTERMS.license, Literal("etalab-2.0")),
    "distribution-description": (DCAT.Distribution, DCTERMS.description, Literal("None", lang="fr")),
    "agent-type": (FOAF.Agent, DCTERMS.type, Literal("association")),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_value_fails(graph: Graph, name: str) -> None:
    kind, predicate, value = WRONG[name]
    node = first(graph, kind)
    graph.set((node, predicate, value))
    assert name in faults(graph)


def test_a_period_that_ends_before_it_begins_fails(graph: Graph) -> None:
    graph.set((the(graph, DATASET, DCTERMS.temporal), DCAT.endDate, Literal("2023-12-31", datatype=XSD.date)))
    assert faults(graph) == {"dataset-temporal", "period-start"}


def test_a_checksum_of_another_kind_fails(graph: Graph) -> None:
    checksum = the(graph, first(graph, DCAT.Distribution), SPDX.checksum)
    graph.set((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_md5))
    assert faults(graph) == {"distribution-checksum", "checksum-algorithm"}


# ---- what it says ----


def test_the_data_set_is_that_of_the_data_package(graph: Graph, descriptor: dict[str, Any]) -> None:
    assert the(graph, DATASET, DCTERMS.title) == Literal(descriptor["title"], lang="fr")
    assert the(graph, DATASET, DCTERMS.description) == Literal(descriptor["description"], lang="fr")
    assert the(graph, DATASET, DCTERMS.identifier) == Literal(descriptor["name"])
    assert the(graph, DATASET, DCAT.version) == Literal(descriptor["version"])
    assert {str(word) for word in graph.objects(DATASET, DCAT.keyword)} == set(descriptor["keywords"])
    themes = {str(theme) for theme in graph.objects(DATASET, DCAT.theme)}
    assert themes == {f"{EU}data-theme/{code}" for code in ("ENER", "ENVI", "GOVE")}
    assert str(the(graph, DATASET, DCTERMS.accrualPeriodicity)) == f"{EU}frequency/ANNUAL"
    assert str(the(graph, DATASET, DCTERMS.accessRights)) == f"{EU}access-right/PUBLIC"


def test_dates_are_those_of_the_edition(graph: Graph) -> None:
    """What was published is the edition: the first deposit, years before, published nothing."""
    day = Literal("2026-05-14T09:30:00.000000Z", datatype=XSD.dateTime)
    assert {*graph.objects(None, DCTERMS.modified), *graph.objects(None, DCTERMS.issued)} == {day}
    period = the(graph, DATASET, DCTERMS.temporal)
    assert str(the(graph, period, DCAT.startDate)) == "2024-01-01"


def test_each_data_file_is_one_distribution(graph: Graph, descriptor: dict[str, Any], edition: Path) -> None:
    files = {item["path"]: item for item in descriptor["resources"] if item["greencloud:nature"] == "donnees"}
    found = {str(the(graph, node, DCAT.downloadURL)): node for node in graph.objects(DATASET, DCAT.distribution)}
    assert found.keys() == {f"{BASE}{path}" for path in files}
    for path, item in files.items():
        node = found[f"{BASE}{path}"]
        assert the(graph, node, DCAT.accessURL) == URIRef(f"{BASE}{path}")
        assert int(the(graph, node, DCAT.byteSize)) == (edition / path).stat().st_size
        value = the(graph, the(graph, node, SPDX.checksum), SPDX.checksumValue)
        assert f"sha256:{value}" == item["hash"]
        suffix = path.rpartition(".")[2].upper()
        assert str(the(graph, node, DCTERMS["format"])) == f"{EU}file-type/{suffix}"
        schema = the(graph, node, DCTERMS.conformsTo)
        assert (edition / str(schema).removeprefix(BASE)).is_file()
        assert the(graph, schema, RDF.type) == DCTERMS.Standard


def test_every_relative_address_is_a_file_of_the_edition(graph: Graph, edition: Path) -> None:
    ours = {str(node) for node in (*graph.subjects(), *graph.objects()) if str(node).startswith(BASE)}
    paths = {address.removeprefix(BASE) for address in ours if not address.startswith(f"{BASE}dcat.ttl#")}
    assert {"indicateurs_annuels.csv", "schemas/centres/schema.json", "LISEZMOI.md", "regles.md"} <= paths
    assert [path for path in sorted(paths) if not (edition / path).is_file()] == []


def test_every_word_of_a_vocabulary_has_a_label(graph: Graph) -> None:
    words = {node for node in graph.objects() if isinstance(node, URIRef) and str(node).startswith(EU)}
    assert len(words) == 11  # 3 themes and their list, frequency, language, country, access, availability, 2 formats
    assert [word for word in words if not list(graph.predicate_objects(word))[1:]] == []


def test_nothing_says_none(graph: Graph) -> None:
    assert [text for text in graph.objects() if str(text) in ("None", "", "null")] == []


# ---- once it is published ----


def test_addresses_of_a_platform_replace_ours(descriptor: dict[str, Any]) -> None:
    latest = {item["path"]: f"https://example.org/r/{number}" for number, item in enumerate(descriptor["resources"])}
    graph = read(turtle(descriptor, latest, "https://example.org/datasets/energie/"))
    assert faults(graph) == set()
    dataset = URIRef("https://example.org/datasets/energie/#jeu-de-donnees")
    assert str(the(graph, dataset, DCAT.landingPage)) == "https://example.org/datasets/energie/"
    assert [node for node in (*graph.subjects(), *graph.objects()) if str(node).startswith(BASE)] == []
    assert URIRef("https://example.org/datasets/energie/") in set(graph.objects(None, VCARD.hasURL))
    node = URIRef("https://example.org/datasets/energie/#rejets")
    assert str(the(graph, node, DCAT.accessURL)) == latest["rejets.csv"]
    assert str(the(graph, node, DCTERMS.conformsTo)) == latest["schemas/rejets/schema.json"]


def test_a_schema_without_an_address_is_not_pointed_at(descriptor: dict[str, Any]) -> None:
    online = [item for item in descriptor["resources"] if item["path"] != "schemas/rejets/schema.json"]
    latest = {item["path"]: f"https://example.org/r/{number}" for number, item in enumerate(online)}
    page = "https://example.org/datasets/energie/"
    graph = read(turtle({**descriptor, "resources": online}, latest, page))
    assert [node for node in graph.objects() if str(node).startswith(BASE)] == []
    assert list(graph.objects(URIRef(f"{page}#rejets"), DCTERMS.conformsTo)) == []


def test_nothing_says_that_every_file_came_from_an_operator(graph: Graph) -> None:
    """Samples and figures read in public sources are deposits too."""
    told = str(the(graph, the(graph, DATASET, DCTERMS.provenance), RDFS.label))
    assert "exploitants" not in told and "(2)" in told


def test_a_contact_that_the_schemas_give_is_used(descriptor: dict[str, Any]) -> None:
    author = {"title": "Autrice", "email": "contact@example.org"}
    graph = read(turtle({**descriptor, "contributors": [*descriptor["contributors"], author]}))
    assert faults(graph) == set()
    assert URIRef("mailto:contact@example.org") in set(graph.objects())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_titles_stay_titles(descriptor: dict[str, Any], hostile: str) -> None:
    graph = read(turtle({**descriptor, "title": hostile, "keywords": [hostile]}))
    assert str(the(graph, DATASET, DCTERMS.title)) == hostile
    assert [str(word) for word in graph.objects(DATASET, DCAT.keyword)] == [hostile]
    assert len(graph) == len(read(turtle({**descriptor, "keywords": ["un"]})))


def test_samples_give_their_years_only_when_there_is_nothing_else(tmp_path: Path) -> None:
    with draft(connection({"couverture": synthetic("couverture")}), tmp_path, DEPOSITS) as work:
        pass
    graph = read((work.destination / "dcat.ttl").read_text(encoding="utf-8"))
    assert str(the(graph, the(graph, DATASET, DCTERMS.temporal), DCAT.endDate)) == "2024-12-31"
    assert "synthétique" in str(the(graph, DATASET, DCTERMS.description))


def test_without_any_usable_year_no_period_is_invented(descriptor: dict[str, Any]) -> None:
    bare = {key: value for key, value in descriptor.items() if key != "greencloud:couverture_temporelle"}
    assert faults(read(turtle(bare))) == {"dataset-temporal"}
