import hashlib
import json
import os
import re
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from greencloud import deposits, tables
from greencloud.deposits import Deposit, DepositError, Unfiled, adopting, scan, store
from greencloud.sample import EXPECTED_ERRORS

Result = TypeVar("Result")

SIREN = "356000000"
DECLARATIONS = b"id_centre,annee,energie_totale_kwh\n35600000000048-01,2025,314870\n"
CENTRES = b"id_centre,nom_site\n35600000000048-01,Salle A\n"
CONSOMMATIONS = (
    b"id_centre,poste,date_debut,date_fin,energie_kwh\n35600000000048-01,total,2025-01-01,2025-01-31,26000\n"
)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def put(
    tmp_path: Path, raw: Path, content: bytes = DECLARATIONS, name: str = "budget.csv", **options: object
) -> Deposit:
    file = write(tmp_path / "upload" / name, content)
    return store(file, **{"table": "declarations", "emetteur": SIREN, "raw_dir": raw, **options})  # type: ignore[arg-type]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def at_once(actions: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run the actions in threads that start together; their results in the order of the actions."""
    start = threading.Barrier(len(actions), timeout=30)

    def begin(action: Callable[[], Result]) -> Result:
        start.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result(30) for future in [pool.submit(begin, action) for action in actions]]


def row(number: int) -> bytes:
    return DECLARATIONS + f"35600000000048-02,{2000 + number},1\n".encode()


# ---- store ----


def test_the_bytes_are_kept_and_the_card_says_everything(tmp_path: Path, raw: Path) -> None:
    deposit = put(tmp_path, raw, recu_le="2026-05-14T09:30:00.000000Z")
    sha256 = hashlib.sha256(DECLARATIONS).hexdigest()
    assert deposit.path == raw / "depots" / sha256[:2] / f"{sha256}.csv"
    assert deposit.path.read_bytes() == DECLARATIONS
    assert deposit.short == sha256[:12]
    assert deposits.card_path(deposit.path).read_text(encoding="utf-8") == (
        "{\n"
        '  "emetteur": "356000000",\n'
        '  "nom_origine": "budget.csv",\n'
        f'  "octets": {len(DECLARATIONS)},\n'
        '  "recu_le": "2026-05-14T09:30:00.000000Z",\n'
        f'  "sha256": "{sha256}",\n'
        '  "synthetique": false,\n'
        '  "table": "declarations",\n'
        f'  "version_schema": "{tables.table("declarations").version}"\n'
        "}\n"
    )
    assert scan(raw) == ([deposit], [])


def test_the_same_bytes_twice_change_nothing(tmp_path: Path, raw: Path) -> None:
    first = put(tmp_path, raw)
    before = snapshot(raw)
    again = put(tmp_path, raw, name="autre nom.txt", emetteur="130025265", synthetique=True)
    assert again == first
    assert snapshot(raw) == before


def test_the_same_bytes_for_another_table_are_refused(tmp_path: Path, raw: Path) -> None:
    put(tmp_path, raw)
    before = snapshot(raw)
    with pytest.raises(DepositError, match="déjà déposés pour la table « declarations »") as refused:
        put(tmp_path, raw, table="centres")
    assert snapshot(raw) == before
    [_, path, card] = re.findall("« (.*?) »", str(refused.value))
    Path(path).unlink()
    Path(path).with_name(card).unlink()
    assert put(tmp_path, raw, table="centres").table == "centres"  # as the sentence says


def test_damaged_bytes_are_restored_and_the_first_card_is_kept(tmp_path: Path, raw: Path) -> None:
    first = put(tmp_path, raw, recu_le="2026-01-01T00:00:00.000000Z")
    first.path.write_bytes(b"damaged")
    assert put(tmp_path, raw) == first
    assert first.path.read_bytes() == DECLARATIONS


def test_the_date_is_now_by_default(tmp_path: Path, raw: Path) -> None:
    received = put(tmp_path, raw).recu_le
    assert received.startswith("20") and received.endswith("Z") and len(received) == 27


