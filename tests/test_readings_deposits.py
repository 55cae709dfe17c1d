"""Files of readings as deposits: how they are read, what the register says of them, what no edition tells of them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greencloud import cli, deposits, editions, seals, warehouse
from greencloud.cli.outcome import Outcome
from greencloud.deposits import Deposit, DepositError
from greencloud.differences import open_snapshot
from greencloud.explain import ExplainError, Holding, explain, explain_metered
from greencloud.explain.text import of_metered
from greencloud.exports import dossier
from greencloud.verdicts import Verdict, check_deposit, check_small, kept, key
from greencloud.verdicts.conventions import instructed

SENDER, OTHER = "130025265", "217500016"
SITE = "13002526500013-01"
METER = "30001234567890"
LECTURE: Mapping[str, Any] = {
    "colonnes": {"horodate": "Date", "valeur": "Puissance"},
    "format_date": "JJ/MM/AAAA HH:MM",
    "unite": "kW",
    "horodate": "debut",
    "pas": "PT60M",
    "compteur": METER,
}
TWO_COLUMNS = "Date;Puissance\n" + "".join(f"06/01/2025 {hour:02d}:00;1,5\n" for hour in range(24))
OWN = "id_compteur,debut,fin,energie_kwh\n" + "".join(
    f"{METER},2025-01-{day:02d}T00:00:00+01:00,2025-01-{day + 1:02d}T00:00:00+01:00,24.5\n" for day in range(6, 9)
)
# Mean power in kW, stamped with one end of the slot: the register alone tells which one.
POWERS = {
    "colonnes": {"horodate": "Date", "valeur": "Puissance", "compteur": "Compteur"},
    "format_date": "JJ/MM/AAAA HH:MM",
    "pas": "PT60M",
}
THREE_COLUMNS = "Compteur;Date;Puissance\n" + "".join(
    f"{METER};06/01/2025 {hour:02d}:00;{hour}\n" for hour in range(24)
)


class Desk:
    """Deposits small files, one day after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def store(self, table: str, text: str, *, name: str = "", **told: Any) -> Deposit:
        self.count += 1
        file = self.folder / (name or f"{table}-{self.count}.csv")
        file.write_text(text, encoding="utf-8")
        given = {"emetteur": SENDER, "recu_le": f"2026-05-{self.count:02d}T09:30:00.000000Z", **told}
        return deposits.store(file, table=table, raw_dir=self.folder / "raw", **given)

    def register(self, **told: Any) -> None:
        self.store("centres", f"id_centre,nom_site,code_insee\n{SITE},Salle Nord,01053\n")
        self.meter(**told)

    def meter(self, unite: str = "", horodate: str = "", emetteur: str = SENDER, poste: str = "total") -> None:
        row = f"{METER},{SITE},{poste},{unite},{horodate},2020-01-01"
        header = "id_compteur,id_centre,poste,unite,horodate,date_debut"
        self.store("compteurs", f"{header}\n{row}\n", emetteur=emetteur)

    def verdicts(self) -> list[Verdict]:
        """Through a folder of kept verdicts, as a build does."""
        with kept.opened(self.folder / "work") as held:
            return held.verdicts(deposits.scan(self.folder / "raw")[0])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def days(verdicts: Sequence[Verdict]) -> list[tuple[str, float, int]]:
    con = warehouse.load(verdicts)
    query = "SELECT date_debut::VARCHAR, energie_mj / 3600000000, secondes FROM releves ORDER BY ALL"
    return con.execute(query).fetchall()


# ---- the card ----


def test_how_a_file_is_read_stands_in_its_card(desk: Desk) -> None:
    stored = desk.store("releves", TWO_COLUMNS, lecture=LECTURE)
    [found] = deposits.scan(desk.folder / "raw")[0]
    assert (found.lecture, found.table, found.conventions) == (LECTURE, "releves", ())
    card = json.loads(deposits.card_path(stored.path).read_text(encoding="utf-8"))
    assert card["lecture"] == LECTURE and "conventions" not in card


