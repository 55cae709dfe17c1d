"""``dcat.ttl``: the edition for data catalogues, in DCAT-AP 3.0, made from the descriptor of the data package alone.

Before it is published nothing of an edition has an address, so every address of ours is relative to the file: right
wherever the folder is copied whole. A platform that gives each file an address of its own gets a file made with those.
https://semiceu.github.io/DCAT-AP/releases/3.0.0/ says what each class must and should have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greencloud.packaging import vocabularies as eu
from greencloud.packaging.turtle import Properties, Term, blank, day, document, instant, iri, name, text, typed
from greencloud.packaging.vocabularies import Concept

_COMMENT = """\
Description de l'édition pour les catalogues de données (DCAT-AP 3.0).
Les adresses relatives, s'il y en a, partent de ce fichier : elles valent partout où l'édition est copiée entière.
La nature de l'éditeur (organisme sans but lucratif) est à confirmer par qui publie."""
_CATALOGUE, _DATASET, _RECORD, _PUBLISHER = "catalogue", "jeu-de-donnees", "notice", "editeur"
_README = "LISEZMOI.md"
_SHA256 = name("spdx:checksumAlgorithm_sha256")

_Subject = tuple[Term, Properties]
_Item = Mapping[str, Any]


def turtle(descriptor: _Item, addresses: Mapping[str, str] | None = None, page: str | None = None) -> str:
    """The text of `dcat.ttl` for a data package of ours.

    `addresses`: path of a file -> where it is published; a file that it does not name keeps its relative address.
    `page`: the page of the data set, once it has one; what the file describes is then named from that page, since the
    file itself may be moved by each upload. Raises TurtleError for what is no address.
    """
    edition = _Edition(descriptor, addresses or {}, page)
    return document(_COMMENT, eu.PREFIXES, edition.subjects())


@dataclass(frozen=True)
class _Edition:
    package: _Item
    addresses: Mapping[str, str]
    page: str | None

    def subjects(self) -> Iterator[_Subject]:
        """What the file describes, from the catalogue down to the words of the vocabularies."""
        data, schemas, papers = (self._of(nature) for nature in ("donnees", "schema", "documentation"))
        yield self._node(_CATALOGUE), self._catalogue()
        yield self._node(_RECORD), self._record()
        yield self._node(_DATASET), self._dataset(data, papers)
        yield from ((self._node(item["name"]), self._distribution(item)) for item in data)
        yield from ((self._at(item["path"]), _standard(item)) for item in schemas)
        yield self._landing_page(), _document("Page de présentation du jeu de données")
        yield from ((self._at(item["path"]), _document(item["title"], item["description"])) for item in papers)
        yield self._node(_PUBLISHER), _publisher(self.package)
        yield self._licence(), _licence(self.package)
        yield iri(eu.PROFILE), [("rdf:type", name("dct:Standard")), ("dct:title", text("DCAT-AP 3.0"))]
        yield from _words(data)

    def _of(self, nature: str) -> list[_Item]:
        return [item for item in self.package["resources"] if item["greencloud:nature"] == nature]

    def _node(self, part: str) -> Term:
        return iri(f"{self.page or ''}#{part}")

    def _at(self, path: str) -> Term:
        return iri(self.addresses.get(path, path))

    def _schema(self, item: _Item) -> Term | None:
        """The schema of a data file; None when the descriptor does not list it, as when it has no address."""
        path = item["greencloud:schema"]
        return self._at(path) if any(one["path"] == path for one in self._of("schema")) else None

    def _landing_page(self) -> Term:
        return iri(self.page) if self.page else self._at(_README)

    def _licence(self) -> Term:
        return iri(self.package["licenses"][0]["path"])

    def _catalogue(self) -> Properties:
        return [
            ("rdf:type", name("dcat:Catalog")),
            ("dct:title", _french(f"Catalogue : {self.package['title']}")),
            ("dct:description", _french("Le catalogue de ce seul jeu de données, édition par édition.")),
            ("dct:publisher", self._node(_PUBLISHER)),
            ("foaf:homepage", self._landing_page()),
            ("dct:language", _word(eu.FRENCH)),
            ("dct:license", self._licence()),
            ("dct:spatial", _word(eu.FRANCE)),
            ("dct:issued", self._last_day()),
            ("dct:modified", self._last_day()),
            ("dcat:themeTaxonomy", _word(eu.THEME_TAXONOMY)),
            ("dcat:dataset", self._node(_DATASET)),
            ("dcat:record", self._node(_RECORD)),
        ]

    def _record(self) -> Properties:
        """What says that this description follows DCAT-AP."""
        return [
            ("rdf:type", name("dcat:CatalogRecord")),
            ("foaf:primaryTopic", self._node(_DATASET)),
            ("dct:conformsTo", iri(eu.PROFILE)),
            ("dct:language", _word(eu.FRENCH)),
            ("dct:issued", self._last_day()),
            ("dct:modified", self._last_day()),
        ]

    def _dataset(self, data: Sequence[_Item], papers: Sequence[_Item]) -> Properties:
        package, schemas = self.package, dict.fromkeys(map(self._schema, data))
        return [
            ("rdf:type", name("dcat:Dataset")),
            ("dct:title", _french(package["title"])),
            ("dct:description", _french(package["description"])),
            ("dct:identifier", text(package["name"])),
            ("dcat:version", text(package["version"])),
            ("adms:versionNotes", _french(f"Règles de contrôle {package['greencloud:version_regles']}.")),
            ("dct:publisher", self._node(_PUBLISHER)),
            ("dcat:contactPoint", _contact(package, self.page)),
            *(("dcat:theme", _word(theme)) for theme in eu.THEMES),
            *(("dcat:keyword", _french(keyword)) for keyword in package["keywords"]),
            ("dct:language", _word(eu.FRENCH)),
            ("dct:spatial", _word(eu.FRANCE)),
            ("dct:temporal", _period(package)),
            ("dct:accrualPeriodicity", _word(eu.ANNUAL)),
            ("dct:accessRights", _word(eu.PUBLIC)),
            ("dct:issued", self._last_day()),
            ("dct:modified", self._last_day()),
            ("dct:provenance", _provenance(package)),
            ("dcat:landingPage", self._landing_page()),
            *(("foaf:page", self._at(item["path"])) for item in papers),
            *(("dct:conformsTo", schema) for schema in schemas),
            *(("dcat:distribution", self._node(item["name"])) for item in data),
        ]

    def _distribution(self, item: _Item) -> Properties:
        address = self._at(item["path"])
        return [
            ("rdf:type", name("dcat:Distribution")),
            ("dct:title", _french(item["title"])),
            ("dct:description", _french(item["description"])),
            ("dct:identifier", text(item["name"])),
            ("dcat:accessURL", address),
            ("dcat:downloadURL", address),
            ("dct:format", _word(eu.FILE_TYPES[item["mediatype"]])),
            ("dcat:mediaType", _word(eu.media_type(item["mediatype"]))),
            ("dcat:byteSize", typed(str(item["bytes"]), "xsd:nonNegativeInteger")),
            ("spdx:checksum", _checksum(item["hash"])),
            ("dct:conformsTo", self._schema(item)),
            ("dct:license", self._licence()),
            ("dct:language", _word(eu.FRENCH)),
            ("dct:issued", self._last_day()),
            ("dct:modified", self._last_day()),
            ("dcatap:availability", _word(eu.AVAILABLE)),
        ]

    def _last_day(self) -> Term:
        return instant(self.package["greencloud:depots"]["dernier"])


