"""Bytes -> text: the encoding over the whole file, mixtures, damage, and what is noticed without being changed."""

import codecs
import io
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greencloud.reading.encodings import Decoded, decode
from greencloud.reading.oddities import remarks_on
from greencloud.reading.refusals import Unreadable
from greencloud.reading.surveys import survey

FRENCH = "site;énergie;note\r\nSalle « é »;12;L’été à Nîmes, où ça brûle\r\nÉcole;3;cœur – août\r\n"


def codes(decoded: Decoded) -> list[str]:
    return [remark.code for remark in decoded.remarks]


@pytest.mark.parametrize(
    ("encoding", "mark", "named"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig"),
        ("cp1252", b"", "cp1252"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("mac-roman", b"", "mac-roman"),
    ],
)
def test_french_text_comes_back_from_every_encoding(encoding: str, mark: bytes, named: str) -> None:
    decoded = decode(mark + FRENCH.encode(encoding))
    assert decoded.text == FRENCH
    assert decoded.encoding == named
    assert decoded.why
    assert not decoded.damaged
    assert codes(decoded) == (["encodage_suppose"] if named == "mac-roman" else [])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("site;note\nSalle;fermé à la réunion, août\n", "cp850"),
        ("site;note\nNîmes;coût 85 € pour le cœur\n", "iso-8859-15"),
        ("site;note\nRéunion;forêt\n", "cp1252"),
        ("site;note\nSaint-Maur… ;« L’Haÿ-les-Roses »\n", "cp1252"),
        ("site;note\nMAîTRISE;SOCIéTé – 12 m²\n", "cp1252"),
        ("ort;größe\nMünchen;Straße\n", "cp1252"),
        ("a;b\n1;é\n", "cp1252"),
    ],
)
def test_the_encoding_that_makes_sense_of_the_letters_wins(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding) == (text, encoding)


def test_a_false_utf8_mark_goes_and_is_said() -> None:
    decoded = decode(codecs.BOM_UTF8 + FRENCH.encode("cp1252"))
    assert decoded.text == FRENCH
    assert decoded.encoding == "cp1252"
    assert codes(decoded) == ["marque_utf8_trompeuse"]


def test_a_repeated_mark_goes_and_is_said() -> None:
    decoded = decode(codecs.BOM_UTF8 * 2 + FRENCH.encode())
    assert decoded.text == FRENCH
    assert codes(decoded) == ["marque_utf8_repetee"]


def test_lines_of_two_encodings_are_each_read_in_theirs() -> None:
    decoded = decode("nom\nété\n".encode() + "forêt\nœuf\n".encode("cp1252") + "île\n".encode())
    assert decoded.text == "nom\nété\nforêt\nœuf\nîle\n"
    assert codes(decoded) == ["encodages_melanges"]
    assert "lignes 3, 4 sont" in decoded.remarks[0].message
    assert not decoded.damaged


@pytest.mark.parametrize(
    ("line", "byte"),
    [(b"R\xffS", "0xFF"), (b"\x81nergie", "0x81"), (b"acad\x8emie", "0x8E"), ("été ".encode() + b"caf\xe9", "0xE9")],
)
def test_a_line_that_makes_no_sense_is_damaged_and_the_others_are_read(line: bytes, byte: str) -> None:
    decoded = decode("nom\nété\n".encode() + line + "\nîle\n".encode())
    assert list(decoded.damaged) == [3]
    assert decoded.damaged[3].startswith("Ligne 3 : ")
    assert byte in decoded.damaged[3]
    assert decoded.text.splitlines()[0::3] == ["nom", "île"]
    assert "\ufffd" in decoded.text.splitlines()[2]
    assert codes(decoded) == []


def test_a_damaged_byte_among_plain_letters_does_not_change_the_encoding() -> None:
    decoded = decode(b"nom\nRAS\nR\xffS\n")
    assert (decoded.encoding, list(decoded.damaged)) == ("utf-8", [3])


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_damaged_lines_are_counted_whatever_their_ends(end: str) -> None:
    text = end.join(["nom", "été", "deux", ""]).encode()
    decoded = decode(text + b"R\xffS" + end.encode())
    assert list(decoded.damaged) == [4]


def test_what_makes_sense_nowhere_is_refused() -> None:
    with pytest.raises(Unreadable, match="n'est pas reconnu") as refusal:
        decode("имя;город\nПётр;Москва\nАнна;Казань\nОлег;Псков\nЮрий;Омск\n".encode("cp1251"))
    assert refusal.value.code == "encoding-error"


def test_null_bytes_at_the_ends_go_with_a_remark() -> None:
    for content in (FRENCH.encode() + bytes(10240), bytes(512) + FRENCH.encode()):
        decoded = decode(content)
        assert decoded.text == FRENCH
        assert codes(decoded) == ["octets_nuls"]
        assert not decoded.damaged


def test_null_bytes_inside_damage_their_line() -> None:
    decoded = decode(b"nom;note\na;1\nb;" + bytes(300) + b"\nc;3\n")
    assert list(decoded.damaged) == [3]
    assert decoded.text == "nom;note\na;1\nb;\ufffd\nc;3\n"


