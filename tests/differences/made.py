"""Small editions worked out by hand, written as an edition is: Parquet files and `edition.json`."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from greencloud import tables
from greencloud.cli import main
from greencloud.deposits import Deposit
from greencloud.differences import Snapshot, open_snapshot
from tests.published import DEPOSITS, Rows, connection

BASE: dict[str, Any] = {
    "edition_precedente": None,
    "millesime_facteurs": None,
    "references": {"facteurs_emission.csv": "f" * 64, "regions.csv": "e" * 64},
    "schemas": {"rejets/schema.json": "d" * 64},
    "code": {"greencloud/warehouse.py": "c" * 64},
    "versions": {"duckdb": "1.5.6"},
}


def typed(capsys: pytest.CaptureFixture[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `greencloud` answers, in this process: the words of one of its own, at a tenth of its cost."""
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(sys, "argv", ["greencloud", *arguments])
        main()
    said = capsys.readouterr()
    return subprocess.CompletedProcess(arguments, int(end.value.code or 0), said.out, said.err)


def edition(
    folder: Path, changed: Rows | None = None, deposits: Sequence[Deposit] = DEPOSITS, **made_of: Any
) -> Snapshot:
    """An edition in `folder`, whose name is its identifier: the rows of `tests.published`, but for `changed`."""
    folder.mkdir(parents=True)
    con = connection(changed)
    for name in tables.PUBLISHED:
        con.table(name).write_parquet(str(folder / f"{name}.parquet"))
    cards = [{key: value for key, value in asdict(one).items() if key != "path"} for one in deposits]
    content = {"id": folder.name, "ingredients": {**BASE, "depots": cards, **made_of}}
    (folder / "edition.json").write_text(json.dumps(content), encoding="utf-8")
    return open_snapshot(folder)