def _french(words: str) -> Term:
    return text(words, "fr")


def _word(concept: Concept) -> Term:
    return iri(concept.address)


def _contact(package: _Item, page: str | None) -> Term:
    """Where to write: the address that a contributor of the schemas gives, and the page of the data set.

    Before it has a page, that of the schemas stands for it.
    """
    emails = [item["email"] for item in package["contributors"] if "email" in item]
    return blank(
        [
            ("rdf:type", name("vcard:Organization")),
            ("vcard:fn", _french(package["contributors"][0]["title"])),
            ("vcard:hasEmail", iri(f"mailto:{emails[0]}") if emails else None),
            ("vcard:hasURL", iri(address) if (address := page or package.get("homepage")) else None),
        ]
    )


def _period(package: _Item) -> Term | None:
    """The years of the real data; those of the samples only where there is nothing else, None without a usable year."""
    known = package.get("greencloud:couverture_temporelle", {})
    period = known.get("reelles") or known.get("synthetiques")
    if period is None:
        return None
    bounds = [("dcat:startDate", day(period["debut"])), ("dcat:endDate", day(period["fin"]))]
    return blank([("rdf:type", name("dct:PeriodOfTime")), *bounds])


def _provenance(package: _Item) -> Term:
    count = package["greencloud:depots"]["nombre"]
    words = (
        f"Fichiers reçus ({count}), contrôlés ligne à ligne ; chaque ligne de la table indicateurs_annuels donne "
        "l'empreinte du fichier et la ligne d'où viennent ses énergies. edition.json liste ces fichiers."
    )
    return blank([("rdf:type", name("dct:ProvenanceStatement")), ("rdfs:label", _french(words))])


def _checksum(written: str) -> Term:
    value = typed(written.removeprefix("sha256:"), "xsd:hexBinary")
    return blank([("rdf:type", name("spdx:Checksum")), ("spdx:algorithm", _SHA256), ("spdx:checksumValue", value)])


def _standard(item: _Item) -> Properties:
    return [
        ("rdf:type", name("dct:Standard")),
        ("dct:title", _french(item["title"])),
        ("dct:description", _french(item["description"])),
    ]


def _document(title: str, description: str | None = None) -> Properties:
    return [
        ("rdf:type", name("foaf:Document")),
        ("dct:title", _french(title)),
        ("dct:description", _french(description) if description else None),
    ]


def _publisher(package: _Item) -> Properties:
    return [
        ("rdf:type", name("foaf:Agent")),
        ("foaf:name", _french(package["contributors"][0]["title"])),
        ("dct:type", _word(eu.PUBLISHER_TYPE)),
    ]


def _licence(package: _Item) -> Properties:
    return [
        ("rdf:type", name("dct:LicenseDocument")),
        ("dct:title", _french(package["licenses"][0]["title"])),
        ("dct:identifier", text(package["licenses"][0]["name"])),
        ("dct:type", _word(eu.ATTRIBUTION)),
    ]


def _words(data: Sequence[_Item]) -> Iterator[_Subject]:
    """Every word used, with its class and its French label."""
    media_types = list(dict.fromkeys(item["mediatype"] for item in data))
    formats = [eu.FILE_TYPES[essence] for essence in media_types]
    for concept in (*eu.WORDS, *formats, *map(eu.media_type, media_types)):
        label = "dct:title" if concept.kind == "skos:ConceptScheme" else "skos:prefLabel"
        yield _word(concept), [("rdf:type", name(concept.kind)), (label, _french(concept.label))]
    yield _SHA256, [("rdf:type", name("spdx:ChecksumAlgorithm")), ("rdfs:label", text("SHA-256"))]