def test_a_file_of_null_bytes_is_no_text() -> None:
    with pytest.raises(Unreadable, match="octets nuls"):
        decode(b"a\x00\x00b\n" * 50)


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, bytes(100)])
def test_nothing_to_read_is_an_empty_file(content: bytes) -> None:
    with pytest.raises(Unreadable, match="vide"):
        decode(content)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("texte".encode("utf-32"), "UTF-32"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8a\x00", "UTF-16"),
        (codecs.BOM_UTF16_LE + "nom;ville\nAnne;Paris\n".encode("utf-16-be"), "décalés ou inversés"),
    ],
)
def test_what_announces_wrongly_is_refused(content: bytes, word: str) -> None:
    with pytest.raises(Unreadable, match=word) as refusal:
        decode(content)
    assert refusal.value.code == "encoding-error"


def test_utf16_cut_inside_a_character_damages_its_last_line() -> None:
    decoded = decode(codecs.BOM_UTF16_LE + "nom\nville".encode("utf-16-le")[:-1])
    assert list(decoded.damaged) == [2]
    assert decoded.text == "nom\nvill\ufffd"


def test_a_demanded_encoding_is_obeyed() -> None:
    assert decode("fermé".encode("cp850"), "cp850").text == "fermé"
    assert decode(codecs.BOM_UTF8 + b"a", "utf-8").text == "a"
    with pytest.raises(Unreadable, match="n'existe pas"):
        decode(b"a", "klingon")
    with pytest.raises(Unreadable, match=r"Ligne 2 : l'octet 0xE9"):
        decode(b"a\n\xe9\n", "utf-8")


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("nom\nhÃ´tel\nl’Ã©tÃ©\n", "texte_deja_abime", "3 caractères"),
        ("nom\nr\ufffdseau\n", "caractere_perdu", "Ligne 2"),
        ("nom\nre\u0301seau\n", "unicode_nfd", "un accent est écrit"),
        ("nom\na\x07b\n", "caracteres_de_controle", "un caractère de commande"),
        ("nom\na\u200bb\n", "caracteres_invisibles", "un caractère invisible"),
        ("nom\nmot\u00adcoupé\u202e\n", "caracteres_invisibles", "2 caractères invisibles"),
    ],
)
def test_what_no_one_typed_is_said_and_kept(text: str, code: str, word: str) -> None:
    decoded = decode(text.encode())
    assert decoded.text == text
    assert codes(decoded) == [code]
    assert word in decoded.remarks[0].message


def test_plain_french_is_not_remarked_upon() -> None:
    assert decode("SÃO;CAFÉ »;MAÎTRE°\nÂGE;Â\n".encode()).remarks == ()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        decoded = decode(content)
    except Unreadable as refusal:
        assert refusal.message.endswith(".")
        assert refusal.fix.endswith(".")
        return
    assert "\x00" not in decoded.text
    lines = decoded.text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= line <= lines for line in decoded.damaged)


@given(st.text(min_size=1), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_unicode_comes_back_whole(text: str, encoding: str) -> None:
    body = text.replace("\x00", "").lstrip("\ufeff")
    if not body.strip("\ufeff \t\r\n"):
        return
    try:
        assert decode(body.encode(encoding)).text == body
    except Unreadable as refusal:
        assert encoding == "utf-16"
        assert "décalés" in refusal.message


def test_a_long_text_is_surveyed_in_constant_memory() -> None:
    content = b"abc;12;RAS\n" * 2_000_000 + "fermé\n".encode("cp1252")
    stream = io.BytesIO(content)
    tracemalloc.start()
    encoding, _ = survey(stream)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert encoding == "cp1252"
    assert peak < 40 << 20


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (FRENCH.encode(), "utf-8"),
        (codecs.BOM_UTF8 + FRENCH.encode(), "utf-8-sig"),
        (FRENCH.encode("utf-16"), "utf-16"),
        (FRENCH.encode("utf-16-le"), "utf-16-le"),
        (FRENCH.encode("mac-roman"), "mac-roman"),
    ],
)
def test_the_survey_tells_the_encoding_of_all_the_file(content: bytes, encoding: str) -> None:
    assert survey(io.BytesIO(content))[0] == encoding


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("été\n".encode() + b"plus\ncaf\xe9\n", "Ligne 3"),
        ("été".encode()[:-1], "Ligne 1"),
        (b"a\nb\x00\n", "octets nuls"),
        (b"caf\xe9 ferm\xe9\nR\x81S\n", "Ligne 1"),
    ],
)
def test_the_survey_refuses_what_is_not_one_encoding(content: bytes, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        survey(io.BytesIO(content))


def test_a_clean_text_is_soon_known_to_be_clean() -> None:
    text = "Mairie d’Évreux;20/03/2023;12 345,6;salle « nord »\r\n" * 200_000
    start = time.process_time()
    assert list(remarks_on(text)) == []
    assert time.process_time() - start < 10 * cost_of(text.encode)


def cost_of(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return max(time.process_time() - start, 0.05)


def test_numbers_in_remarks_are_written_as_the_french_write_them() -> None:
    decoded = decode(b"a;b\n1;2\n" + bytes(10_240))
    assert "10\u202f240 octets nuls" in decoded.remarks[0].message
    many = decode(b"a;b\n" + "Ã©\n".encode() * 100_002)
    assert "plus de 100\u202f000 caractères" in many.remarks[0].message