def test_a_siren_written_with_spaces_is_understood(tmp_path: Path, raw: Path) -> None:
    assert put(tmp_path, raw, emetteur=" 130\u00a0025 265").emetteur == "130025265"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.CSV", ".csv"),
        ("a.tsv", ".tsv"),
        ("a.txt", ".txt"),
        ("a.XlsX", ".xlsx"),
        ("a.xls", ".xls"),
        ("a.ods", ".ods"),
        ("a.zip", ".zip"),
        ("a.csv.gz", ".gz"),
        ("a.html", ".bin"),
        ("a.csv;rm -rf", ".bin"),
        ("a", ".bin"),
    ],
)
def test_only_a_known_suffix_makes_a_path(tmp_path: Path, raw: Path, name: str, suffix: str) -> None:
    deposit = put(tmp_path, raw, name=name)
    assert deposit.path.name == deposit.sha256 + suffix
    assert deposit.nom_origine == name


@pytest.mark.parametrize(
    ("hostile", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Agent\\Bureau\\PUE 2025.xlsx", "PUE 2025.xlsx"),
        ("a\x00b\r\nc\x1b[31m.csv", "abc[31m.csv"),
        ("facture\u202evsc.exe", "facturevsc.exe"),
        ("\udcff.csv", ".csv"),
        ("relevé d'énergie.csv", "relevé d'énergie.csv"),
        ("x" * 500, "x" * 200),
        ("dossier/", "sans-nom"),
        ("\u2028 ", "sans-nom"),
    ],
)
def test_a_hostile_name_is_reduced_to_what_can_be_shown(hostile: str, kept: str) -> None:
    assert deposits.clean_name(hostile) == kept


def test_a_name_that_is_no_text_is_deposited(tmp_path: Path, raw: Path) -> None:
    deposit = put(tmp_path, raw, name=os.fsdecode(b"\xe9nergie.csv"))
    assert deposit.nom_origine == "nergie.csv"
    assert scan(raw) == ([deposit], [])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"table": "budget"}, "La table « budget » ne reçoit pas de dépôt. Choisissez parmi : centres"),
        ({"table": "rejets"}, "La table « rejets » ne reçoit pas de dépôt"),
        ({"emetteur": "356000001"}, "« 356000001 » n'est pas un numéro SIREN valide : sa clé de contrôle"),
        ({"emetteur": "3560000"}, "un SIREN a 9 chiffres, celui-ci en a 7. Donnez"),
        ({"emetteur": ""}, "SIREN valide"),
        ({"emetteur": "٣٥٦٠٠٠٠٠٠"}, "SIREN valide"),
        ({"recu_le": "14/05/2026"}, "La date de réception « 14/05/2026 » n'est pas de la forme"),
        ({"recu_le": "2026-13-14T09:30:00.000000Z"}, "date de réception"),
        ({"recu_le": "2026-5-14T09:30:00.000000Z"}, "date de réception"),
        ({"content": b""}, "Le fichier « budget.csv » est vide"),
    ],
)
def test_a_wrong_deposit_is_refused_in_french_and_leaves_nothing(
    tmp_path: Path, raw: Path, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DepositError) as refusal:
        put(tmp_path, raw, **options)  # type: ignore[arg-type]
    assert sentence in str(refusal.value)
    assert snapshot(raw) == {}


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, raw: Path) -> None:
    with pytest.raises(DepositError, match=r"Le fichier « absent\.csv » est introuvable"):
        store(tmp_path / "absent.csv", table="centres", emetteur=SIREN, raw_dir=raw)
    with pytest.raises(DepositError, match="n'est pas un fichier ordinaire"):
        store(tmp_path, table="centres", emetteur=SIREN, raw_dir=raw)


def test_a_folder_that_cannot_be_written_is_said_in_french(tmp_path: Path) -> None:
    blocked = write(tmp_path / "raw", b"a file where the folder should be")
    with pytest.raises(DepositError, match=r"n'a pas pu être copié \(erreur système n°"):
        put(tmp_path, blocked)


