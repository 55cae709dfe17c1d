"""The fictitious campaign through the check and the warehouse: are its mistakes found, and nothing else?"""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from greencloud import deposits, warehouse
from greencloud.sample import EXPECTED_ERRORS, generate
from greencloud.tables import READINGS

TRUE_DOUBTS = ("energies_absentes", "pue_declare_incoherent")
"""What the campaign writes on purpose in rows that are not faulty: no reason for a missing energy, the PUE of the best
months put forward. The rules say so, rightly."""

_Key = tuple[str, int, str, str]


@dataclass(frozen=True)
class Campaign:
    """The declarations of the campaign, the mistakes in them by code, those found, and the alarms on the other rows."""

    rows: int
    injected: Mapping[str, int]
    found: Mapping[str, int]
    doubts: Mapping[str, int]
    alarms: Mapping[str, int]
    alarmed_rows: int


def judge(folder: Path) -> Campaign:
    """Write the default campaign below `folder`, check and load it, and compare with its list of mistakes."""
    generate(folder / "depots")
    stored = [deposit for deposit in deposits.scan(folder / "depots")[0] if deposit.table != READINGS]
    verdicts = [warehouse.check_deposit(deposit, folder / "travail") for deposit in stored]
    rows = sum(verdict.report["stats"]["rows"] for verdict in verdicts if verdict.deposit.table == "declarations")
    with warehouse.load(verdicts) as con:
        told = con.execute(
            "SELECT d.nom_origine, a.ligne, coalesce(a.champ, ''), a.code FROM anomalies AS a "
            "INNER JOIN depots AS d ON d.sha256 = a.depot_sha256 WHERE a.niveau <> 'info' ORDER BY ALL"
        ).fetchall()
    expected = _expected(folder / "depots" / EXPECTED_ERRORS)
    spoilt = {(file, line) for file, line, *_ in expected}
    others = [(file, line, code) for file, line, _, code in told if (file, line) not in spoilt]
    alarms = [one for one in others if one[2] not in TRUE_DOUBTS]
    return Campaign(
        rows=rows - len(spoilt),
        injected=Counter(code for *_, code in expected),
        found=Counter(code for *_, code in set(expected).intersection(told)),
        doubts=Counter(code for *_, code in others if code in TRUE_DOUBTS),
        alarms=Counter(code for *_, code in alarms),
        alarmed_rows=len({(file, line) for file, line, _ in alarms}),
    )


def _expected(path: Path) -> list[_Key]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [(row["fichier"], int(row["ligne"]), row["champ"], row["code"]) for row in csv.DictReader(stream)]
