"""An edition as the pages read it: its published tables, its id and the date of its last deposit."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from greencloud import tables

Row = dict[str, Any]
_Columns = Mapping[str, tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]]

_EDITION_ID = re.compile(r"(\d{4}-\d{2}-\d{2})-[0-9a-f]{8}")
_DEPOSIT_DATES = (
    ("indicateurs_annuels", "depot_recu_le"),
    ("rejets", "recu_le"),
    ("historique", "remplace_le"),
)
_ASSUMPTION_TYPES = {"valeur": "float64", "date_valeur": "str", "type_hebergement_cible": "str"}
_PANDAS_TYPES = {"number": "float64", "integer": "Int64", "year": "Int64", "boolean": "boolean"}


@dataclass(frozen=True)
class Edition:
    """The published tables of one edition folder, read once."""

    folder: Path
    id: str
    frames: Mapping[str, pd.DataFrame]
    references: tuple[Row, ...]
    tiles: tuple[Row, ...]
    assumptions: tuple[Row, ...]

    @cached_property
    def sites(self) -> list[Row]:
        """Rows of `indicateurs_annuels`: one site and one year."""
        return records(self.frames["indicateurs_annuels"])

    @cached_property
    def measures(self) -> "BySite":
        """Rows of `mesures_mensuelles` by site, in the order of months and items."""
        return BySite(self.frames["mesures_mensuelles"])

    @cached_property
    def reconciliations(self) -> "BySite":
        """Rows of `rapprochements` by site, in the order of years and items."""
        return BySite(self.frames["rapprochements"])

    @cached_property
    def aggregates(self) -> list[Row]:
        """Rows of `agregats_annuels`: one group and one year."""
        return records(self.frames["agregats_annuels"])

    def rows(self, table: str, *, synthetic: bool) -> list[Row]:
        """Rows of one nature of a published table, in the order of the file."""
        return [row for row in records(self.frames[table]) if row["synthetique"] is synthetic]

    @cached_property
    def updated(self) -> str | None:
        """ISO date of the last deposit, None when the edition holds none."""
        found = _EDITION_ID.fullmatch(self.id)
        return found.group(1) if found else _last_deposit(self.frames)

    def label(self, dimension: str, value: str | None) -> str:
        """The French label of a group, as the published aggregates write it."""
        return self._labels.get((dimension, value or "inconnu"), value or "Inconnu")

    @cached_property
    def _labels(self) -> dict[tuple[str, str], str]:
        return {(row["dimension"], row["modalite"]): row["libelle"] for row in self.aggregates if row["libelle"]}

    def groups(self, dimension: str, *, synthetic: bool, year: int | None = None) -> list[Row]:
        """The aggregates of one dimension and one nature, of one year or of all, in the order of the file."""
        return [
            row
            for row in self.aggregates
            if row["dimension"] == dimension
            and row["synthetique"] is synthetic
            and (year is None or row["annee"] == year)
        ]


class BySite(Mapping[str, list[Row]]):
    """The rows of a table by site, made when asked for: as Python values, the months of all sites weigh too much."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._columns = _columns(frame)
        self._places = frame.groupby("id_centre", sort=True).indices

    def __getitem__(self, identifier: str) -> list[Row]:
        return _rows(self._columns, np.asarray(self._places[identifier]))

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def load(folder: Path) -> Edition:
    """Read an edition folder. Raises FileNotFoundError when a published table is missing."""
    reference_dir = tables.reference_dir()
    return Edition(
        folder=folder,
        id=_edition_id(folder),
        frames={name: _read(folder / f"{name}.csv", tables.table(name)) for name in tables.PUBLISHED},
        references=tuple(records(pd.read_csv(reference_dir / "pue_reference.csv"))),
        tiles=tuple(
            records(pd.read_csv(reference_dir / "regions.csv", dtype={"code_region": "str", "nom_region": "str"}))
        ),
        assumptions=tuple(records(pd.read_csv(reference_dir / "hypotheses_economies.csv", dtype=_ASSUMPTION_TYPES))),
    )


def records(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame as plain Python values, a missing one being None."""
    return _rows(_columns(frame), np.arange(len(frame)))


def _columns(frame: pd.DataFrame) -> _Columns:
    """Each column as the values that it holds and where one is missing: pandas would look at each cell again."""
    return {str(name): (_plain(column), column.isna().to_numpy()) for name, column in frame.items()}


def _plain(column: "pd.Series[Any]") -> "np.ndarray[Any, Any]":
    """The values of a column as numpy has them, anything where one is missing."""
    kind = {"Int64": "int64", "boolean": "bool"}.get(str(column.dtype))
    return column.to_numpy() if kind is None else column.to_numpy(kind, na_value=0)


def _rows(columns: _Columns, places: "np.ndarray[Any, Any]") -> list[Row]:
    told = [
        [None if gone else value for value, gone in zip(values[places].tolist(), missing[places].tolist(), strict=True)]
        for values, missing in columns.values()
    ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*told, strict=True)]


def last_year(rows: list[Row]) -> int | None:
    """The greatest `annee` of the rows, None when there is none."""
    return max((row["annee"] for row in rows), default=None)


def _read(path: Path, table: tables.Table) -> pd.DataFrame:
    types = {field.name: _PANDAS_TYPES.get(field.type, "str") for field in table.fields}
    frame = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""])
    return frame[list(table.column_names)]


def _edition_id(folder: Path) -> str:
    """The id that the edition gives itself: while it is being built, its folder bears another name."""
    card = folder / "edition.json"
    return str(json.loads(card.read_text(encoding="utf-8"))["id"]) if card.is_file() else folder.resolve().name


def _last_deposit(frames: Mapping[str, pd.DataFrame]) -> str | None:
    dates = [str(day) for name, column in _DEPOSIT_DATES for day in frames[name][column].dropna()]
    return max(dates, default=None)