def test_a_card_without_it_is_as_before(desk: Desk) -> None:
    stored = desk.store("releves", OWN)
    assert "lecture" not in json.loads(deposits.card_path(stored.path).read_text(encoding="utf-8"))
    assert deposits.scan(desk.folder / "raw")[0][0].lecture is None


def test_the_same_bytes_are_not_read_in_two_ways(desk: Desk) -> None:
    desk.store("releves", TWO_COLUMNS, lecture=LECTURE)
    assert desk.store("releves", TWO_COLUMNS, lecture=dict(LECTURE)).recu_le == "2026-05-01T09:30:00.000000Z"
    other = {**LECTURE, "unite": "W"}
    with pytest.raises(DepositError, match="pour être lus autrement") as refused:
        desk.store("releves", TWO_COLUMNS, lecture=other)
    assert "une copie qui n'ait que les colonnes de l'autre" in str(refused.value)  # nobody erases a meter for another
    [path, card] = re.findall("« (.*?) »", str(refused.value))
    Path(path).unlink()
    Path(path).with_name(card).unlink()
    assert desk.store("releves", TWO_COLUMNS, lecture=other).lecture == other  # as the sentence says


def test_readings_of_a_fictitious_sender_are_synthetic(desk: Desk) -> None:
    assert desk.store("releves", OWN, emetteur="999888779").synthetique
    assert not desk.store("releves", OWN.replace("24.5", "25")).synthetique


@pytest.mark.parametrize(
    ("table", "lecture", "told"),
    [
        ("declarations", LECTURE, "ne sert qu'à la table"),
        ("releves", {"compteur": float("nan")}, "ni un texte, ni un nombre"),
        ("releves", {"compteur": "x" * 20_000}, "trop longue"),
    ],
)
def test_a_useless_mapping_is_refused(desk: Desk, table: str, lecture: Mapping[str, Any], told: str) -> None:
    with pytest.raises(DepositError, match=told):
        desk.store(table, OWN, lecture=lecture)
    assert not list((desk.folder / "raw").rglob("*.json"))


def test_a_card_that_was_given_a_mapping_of_another_table_is_no_card(desk: Desk) -> None:
    stored = desk.store("releves", OWN)
    card = deposits.card_path(stored.path)
    content = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(json.dumps({**content, "table": "centres", "lecture": {}}), encoding="utf-8")
    assert deposits.scan(desk.folder / "raw")[0] == []


def test_readings_put_by_hand_are_recognised_by_their_columns_alone(desk: Desk) -> None:
    raw = desk.folder / "raw"
    raw.mkdir()
    (raw / "a.csv").write_text(OWN, encoding="utf-8")
    head = (
        "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur"
    )
    (raw / "b.csv").write_text(f"{head}\n{METER};;;PA;CONS;BRUT;W;2025-01-01 00:30:00;100\n", encoding="utf-8")
    (raw / "releves.csv").write_text(TWO_COLUMNS, encoding="utf-8")
    found, unfiled = deposits.scan(raw)
    assert sorted((one.nom_origine, one.table) for one in found) == [("a.csv", "releves"), ("b.csv", "releves")]
    assert [one.path.name for one in unfiled] == ["releves.csv"]
    assert (raw / seals.KEY_FILE).is_file()  # their names and bytes are told by nobody


# ---- the verdict ----


def test_days_of_both_ways_of_reading(desk: Desk) -> None:
    desk.register()
    desk.store("releves", OWN)
    assert days(desk.verdicts()) == [(f"2025-01-0{day}", 24.5, 86_400) for day in (6, 7, 8)]
    desk.store("releves", TWO_COLUMNS.replace("1,5", "2"), lecture=LECTURE)
    assert days(desk.verdicts())[0] == ("2025-01-06", 48, 86_400)  # received last