@pytest.mark.parametrize("inside", ["", "00"])
@pytest.mark.parametrize("target", ["outside", "nowhere", "depots"])
def test_a_link_that_leads_outside_receives_nothing(tmp_path: Path, raw: Path, inside: str, target: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = raw / "depots"
    if inside:
        link.mkdir()
        link /= hashlib.sha256(DECLARATIONS).hexdigest()[:2]
    link.symlink_to(link if target == "depots" else tmp_path / target)
    with pytest.raises(DepositError, match="est un lien qui mène hors du dossier des dépôts"):
        put(tmp_path, raw)
    assert list(outside.iterdir()) == [] and snapshot(raw) == {}


def test_a_raw_folder_that_is_a_link_receives_deposits(tmp_path: Path, raw: Path) -> None:
    (tmp_path / "link").symlink_to(raw)
    put(tmp_path, tmp_path / "link")
    assert len(scan(raw)[0]) == 1


def test_bytes_replaced_by_a_link_are_restored(tmp_path: Path, raw: Path) -> None:
    deposit = put(tmp_path, raw)
    deposit.path.unlink()
    deposit.path.symlink_to(write(tmp_path / "outside.csv", DECLARATIONS))
    assert put(tmp_path, raw) == deposit
    assert not deposit.path.is_symlink()
    assert scan(raw) == ([deposit], [])


def test_a_damaged_card_is_not_written_over(tmp_path: Path, raw: Path) -> None:
    card = deposits.card_path(put(tmp_path, raw).path)
    card.write_bytes(b"{")
    before = snapshot(raw)
    with pytest.raises(DepositError, match=f"illisible ou incomplète. Restaurez « {card.name} »"):
        put(tmp_path, raw)
    assert snapshot(raw) == before


# ---- several at once ----


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads that take turns often, so that a gap between two writes is met."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_a_scan_during_a_deposit_loses_no_depositor(tmp_path: Path, eager_threads: None) -> None:
    """Scans run all along the deposit; not one may adopt bytes whose card is about to be written."""
    for number in range(30):
        raw, done = tmp_path / "raw" / str(number), threading.Event()
        raw.mkdir(parents=True)

        def deposit(raw: Path = raw, done: threading.Event = done) -> list[Deposit]:
            try:
                return [put(tmp_path, raw)]
            finally:
                done.set()

        def watch(raw: Path = raw, done: threading.Event = done) -> list[Deposit]:
            seen: list[Deposit] = []
            while not done.is_set():
                seen += scan(raw)[0]
            return seen

        stored, *seen = at_once([deposit, watch, watch])
        assert set().union(*seen) <= set(stored)
        assert scan(raw) == (stored, [])


def test_scans_at_once_adopt_once_and_in_one_order(raw: Path) -> None:
    for number in range(25):
        path = write(raw / f"{number:02}.csv", row(number))
        os.utime(path, (2_000_000_000 - number, 2_000_000_000 - number))
    results = at_once([lambda: scan(raw)] * 4)
    assert all(result == results[0] for result in results)
    assert [deposit.nom_origine for deposit in results[0][0]] == [f"{number:02}.csv" for number in reversed(range(25))]
    assert scan(raw) == results[0]


def test_a_file_adopted_meanwhile_keeps_its_card_and_the_next_comes_after(raw: Path) -> None:
    first, second = (write(raw / f"{name}.csv", row(place)) for place, name in enumerate("ab"))
    os.utime(first, (1_000, 1_000))
    ahead = "2999-01-01T00:00:00.000000Z"
    scan(raw)
    other = Deposit(**{**scan(raw)[0][0].__dict__, "recu_le": ahead})
    for path in (first, second):
        deposits.card_path(path).unlink()
    listed = [first, second]
    deposits.write_card(other)  # by another scan, after this one has listed the files
    assert [found.recu_le for found in adopting.adopt_all(listed) if isinstance(found, Deposit)] == [
        ahead,
        "2999-01-01T00:00:00.000001Z",
    ]


def test_the_same_bytes_deposited_at_once_for_two_tables_have_one_winner(
    tmp_path: Path, raw: Path, eager_threads: None
) -> None:
    """Also under two names, whose suffixes give two paths."""

    def attempt(number: int, name: str, table: str) -> Callable[[], Deposit | str]:
        file = write(tmp_path / "upload" / table / name, row(number))

        def run() -> Deposit | str:
            try:
                return store(file, table=table, emetteur=SIREN, raw_dir=raw)
            except DepositError as error:
                return str(error)

        return run

    for number in range(12):
        results = at_once(
            [attempt(number, name, table) for name in ("a.csv", "a.txt") for table in ("declarations", "consommations")]
        )
        kept = [result for result in results if isinstance(result, Deposit)]
        refused = [result for result in results if isinstance(result, str)]
        assert len(kept) == len(refused) == 2 and kept[0] == kept[1]
        assert all(f"déjà déposés pour la table « {kept[0].table} »" in sentence for sentence in refused)
    assert len(snapshot(raw / "depots")) == 2 * 12


def test_an_interrupted_deposit_is_said_and_completed_by_the_next(tmp_path: Path, raw: Path) -> None:
    sha256 = hashlib.sha256(DECLARATIONS).hexdigest()
    obstacle = raw / "depots" / sha256[:2] / f"{sha256}.csv"
    (obstacle / "full").mkdir(parents=True)  # stops the deposit between its card and its bytes
    with pytest.raises(DepositError, match="n'a pas pu être copié"):
        put(tmp_path, raw, recu_le="2026-05-14T09:30:00.000000Z")
    (obstacle / "full").rmdir()
    obstacle.rmdir()
    found, unfiled = scan(raw)
    assert found == []
    assert [item.path for item in unfiled] == [deposits.card_path(obstacle)]
    assert "est en cours ou a été interrompu" in unfiled[0].message
    deposit = put(tmp_path, raw)
    assert (deposit.recu_le, deposit.path.read_bytes()) == ("2026-05-14T09:30:00.000000Z", DECLARATIONS)
    assert scan(raw) == ([deposit], [])


@pytest.mark.parametrize("whole", [True, False])
def test_a_reservation_left_by_a_crash_stops_nobody(tmp_path: Path, raw: Path, whole: bool) -> None:
    deposit = put(tmp_path, raw, recu_le="2026-05-14T09:30:00.000000Z")
    reservation = deposit.path.with_name(f".{deposit.sha256}.reserve")
    deposits.card_path(deposit.path).rename(reservation)
    deposit.path.unlink()
    if whole:
        assert put(tmp_path, raw, name="a.txt") == deposit
    else:
        reservation.write_bytes(b"")
        with pytest.raises(DepositError, match="illisible"):
            put(tmp_path, raw)
        put(tmp_path, raw)
    assert not reservation.exists()
    assert len(scan(raw)[0]) == 1


# ---- fictitious centres ----

EXAMPLE = "99900000100013-01"
HEAD = b"id_centre,annee,energie_totale_kwh\n"


@pytest.mark.parametrize(
    ("content", "invented"),
    [
        (HEAD + f"{EXAMPLE},2025,1\n".encode(), True),
        (HEAD + f"{EXAMPLE},2025,1\n99900000200012-01,2025,1\n".encode(), True),
        (HEAD + f"99900000A,2025,1\n,2025,1\n{EXAMPLE},2025,1\n".encode(), True),  # rows that are refused anyway
        (f"Id_Centre;Année;Énergie totale kWh\r\n {EXAMPLE} ;2025;1\r\n".encode("cp1252"), True),
        (f"Identifiant du centre;Année;energie_totale_kwh\n{EXAMPLE};2025;1\n".encode(), True),
        (f"id_centre (SIRET-NN);annee;energie_totale_kwh\n{EXAMPLE};2025;1\n".encode(), True),
        (f"\u00ef\u00bb\u00bfid_centre;annee;energie_totale_kwh\n{EXAMPLE};2025;1\n".encode(), True),
        (HEAD + b"999 000 001 00013-01,2025,1\n", True),
        (HEAD + b"'99900000100013-01,2025,1\n", True),
        (HEAD + "99900000100013\u201301,2025,1\n".encode(), True),
        (HEAD + f"{EXAMPLE},2025,1\n356 000 000 00048-02,2025,1\n".encode(), False),
        (f"Identifiant du centre;annee\n{EXAMPLE};2025\n35600000000048-01;2025\n".encode(), False),
        (HEAD + f"{EXAMPLE},2025,1\n35600000000048-01,2025,1\n".encode(), False),
        (HEAD + f"35600000000048-01,2025,1\n{EXAMPLE},2025,1\n".encode(), False),
        (DECLARATIONS, False),
        (HEAD, False),
        (HEAD + b"999,2025,1\n", False),
        (f"annee,energie_totale_kwh\n2025,{EXAMPLE}\n".encode(), False),
        (b"\x00\x00\x00", False),
    ],
)
def test_a_file_of_fictitious_centres_only_is_synthetic(
    tmp_path: Path, raw: Path, content: bytes, invented: bool
) -> None:
    assert deposits.fictitious(write(tmp_path / "a.csv", content)) is invented
    assert put(tmp_path, raw, content).synthetique is invented


def test_an_example_that_lost_its_card_stays_synthetic(tmp_path: Path, raw: Path) -> None:
    path = write(raw / "exemples" / "a.csv", HEAD + f"{EXAMPLE},2025,1\n".encode())
    assert [deposit.synthetique for deposit in scan(raw)[0]] == [True]
    deposits.card_path(path).unlink()
    assert [deposit.synthetique for deposit in scan(raw)[0]] == [True]


def test_a_depositor_may_say_that_real_looking_centres_are_invented(tmp_path: Path, raw: Path) -> None:
    assert put(tmp_path, raw, synthetique=True).synthetique


# ---- scan ----


def test_deposits_come_in_the_order_in_which_they_supersede(tmp_path: Path, raw: Path) -> None:
    days = ["2026-03-01", "2026-01-01", "2026-02-01", "2026-01-01"]
    contents = [DECLARATIONS + f"35600000000048-02,{2020 + rank},1\n".encode() for rank in range(4)]
    stored = [
        put(tmp_path, raw, content, recu_le=f"{day}T00:00:00.000000Z")
        for day, content in zip(days, contents, strict=True)
    ]
    found, unfiled = scan(raw)
    assert unfiled == []
    assert found == sorted(stored, key=lambda deposit: (deposit.recu_le, deposit.sha256))


@pytest.mark.parametrize(
    ("content", "table"),
    [
        (DECLARATIONS, "declarations"),
        (CENTRES, "centres"),
        (CONSOMMATIONS, "consommations"),
        (DECLARATIONS.replace(b",", b";"), "declarations"),
        ("Id_Centre\tAnnée\tÉnergie totale kWh\n35600000000048-01\t2025\t1\n".encode("cp1252"), "declarations"),
        (b"id_centre,annee,nom_site,energie_it_kwh,pue_declare\n35600000000048-01,2025,A,1,2\n", "declarations"),
        ("Identifiant du centre;Année;Énergie totale\n35600000000048-01;2025;1\n".encode(), "declarations"),
        (b"Identifiant du centre (SIRET);Nom du site\n35600000000048-01;A\n", "centres"),
    ],
)
def test_a_file_placed_by_hand_is_adopted(raw: Path, content: bytes, table: str) -> None:
    path = write(raw / "mairie" / "relevé=1+1.csv", content)
    found, unfiled = scan(raw)
    assert unfiled == []
    assert [(deposit.path, deposit.table, deposit.emetteur, deposit.synthetique) for deposit in found] == [
        (path, table, None, False)
    ]
    assert json.loads(deposits.card_path(path).read_text(encoding="utf-8"))["nom_origine"] == "relevé=1+1.csv"
    assert scan(raw) == (found, [])


def test_files_adopted_together_supersede_in_the_order_they_were_written(raw: Path) -> None:
    for name, age in (("a.csv", 10), ("b.csv", 30), ("c.csv", 20)):
        path = write(raw / name, DECLARATIONS + f"35600000000048-{age},2024,1\n".encode())
        os.utime(path, (2_000_000_000 - age, 2_000_000_000 - age))
    assert [deposit.nom_origine for deposit in scan(raw)[0]] == ["b.csv", "c.csv", "a.csv"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "est vide"),
        (b"nom;montant\nA;1\n", "son en-tête n'est celui d'aucune table"),
        (b"id_centre\n35600000000048-01\n", "son en-tête n'est celui d'aucune table"),
        (b"id_centre,annee,nom_site\n35600000000048-01,2025,A\n", "son en-tête n'est celui d'aucune table"),
        (b"PK\x03\x04 workbook", "archive zip"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_cannot_be_adopted_is_said_and_left_alone(raw: Path, content: bytes, sentence: str) -> None:
    path = write(raw / "mystere.csv", content)
    found, unfiled = scan(raw)
    assert found == []
    assert [item.path for item in unfiled] == [path]
    assert sentence in unfiled[0].message and unfiled[0].fix
    assert snapshot(raw) == {"mystere.csv": content}


@pytest.mark.parametrize(
    "name",
    ["README.md", "readme.txt", "LISEZMOI", "Lisezmoi_2024.MD", ".gitkeep", EXPECTED_ERRORS, ".a.json", ".cache/a.bin"],
)
def test_notices_and_hidden_files_are_left_aside(raw: Path, name: str) -> None:
    write(raw / name, DECLARATIONS)
    assert scan(raw) == ([], [])
    assert snapshot(raw) == {name: DECLARATIONS}


@pytest.mark.parametrize("name", ["Lisezmoi_declarations_2024.csv", "readme.tsv", "README/a.csv", "lisezmoi.depot.csv"])
def test_a_table_named_like_a_notice_is_a_deposit(raw: Path, name: str) -> None:
    path = write(raw / name, DECLARATIONS)
    for _ in range(2):
        found, unfiled = scan(raw)
        assert [deposit.path for deposit in found] == [path]
        assert unfiled == []


@pytest.mark.parametrize("name", [".a.csv", ".A.TSV", ".a.xlsx", ".a.ods", ".mairie/a.csv", ".mairie/2024/README.csv"])
def test_a_hidden_table_is_said_and_not_read(raw: Path, name: str) -> None:
    path = write(raw / name, DECLARATIONS)
    found, unfiled = scan(raw)
    assert found == []
    assert unfiled == [Unfiled(path, unfiled[0].message, unfiled[0].fix)]
    assert f"« {path.name} » est caché" in unfiled[0].message
    assert snapshot(raw) == {name: DECLARATIONS}


def test_the_same_bytes_in_two_places_count_once_at_their_first_reception(tmp_path: Path, raw: Path) -> None:
    late = put(tmp_path, raw, recu_le="2026-06-01T00:00:00.000000Z")
    early = Deposit(**{**late.__dict__, "path": raw / "b.csv", "recu_le": "2026-05-01T00:00:00.000000Z"})
    write(early.path, DECLARATIONS)
    deposits.write_card(early)
    assert scan(raw) == ([early], [])


def test_a_file_changed_after_its_deposit_is_unfiled(tmp_path: Path, raw: Path) -> None:
    deposit = put(tmp_path, raw)
    deposit.path.write_bytes(DECLARATIONS.replace(b"314870", b"999999"))
    found, unfiled = scan(raw)
    assert found == []
    assert "n'est plus celui de sa carte" in unfiled[0].message
    assert "Restaurez le fichier d'origine" in unfiled[0].fix


@pytest.mark.parametrize(
    "changes",
    [
        {"emetteur": "123"},
        {"emetteur": 356000000},
        {"nom_origine": "../../a.csv"},
        {"octets": "61"},
        {"octets": True},
        {"octets": 1},
        {"recu_le": "hier"},
        {"recu_le": "2026-02-30T08:00:00.000000Z"},
        {"recu_le": "2026-05-01T24:00:00.000000Z"},
        {"recu_le": "2026-05-01T08:00:60.000000Z"},
        {"recu_le": "2026-05-01T08:00:00.000000Z\n"},
        {"sha256": "A" * 64},
        {"synthetique": "non"},
        {"table": "rejets"},
        {"version_schema": None},
        {"path": "/etc/passwd"},
    ],
)
def test_a_wrong_card_is_unfiled(tmp_path: Path, raw: Path, changes: dict[str, object]) -> None:
    deposit = put(tmp_path, raw)
    card = deposits.card_path(deposit.path)
    card.write_text(json.dumps({**json.loads(card.read_text(encoding="utf-8")), **changes}), encoding="utf-8")
    found, unfiled = scan(raw)
    assert found == []
    assert [item.path for item in unfiled] == [deposit.path]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 60_000, b" " * 70_000 + b"{}", b"null"])
