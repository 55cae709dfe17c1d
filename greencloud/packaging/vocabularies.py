"""The words that DCAT-AP 3.0 borrows: prefixes, EU authority tables, IANA's media types, and their French labels.

DCAT-AP 3.0 (SEMIC, 14 June 2024), https://semiceu.github.io/DCAT-AP/releases/3.0.0/, section on controlled
vocabularies. A label is given with each address, so that the file is read without following it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PROFILE = "https://semiceu.github.io/DCAT-AP/releases/3.0.0/"
PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True)
class Concept:
    """An entry of a vocabulary: its address, its class in DCAT-AP, its French label."""

    address: str
    kind: str
    label: str


THEME_TAXONOMY = Concept(f"{_AUTHORITY}data-theme", "skos:ConceptScheme", "Thèmes des données de l'Union européenne")
THEMES = (
    Concept(f"{_AUTHORITY}data-theme/ENER", "skos:Concept", "Énergie"),
    Concept(f"{_AUTHORITY}data-theme/ENVI", "skos:Concept", "Environnement"),
    Concept(f"{_AUTHORITY}data-theme/GOVE", "skos:Concept", "Gouvernement et secteur public"),
)
ANNUAL = Concept(f"{_AUTHORITY}frequency/ANNUAL", "dct:Frequency", "annuelle")
FRENCH = Concept(f"{_AUTHORITY}language/FRA", "dct:LinguisticSystem", "français")
FRANCE = Concept(f"{_AUTHORITY}country/FRA", "dct:Location", "France")
PUBLIC = Concept(f"{_AUTHORITY}access-right/PUBLIC", "dct:RightsStatement", "public")
AVAILABLE = Concept(f"{_AUTHORITY}planned-availability/AVAILABLE", "skos:Concept", "disponible")
ATTRIBUTION = Concept("http://purl.org/adms/licencetype/Attribution", "skos:Concept", "mention de la paternité")
PUBLISHER_TYPE = Concept(  # to confirm by whoever publishes: the other types are those of authorities and companies
    "http://purl.org/adms/publishertype/NonProfitOrganisation", "skos:Concept", "organisme sans but lucratif"
)
WORDS = (THEME_TAXONOMY, *THEMES, ANNUAL, FRENCH, FRANCE, PUBLIC, AVAILABLE, ATTRIBUTION, PUBLISHER_TYPE)
"""Those that every file uses."""

FILE_TYPES: Mapping[str, Concept] = {
    media_type: Concept(f"{_AUTHORITY}file-type/{code}", "dct:MediaTypeOrExtent", label)
    for media_type, code, label in (
        ("text/csv", "CSV", "CSV"),
        ("application/vnd.apache.parquet", "PARQUET", "Parquet"),
    )
}
"""Media type of our data files -> the EU's file type."""


def media_type(essence: str) -> Concept:
    """IANA's address of a media type, such as `text/csv`."""
    return Concept(f"{_IANA}{essence}", "dct:MediaType", essence)