@pytest.mark.parametrize(
    ("unit", "end", "expected"),
    [
        ("kW", "debut", [("2025-01-06", 276, 86_400)]),
        ("W", "debut", [("2025-01-06", 0.276, 86_400)]),
        ("kW", "fin", [("2025-01-05", 0, 3600), ("2025-01-06", 276, 82_800)]),
    ],
)
def test_the_register_says_the_unit_and_the_end_of_the_slot(
    desk: Desk, unit: str, end: str, expected: list[tuple[str, float, int]]
) -> None:
    desk.register(unite=unit, horodate=end)
    desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    assert days(desk.verdicts()) == expected


def test_a_corrected_register_has_the_readings_checked_again(desk: Desk) -> None:
    desk.register(unite="W", horodate="debut")
    desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    assert days(desk.verdicts())[0][1] == 0.276
    desk.meter(unite="kW", horodate="debut")
    assert days(desk.verdicts())[0][1] == 276


def test_the_register_of_another_sender_says_nothing(desk: Desk) -> None:
    desk.register(unite="W", horodate="debut", emetteur=OTHER)
    stored = desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    by_sha = {verdict.deposit.sha256: verdict for verdict in desk.verdicts()}
    assert by_sha[stored.sha256].deposit.conventions == ()
    assert by_sha[stored.sha256].report["stats"]["accepted"] == 0


def test_nothing_is_resolved_without_readings(desk: Desk) -> None:
    desk.register(unite="W")
    found, _ = deposits.scan(desk.folder / "raw")
    assert instructed(found, []) == found


def test_kept_readings_are_not_read_again(desk: Desk) -> None:
    desk.register(unite="kW", horodate="debut")
    desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    desk.store("releves", OWN)
    first = desk.verdicts()
    checked: list[str] = []

    def progress(missing: Sequence[Deposit]) -> Sequence[Deposit]:
        checked.extend(deposit.table for deposit in missing)
        return missing

    with kept.opened(desk.folder / "work") as held:
        again = held.verdicts(deposits.scan(desk.folder / "raw")[0], progress)
        assert checked == []
        assert [verdict.report for verdict in again] == [verdict.report for verdict in first]
        assert days(again) == days(first)


def test_small_files_together_are_as_each_alone(desk: Desk) -> None:
    desk.store("releves", OWN)
    desk.store("releves", OWN.replace("24.5", "12"), name="autre.csv")
    desk.store("releves", "rien,de,tel\n1,2,3\n", name="faux.csv")
    found, _ = deposits.scan(desk.folder / "raw")
    together = check_small(found, desk.folder / "w1")
    alone = [check_deposit(deposit, desk.folder / "w2") for deposit in found]
    assert [verdict.report for verdict in together] == [verdict.report for verdict in alone]
    assert [verdict.report["valid"] for verdict in together] == [True, True, False]
    loaded = [warehouse.load(verdicts) for verdicts in (together, alone)]
    queries = ("SELECT * EXCLUDE (piece) FROM releves_ecartes ORDER BY ALL", "FROM anomalies ORDER BY ALL")
    one, other = ([con.execute(query).fetchall() for query in queries] for con in loaded)
    assert one == other


def test_a_verdict_depends_on_how_readings_are_read(desk: Desk) -> None:
    from dataclasses import replace

    plain = desk.store("releves", OWN)
    keys = {
        key(plain),
        key(replace(plain, lecture=LECTURE)),
        key(replace(plain, conventions=((METER, "W", None, None),))),
    }
    assert len(keys) == 3
    centres = replace(plain, table="centres")
    assert key(centres) == key(replace(centres, conventions=((METER, "W", None, None),)))


def test_what_is_exported_of_a_site_is_read_with_the_word_of_the_register(desk: Desk) -> None:
    desk.register(unite="kW", horodate="debut")
    desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    con, _ = dossier.open_deposits(desk.folder / "raw")
    assert con.execute("SELECT energie_mj / 3600000000, motif FROM morceaux_releves").fetchall() == [(276, None)]


# ---- the edition ----