def test_a_card_that_is_no_card_is_unfiled(tmp_path: Path, raw: Path, content: bytes) -> None:
    deposit = put(tmp_path, raw)
    deposits.card_path(deposit.path).write_bytes(content)
    found, unfiled = scan(raw)
    assert found == []
    assert "illisible ou incomplète" in unfiled[0].message


def test_a_card_without_its_file_is_unfiled(tmp_path: Path, raw: Path) -> None:
    deposit = put(tmp_path, raw)
    deposit.path.unlink()
    found, unfiled = scan(raw)
    assert found == []
    assert "n'a pas de fichier" in unfiled[0].message


def test_links_that_lead_outside_are_not_followed(tmp_path: Path, raw: Path) -> None:
    secret = write(tmp_path / "outside" / "a.csv", DECLARATIONS)
    (raw / "file.csv").symlink_to(secret)
    (raw / "folder").symlink_to(secret.parent)
    (raw / "nowhere.csv").symlink_to(tmp_path / "absent")
    (raw / "ring.csv").symlink_to(raw / "ring.csv")
    found, unfiled = scan(raw)
    assert found == []
    assert [item.path.name for item in unfiled] == ["file.csv", "folder", "nowhere.csv", "ring.csv"]
    assert all("mène hors du dossier des dépôts" in item.message for item in unfiled)
    assert sorted(path.name for path in tmp_path.rglob("*.depot.json")) == []


