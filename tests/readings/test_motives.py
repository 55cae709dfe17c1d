"""Every line that is set aside is told: its motive, its first line, its meter by its place, and its energy."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from greencloud.checking.report import Finding
from greencloud.readings.energy import MJ_PER_KWH
from greencloud.readings.motives import HARMLESS, LINE, SLOT
from greencloud.readings.sources import Convention
from tests.readings.enedis import METER, PARIS
from tests.readings.written import Line, judged, of

NOON = dt.datetime(2024, 6, 3, 12)
SPRING = dt.datetime(2024, 3, 31)
AUTUMN = dt.datetime(2024, 10, 27)
HALF = dt.timedelta(minutes=30)
GOOD = Line(fin=NOON, pas=1800, valeur=2000, unite="W")  # 1 kWh
BOTH = Line(debut=NOON, fin=NOON + HALF, valeur=1, unite="kWh")


def told(*lines: Line, conventions: tuple[Convention, ...] = ()) -> tuple[dict[str, Finding], int, int]:
    """The findings by their codes, the lines that are kept and the energy set aside; errors and warnings are apart."""
    numbered = [replace(line, ligne=place) for place, line in enumerate(lines, 2)]
    outcomes, partials = judged(numbered, conventions)
    outcome = outcomes[0]
    assert not {one.code for one in outcome.errors} & HARMLESS
    assert {one.code for one in outcome.warnings} <= HARMLESS
    assert outcome.rows == len(lines) == outcome.accepted + sum(row["creneaux"] for row in of(partials, "ecart"))
    assert sum(row["energie_mj"] or 0 for row in of(partials, "ecart")) == outcome.aside_mj
    return {one.code: one for one in (*outcome.errors, *outcome.warnings)}, outcome.accepted, outcome.aside_mj


CASES = [
    ("ligne_illisible", [Line(compteur=None, probleme="ligne_illisible", brut="x;y")], 0),
    ("valeur_absente", [replace(GOOD, valeur=None, probleme="valeur_absente")], 0),
    ("valeur_absente", [replace(GOOD, valeur=None)], 0),
    ("valeur_illisible", [replace(GOOD, valeur=None, probleme="valeur_illisible", brut="douze")], 0),
    ("horodate_illisible", [replace(GOOD, fin=None, probleme="horodate_illisible", brut="hier")], 1),
    ("horodate_illisible", [replace(GOOD, fin=None)], 1),
    ("horodate_illisible", [replace(GOOD, decalage_fin=99 * 3600)], 1),
    ("unite_inconnue", [replace(GOOD, unite=None, probleme="unite_inconnue", brut="BTU")], 0),
    ("index_recule", [replace(GOOD, valeur=None, probleme="index_recule", brut="90")], 0),
    ("index_douteux", [replace(GOOD, probleme="index_douteux", brut="5 puis 90")], 1),
    ("index_seul", [replace(GOOD, valeur=None, probleme="index_seul", brut="90")], 0),
    ("evenement_inconnu", [replace(GOOD, probleme="evenement_inconnu", brut="5 puis 90")], 1),
    ("grandeur_ignoree", [replace(GOOD, probleme="grandeur_ignoree", brut="PRI CONS")], 0),
    ("pas_illisible", [replace(GOOD, pas=None, probleme="pas_illisible", brut="souvent")], 0),
    ("dernier_jour", [replace(BOTH, fin=NOON + dt.timedelta(30), probleme="dernier_jour", brut="31/01/2025")], 1),
    ("estime_illisible", [replace(BOTH, probleme="estime_illisible", brut="peut-être")], 1),
    ("pas_inconnu", [replace(GOOD, pas=None)], 0),
    ("pas_inconnu", [replace(BOTH, fin=NOON - 5 * HALF)], 1),
    ("compteur_absent", [replace(GOOD, compteur=None)], 1),
    ("production", [replace(GOOD, sens="PROD")], 1),
    ("annee_invraisemblable", [replace(GOOD, fin=dt.datetime(1924, 6, 3, 12))], 1),
    ("annee_invraisemblable", [replace(GOOD, fin=dt.datetime(2124, 6, 3, 12))], 1),
    ("valeur_excessive", [replace(GOOD, valeur=Decimal("200000.5"), unite="MW")], 0),
    ("valeur_excessive", [replace(GOOD, valeur=Decimal("999999999999.999999"), unite="MWh")], 0),
    ("negatif", [replace(GOOD, valeur=-2000)], -1),
    ("heure_inexistante", [Line(debut=SPRING.replace(hour=2, minute=30), pas=1800, valeur=1, unite="kWh")], 1),
    ("heure_inexistante", [Line(debut=SPRING.replace(hour=2), pas=1800, valeur=1, unite="kWh")], 1),
    ("heure_inexistante", [Line(debut=SPRING, fin=SPRING.replace(hour=2, minute=30), valeur=1, unite="kWh")], 1),
    ("chevauchement", [BOTH, replace(BOTH, debut=NOON - HALF / 2, fin=NOON + HALF / 2)], 2),
    ("doublon_different", [BOTH, replace(BOTH, valeur=2)], 3),
    ("doublon_different", [replace(BOTH, estime=True), replace(BOTH, valeur=2, estime=True)], 3),
]


@pytest.mark.parametrize(("code", "lines", "aside"), CASES, ids=[case[0] for case in CASES])
def test_a_motive(code: str, lines: list[Line], aside: int) -> None:
    """`aside`: the kWh that are set aside, as far as they are known."""
    ends = () if lines[0].fin else (Convention(None, None, "debut"),)
    found, accepted, energy = told(*lines, conventions=ends)
    assert (list(found), accepted, energy) == ([code], 0, aside * MJ_PER_KWH)
    finding = found[code]
    assert finding.message.startswith("Ligne 2")
    assert lines[0].brut is None or code == "ligne_illisible" or f"« {lines[0].brut} »" in finding.message
    assert METER not in finding.message + finding.fix
    meter = lines[0].compteur
    assert (finding.field, finding.value) == (("compteur", METER) if meter else (None, None))
    assert ("compteur n° 1 du fichier" in finding.message) == (meter is not None)


def test_every_motive_has_its_case() -> None:
    assert {case[0] for case in CASES} | {"doublon_identique"} == {*LINE, *SLOT}


def test_the_same_line_twice_counts_once() -> None:
    found, accepted, energy = told(GOOD, GOOD, GOOD)
    assert (list(found), accepted, energy) == (["doublon_identique"], 1, 2 * MJ_PER_KWH)
    assert "2 lignes de ce cas" in found["doublon_identique"].message
    assert "2 kWh" in found["doublon_identique"].message


def test_a_metered_value_goes_before_an_estimated_one() -> None:
    for lines in ([replace(BOTH, valeur=7, estime=True), BOTH], [BOTH, replace(BOTH, valeur=7, estime=True)]):
        found, accepted, energy = told(*lines)
        assert (list(found), accepted, energy) == (["doublon_different"], 1, 7 * MJ_PER_KWH)


def test_a_cluster_is_set_aside_whole() -> None:
    """Slots that overlap through others; what only touches them stays."""
    chain = [replace(BOTH, debut=NOON + place * HALF, fin=NOON + place * HALF + 1.5 * HALF) for place in range(3)]
    after = replace(BOTH, debut=NOON + 3.5 * HALF, fin=NOON + 4 * HALF)
    found, accepted, energy = told(*chain, after)
    assert (list(found), accepted, energy) == (["chevauchement"], 1, 3 * MJ_PER_KWH)


def test_zero_is_a_value_and_nothing_is_not() -> None:
    outcomes, partials = judged([replace(GOOD, valeur=0), replace(GOOD, ligne=3, fin=NOON + HALF, valeur=None)])
    [day] = of(partials, "jour")
    assert (day["creneaux"], day["creneaux_nuls"], day["secondes"]) == (1, 1, 1800)
    [gap] = of(partials, "ecart")
    assert (gap["energie_mj"], gap["motif"], outcomes[0].accepted) == (None, "valeur_absente", 1)


def test_the_instant_of_a_change_may_end_a_slot() -> None:
    """02:00 and 03:00 are one instant in spring."""
    for hour in (2, 3):
        _, partials = judged([Line(fin=SPRING.replace(hour=hour), pas=1800, valeur=2000, unite="W")])
        [day] = of(partials, "jour")
        assert (day["fin_utc"], day["secondes_attendues"]) == (1711846800, 82_800)


def test_an_hour_written_twice_with_both_ends() -> None:
    """Both customs of the autumn hour, from the labels of both ends."""
    labels = ("02:00 02:30", "02:30 02:00", "02:00 02:30", "02:30 03:00"), ("02:00 02:30", "02:30 03:00") * 2
    for several in labels:
        moments = [[AUTUMN + dt.timedelta(hours=int(t[:2]), minutes=int(t[3:])) for t in s.split()] for s in several]
        found, partials = judged(
            [Line(ligne=n, debut=a, fin=b, valeur=n, unite="kWh") for n, (a, b) in enumerate(moments, 2)]
        )
        [day] = of(partials, "jour")
        assert (day["creneaux"], day["secondes"], day["energie_mj"]) == (4, 7200, 14 * MJ_PER_KWH)
        assert not found[0].errors


def test_daily_values_of_any_day_are_days() -> None:
    """23 and 25 hours too; a mean power lasts as long as the day."""
    for day, hours in ((SPRING, 23), (AUTUMN, 25), (NOON.replace(hour=0), 24)):
        [row] = of(
            judged([Line(debut=day, pas=86_400, valeur=1, unite="kW")], [Convention(None, None, "debut")])[1], "jour"
        )
        assert (row["secondes"], row["secondes_attendues"]) == (hours * 3600, hours * 3600)
        assert row["energie_mj"] == hours * MJ_PER_KWH


def test_a_bill_is_a_period() -> None:
    bill = Line(debut=dt.datetime(2024, 3, 1), fin=dt.datetime(2024, 4, 1), valeur=900, unite="kWh")
    [row] = of(judged([bill])[1], "periode")
    assert (row["date_debut"], row["date_fin"]) == (dt.date(2024, 3, 1), dt.date(2024, 3, 31))
    assert row["secondes"] == row["secondes_attendues"] == 31 * 86_400 - 3600
    assert row["puissance_min_mw"] is row["energie_nuit_mj"] is None


def test_a_bill_and_a_curve_of_the_same_days_contradict_each_other() -> None:
    bill = Line(debut=dt.datetime(2024, 6, 1), fin=dt.datetime(2024, 7, 1), valeur=900, unite="kWh")
    found, accepted, energy = told(bill, GOOD)
    assert (list(found), accepted, energy) == (["chevauchement"], 0, 901 * MJ_PER_KWH)


def test_a_meter_with_more_energy_than_can_be_added_up_refuses_its_file() -> None:
    lines = [
        Line(ligne=n, debut=dt.datetime(2020 + n, 1, 1), fin=dt.datetime(2021 + n, 1, 1), valeur=2_000_000, unite="MWh")
        for n in (2, 3)
    ]
    other = replace(GOOD, fichier=1)
    outcomes, partials = judged([*lines, other], files=2)
    assert [one.code for one in outcomes[0].errors] == ["energie_excessive"]
    assert outcomes[0].accepted == 0
    assert {row["fichier"] for row in partials} == {1}


def test_lines_without_a_meter_are_added_up_too() -> None:
    whole = Line(compteur=None, debut=NOON, fin=NOON.replace(year=2025), valeur=2_000_000, unite="MWh")
    [finding] = judged([whole, replace(whole, ligne=3), replace(whole, ligne=4)])[0][0].errors
    assert (finding.code, finding.field, finding.value) == ("energie_excessive", None, None)
    assert finding.message.startswith("Ligne 2 : la somme")


def test_meters_are_named_by_their_place() -> None:
    lines = [replace(GOOD, compteur=name, valeur=-1, ligne=line) for line, name in ((5, "b"), (3, "c"), (9, "a"))]
    outcomes, _ = judged(lines)
    assert {one.value: one.message.split(" du fichier")[0] for one in outcomes[0].errors} == {
        "c": "Ligne 3, compteur n° 1",
        "b": "Ligne 5, compteur n° 2",
        "a": "Ligne 9, compteur n° 3",
    }


def test_a_long_number_in_a_cell_is_not_repeated() -> None:
    for number in (METER, "30 000 000 000 001", "30\u202f000\u202f000\u202f000\u202f001"):
        found, _, _ = told(replace(GOOD, valeur=None, probleme="valeur_illisible", brut=f"compteur {number}"))
        assert "« compteur … »" in found["valeur_illisible"].message


def test_a_line_that_is_not_cut_is_not_shown() -> None:
    """Its meter may have a short number, or letters."""
    found, _, _ = told(Line(compteur=None, probleme="ligne_illisible", brut="TGBT-12;hier"))
    assert "TGBT-12" not in found["ligne_illisible"].message


def test_unnumbered_lines_count_from_the_first() -> None:
    from greencloud.readings import accepting
    from tests.readings.written import PARIS_ENDS, database

    with database([replace(GOOD, ligne=None), replace(GOOD, ligne=None, valeur=-1)]) as con:  # type: ignore[arg-type]
        outcomes = accepting.judge(con, {0: ()}, PARIS_ENDS, 7)
    assert [one.row for one in outcomes[0].errors] == [8]


def test_a_line_with_an_offset_needs_no_zone() -> None:
    """Another offset than the zone's: the same instants, judged one by one."""
    wall = [Line(ligne=n, fin=NOON + n * HALF, pas=1800, valeur=n, unite="W") for n in range(2, 40)]
    utc = [replace(line, fin=line.fin - dt.timedelta(hours=2), decalage_fin=0) for line in wall if line.fin]
    assert (
        judged(wall, [Convention(None, None, "fin", PARIS)])[1]
        == judged(utc, [Convention(None, None, "fin", PARIS)])[1]
    )