def published(desk: Desk) -> Path:
    found, _ = deposits.scan(desk.folder / "raw")
    with warehouse.load(desk.verdicts()) as con:
        warehouse.aggregate(con)
        with editions.draft(con, desk.folder / "published", found) as draft:
            pass
    return draft.destination


def test_an_edition_names_the_way_of_reading_and_no_meter(desk: Desk) -> None:
    desk.register(unite="kW", horodate="debut")
    desk.store("releves", TWO_COLUMNS, lecture=LECTURE, name=f"courbe {METER}.csv")
    desk.store("releves", OWN.replace(METER, "30001234567811"), name="30001234567811.csv")
    edition = published(desk)
    text = "".join(path.read_text(encoding="utf-8", errors="replace") for path in edition.rglob("*") if path.is_file())
    assert "30001234567" not in text
    assert "compteur_inconnu" in text
    cards = json.loads((edition / "edition.json").read_text(encoding="utf-8"))["ingredients"]["depots"]
    assert [len(card.get("empreinte_lecture", "")) for card in cards] == [0, 0, 64, 0]


def test_the_report_of_an_edition_says_which_readings_do_not_count(desk: Desk) -> None:
    desk.register()
    other = OWN.replace(METER, "30001234567811")
    desk.store("releves", OWN)
    desk.store("releves", other, name="tgbt.csv")
    start = f"{METER},2025-01-06T00:00:00+01:00,2025-01-06"
    desk.store("releves", f"id_compteur,debut,fin,energie_kwh\n{start}T12:00:00+01:00,9\n", name="correction.csv")
    edition = published(desk)
    text = "\n".join(Outcome(edition, desk.verdicts(), (), ()).lines()).replace("\u202f", " ")
    assert re.search(r"✔ releves-3.csv .* : 3 lignes acceptées, 0 rejetée\n", text)
    assert re.search(r"✘ tgbt.csv .* : 3 lignes lues \(1 compteur, .*, 73,5 kWh\), 0 rejetée, mais tout ne", text)
    assert (
        "Ligne 2 : ce compteur n'est pas au registre des compteurs déposé par le même émetteur ; ses relevés sont "
        "gardés, mais ne comptent pas. Déposez sa ligne dans la table compteurs : ses relevés compteront sans être"
    ) in text
    assert "un dépôt antérieur couvre mieux 1 jour de ce compteur (06/01/2025) ; 1 créneau de ce" in text
    assert "30001234567" not in text


def test_a_year_of_meters_is_explained_by_their_tables(desk: Desk) -> None:
    desk.register()
    header = "id_compteur,debut,fin,energie_kwh"
    desk.store("releves", f"{header}\n{METER},2025-01-01T00:00:00+01:00,2026-01-01T00:00:00+01:00,8760\n")
    edition = open_snapshot(published(desk))
    checked: list[str] = []

    def progress(groups: Sequence[Sequence[Deposit]]) -> Sequence[Sequence[Deposit]]:
        checked.extend(deposit.table for group in groups for deposit in group)
        return groups

    found = explain(Holding(edition, desk.folder / "raw", progress), SITE, 2025, columns=["energie_totale_kwh"])
    assert sorted(checked) == ["centres", "compteurs"]  # the readings are neither read nor checked again
    [energy] = [column for column in found.colonnes if column.nom == "energie_totale_kwh"]
    assert energy.valeur == 8760 and energy.lignes == ()
    assert any("mesures_mensuelles" in note for note in found.notes) and METER not in repr(found)


def test_another_way_of_reading_is_another_edition(desk: Desk) -> None:
    desk.register()
    stored = desk.store("releves", TWO_COLUMNS, lecture=LECTURE)
    found, _ = deposits.scan(desk.folder / "raw")
    first = editions.ingredients(found)
    card = deposits.card_path(stored.path)
    content = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(json.dumps({**content, "lecture": {**LECTURE, "unite": "W"}}), encoding="utf-8")
    assert editions.edition_id(editions.ingredients(deposits.scan(desk.folder / "raw")[0])) != editions.edition_id(
        first
    )


