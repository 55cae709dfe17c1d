"""The Turtle writer: what it writes is read back as it was, what RDF cannot hold is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from greencloud.packaging.turtle import TurtleError, blank, day, document, instant, iri, name, text, typed
from tests.published import HOSTILE

PREFIXES = {"ex": "http://example.org/"}
WRITABLE = st.text(st.characters(exclude_categories=["Cs"]))


def read_back(value: str, language: str | None = None) -> Literal:
    """The one text of a file, as rdflib reads it."""
    written = document("", PREFIXES, [(iri("http://example.org/a"), [("ex:b", text(value, language))])])
    (found,) = Graph().parse(data=written, format="turtle").objects()
    assert isinstance(found, Literal)
    return found


@given(WRITABLE)
def test_any_text_is_read_back(value: str) -> None:
    assert str(read_back(value)) == value


@pytest.mark.parametrize(
    "value", [*HOSTILE, '"""', "\\u0041 \\", "fin\\", '"@en ; ex:c "', "\x00\x07\x7f\u2028", "…\r\n"]
)
def test_hostile_texts_stay_texts(value: str) -> None:
    found = read_back(value, "fr")
    assert (str(found), found.language) == (value, "fr")


def test_a_text_stays_on_one_line() -> None:
    assert "\n" not in text("deux\nlignes\r\n\u2028\u0085").text


@pytest.mark.parametrize(
    "address", ["a b", "a>b", "<a", 'a"', "a{b}", "a|b", "a^b", "a`b", "a\\b", "a\nb", "\u0000", "\x7f"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(TurtleError, match="n'est pas une adresse"):
        iri(address)


@pytest.mark.parametrize("prefixed", ["dcat", "dcat:", ":a", "dcat:a b", "dcat:a;", "DCAT:a", "dcat:a.", "dcat:1"])
def test_what_is_no_name_is_refused(prefixed: str) -> None:
    with pytest.raises(TurtleError, match="nom de vocabulaire"):
        name(prefixed)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(TurtleError, match="la moitié d'un caractère"):
        text("a\ud800")


@pytest.mark.parametrize("language", ["f", "FR", "fr fr", 'fr"', ""])
def test_an_odd_language_is_refused(language: str) -> None:
    with pytest.raises(TurtleError, match="code de langue"):
        text("a", language)


def test_dates_are_typed() -> None:
    assert day("2026-05-14T09:30:00Z").text == '"2026-05-14"^^xsd:date'
    assert instant("2026-05-14T09:30:00.000000Z").text == '"2026-05-14T09:30:00.000000Z"^^xsd:dateTime'
    for wrong in ("14/05/2026", "2026-13-01"):
        with pytest.raises(ValueError, match=r"isoformat|month"):
            day(wrong)


def test_a_document_has_one_form() -> None:
    inside = blank([("ex:c", typed("1", "ex:d")), ("ex:unknown", None)])
    subject = (iri("#a"), [("ex:b", inside), ("ex:b", iri("é.csv"))])
    assert document("Titre\nsuite", PREFIXES, [subject]) == (
        "# Titre\n# suite\n\n@prefix ex: <http://example.org/> .\n\n"
        '<#a>\n    ex:b [\n        ex:c "1"^^ex:d\n    ] ;\n    ex:b <é.csv> .\n'
    )


def test_relative_addresses_start_from_the_file() -> None:
    written = document("", PREFIXES, [(iri("#a"), [("ex:b", iri("schemas/x.json"))])])
    graph = Graph().parse(data=written, format="turtle", publicID="https://example.org/e/dcat.ttl")
    assert list(graph) == [
        (
            URIRef("https://example.org/e/dcat.ttl#a"),
            URIRef("http://example.org/b"),
            URIRef("https://example.org/e/schemas/x.json"),
        )
    ]