def test_a_card_that_is_a_link_is_not_believed(tmp_path: Path, raw: Path) -> None:
    deposit = put(tmp_path, raw)
    card = deposits.card_path(deposit.path)
    card.rename(tmp_path / "card.json")
    card.symlink_to(tmp_path / "card.json")
    found, unfiled = scan(raw)
    assert found == []
    assert {item.path for item in unfiled} == {deposit.path, card}


def test_a_link_to_a_folder_of_the_deposits_is_said_and_read_once(raw: Path) -> None:
    write(raw / "mairie" / "a.csv", DECLARATIONS)
    (raw / "raccourci").symlink_to(raw / "mairie")
    found, unfiled = scan(raw)
    assert len(found) == 1
    assert [item.path.name for item in unfiled] == ["raccourci"]


def test_a_pipe_is_not_opened(raw: Path) -> None:
    os.mkfifo(raw / "tube.csv")
    assert stat.S_ISFIFO((raw / "tube.csv").stat().st_mode)
    found, unfiled = scan(raw)
    assert found == []
    assert "n'est pas un fichier ordinaire" in unfiled[0].message


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, raw: Path) -> None:
    write(raw / "a.csv", b"\x00\x00\x00")
    write(raw / "b.csv", CENTRES)
    deposit = put(tmp_path, raw)
    found, unfiled = scan(raw)
    assert {item.nom_origine for item in found} == {"b.csv", deposit.nom_origine}
    assert [item.path.name for item in unfiled] == ["a.csv"]


def test_a_name_too_long_for_its_card_is_unfiled(raw: Path) -> None:
    write(raw / ("x" * 250 + ".csv"), DECLARATIONS)
    found, unfiled = scan(raw)
    assert found == []
    assert "accompagné de sa carte (nom de fichier trop long)" in unfiled[0].message
    assert sorted(path.suffix for path in raw.iterdir()) == [".csv"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_unfiled(raw: Path) -> None:
    write(raw / "ferme" / "a.csv", CENTRES)
    closed = write(raw / "b.csv", DECLARATIONS)
    closed.chmod(0)
    (raw / "ferme").chmod(0)
    found, unfiled = scan(raw)
    (raw / "ferme").chmod(0o755)
    assert found == []
    assert [item.path.name for item in unfiled] == ["ferme", "b.csv"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DepositError, match="Le dossier des dépôts « absent » n'existe pas"):
        scan(tmp_path / "absent")


def test_the_table_is_known_by_its_header() -> None:
    for name in tables.INPUTS:
        assert deposits.detect_table(tables.table(name).column_names) == name
    assert deposits.detect_table([]) is None
    assert deposits.detect_table(["id_centre"]) is None