def test_secrecy_reads_an_earlier_edition_with_the_register_of_then(desk: Desk) -> None:
    """Else it would take today's energies for those that stay published, and miss what their difference tells."""
    desk.register(unite="W", horodate="debut")
    desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    first = published(desk)
    desk.meter(unite="kW", horodate="debut")
    (earlier,) = warehouse.earlier_editions([first], desk.verdicts())
    with earlier.rebuild() as con:
        assert con.execute("SELECT energie_kwh FROM mesures_mensuelles").fetchall() == [(0.276,)]


def test_what_an_earlier_edition_gave_is_remembered_under_the_register_of_then(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.register(unite="W", horodate="debut")
    desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    first = published(desk)
    with kept.opened(desk.folder / "work") as held:
        before = held.verdicts(deposits.scan(desk.folder / "raw")[0])
        warehouse.aggregate(warehouse.load(before), computed=warehouse.remembering(before, None, held.totals))
        desk.meter(unite="kW", horodate="debut")
        (earlier,) = warehouse.earlier_editions(
            [first], held.verdicts(deposits.scan(desk.folder / "raw")[0]), held.totals
        )
        monkeypatch.setattr(warehouse, "load", None)
        with earlier.rebuild() as con:
            assert con.execute("SELECT count(*) FROM _sites").fetchall() == [(1,)]


def test_a_past_edition_is_made_again_byte_for_byte(desk: Desk) -> None:
    """With the register that was known then, though another unit has been said since."""
    desk.register(unite="W", horodate="debut")
    desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    first = published(desk)
    desk.meter(unite="kW", horodate="debut")
    assert published(desk) != first
    found, _ = deposits.scan(desk.folder / "raw")
    past = editions.past(desk.folder / "published", first.name, found)
    with kept.opened(desk.folder / "work") as held:
        con = warehouse.load(held.verdicts(past.deposits))
    warehouse.aggregate(con)
    with editions.again(con, desk.folder / "published", past, desk.folder / "again"):
        pass
    assert editions.checksums(desk.folder / "again") == editions.checksums(first)


# ---- an energy of meters, back to its deposits ----


def january(first: int, last: int, kwh: float, meter: str = METER) -> str:
    return "id_compteur,debut,fin,energie_kwh\n" + "".join(
        f"{meter},2025-01-{day:02d}T00:00:00+01:00,2025-01-{day + 1:02d}T00:00:00+01:00,{kwh}\n"
        for day in range(first, last + 1)
    )


@pytest.fixture
def measured(desk: Desk) -> Holding:
    """A month of two deposits, the second of which corrects a day of the first."""
    desk.register()
    desk.store("releves", january(1, 20, 10), name="debut.csv")
    desk.store("releves", january(20, 30, 12.5), name="fin.csv")
    return Holding(open_snapshot(published(desk)), desk.folder / "raw")


@pytest.mark.parametrize(("table", "month"), [("mesures_mensuelles", 1), ("rapprochements", None)])
def test_an_energy_of_meters_leads_back_to_the_days_of_its_deposits(
    measured: Holding, table: str, month: int | None
) -> None:
    found = explain_metered(measured, table, SITE, 2025, month, "total")
    assert (found.valeur, found.somme_kwh, found.verifie) == (327.5, 327.5, True)
    assert [(one.nombre, one.depot_ligne, one.premier_jour.day) for one in found.morceaux] == [(19, 2, 1), (11, 2, 20)]
    assert len(found.depots) == 2 and found.ecartes == ()
    text = "\n".join(of_metered(found)).replace("\u202f", " ")
    assert "Somme des relevés déposés : 327,5 kWh (la même)" in text
    assert "dès la ligne 2 : 19 jours, du 01/01/2025 au 19/01/2025, 19 créneaux" in text
    assert METER not in repr(found) + text and not re.search(r"\b190\b", text) and "fin.csv" not in repr(found)
    nearly = "\n".join(of_metered(replace(found, completude=0.99998))).replace("\u202f", " ")
    assert "complétude 99,9 %" in nearly  # what lacks a minute is not told as whole


def test_whoever_holds_the_deposits_reads_the_meters_and_what_is_set_aside(measured: Holding) -> None:
    found = explain_metered(measured, "mesures_mensuelles", SITE, 2025, 1, "total", internal=True)
    assert [(one.compteur, one.energie_kwh) for one in found.morceaux] == [(METER, 190), (METER, 137.5)]
    [aside] = found.ecartes
    assert (aside.motif, aside.nombre, aside.energie_kwh) == ("remplace", 1, 10)
    text = "\n".join(of_metered(found))
    assert "ne les publiez pas" in text and "remplacé par un dépôt plus récent" in text and "fin.csv" in text


def test_a_meter_of_the_register_without_readings_is_told(desk: Desk) -> None:
    """Nothing else says why the month is half complete, though every line of its file was accepted."""
    desk.register()
    header = "id_compteur,id_centre,poste,date_debut,signe"
    desk.store("compteurs", f"{header}\nMAL-COPIE,{SITE},total,2020-01-01,\n")
    desk.store("releves", january(1, 30, 10))
    for told in (True, False):
        holding = Holding(open_snapshot(published(desk)), desk.folder / "raw")
        found = explain_metered(holding, "mesures_mensuelles", SITE, 2025, 1, "total")
        assert found.completude == (30 / 62 if told else 30 / 31)
        assert any("1 compteur du registre n'a aucun relevé" in note for note in found.notes) == told
        assert "MAL-COPIE" not in repr(found)
        inside = explain_metered(holding, "mesures_mensuelles", SITE, 2025, 1, "total", internal=True)
        assert ("MAL-COPIE" in repr(inside.notes)) == told
        desk.store("compteurs", f"{header}\nMAL-COPIE,{SITE},total,2020-01-01,0\n")


def test_a_withdrawn_line_of_the_register_says_nothing_of_readings(desk: Desk) -> None:
    desk.register(unite="W", horodate="debut")
    desk.store("releves", THREE_COLUMNS, lecture=POWERS)
    wrong = (
        "id_compteur,id_centre,poste,signe,unite,horodate,date_debut\n" + f"{METER},{SITE},it,%s,kW,debut,2024-01-01\n"
    )
    for sign, kwh in (("1", 276), ("0", 0.276)):
        desk.store("compteurs", wrong % sign)
        assert days(desk.verdicts())[0][1] == kwh


def test_what_no_edition_publishes_of_meters_is_not_explained(measured: Holding) -> None:
    for site, month, told in ((SITE, 2, r"Lignes publiées : 2025-01 \(total\)"), (SITE[:-1] + "2", 1, "aucune mesure")):
        with pytest.raises(ExplainError, match=told):
            explain_metered(measured, "mesures_mensuelles", site, 2025, month, "total")


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("mesures_mensuelles", "--id-centre", SITE, "--mois", "1"), 0, "327,5 kWh (la même)"),
        (("mesures_mensuelles", "--id-centre", SITE, "--mois", "1", "--json"), 0, '"somme_kwh": 327.5'),
        (("rapprochements", "--id-centre", SITE), 0, "greencloud explain indicateurs_annuels"),
        (("mesures_mensuelles", "--id-centre", SITE), 2, "demande « --mois MOIS »"),
        (("rapprochements", "--mois", "1"), 2, "Il manque « --id-centre ID »"),
        (("indicateurs_annuels", "--id-centre", SITE, "--mois", "1"), 2, "ne va qu'avec la table mesures_mensuelles"),
    ],
)
def test_the_command_explains_what_meters_measured(
    measured: Holding,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    [edition] = (desk.folder / "published" / "editions").iterdir()
    given = ("--annee", "2025", "--edition", str(edition), "--raw", str(desk.folder / "raw"))
    monkeypatch.setattr("sys.argv", ["greencloud", "explain", *options, *given])
    try:
        cli.main()
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    assert status == code and told in (said.out + said.err).replace("\u202f", " ")
