"""What is measured, each in a process of its own: the imports and the memory that it needs count."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import metering, upload

Found = Mapping[str, Any]


def check(path: Path, table: str, columns: Sequence[str], *, strict: bool, rules: bool = False) -> Found:
    """Our check; strict, with the schema's fields of these columns, as Frictionless is asked."""
    from greencloud import rules as plausibility
    from greencloud import tables
    from greencloud.checking import check_file

    target = _narrowed(table, columns) if strict else tables.table(table)
    chosen = plausibility.for_table(table) if rules else ()
    report = check_file(path, target, strict=strict, rules=chosen).report
    return {"rows": report.rows, "rejected": report.rejected, "errors": sorted(report.errors.cells(), key=str)}


def frictionless(path: Path, table: str, columns: Sequence[str]) -> Found:
    """Frictionless on the same file and the same fields, all errors asked for."""
    import frictionless as reference

    with reference.system.use_context(trusted=True):
        schema = reference.Schema.from_descriptor(dict(_narrowed(table, columns).descriptor))
        report = reference.Resource(path=str(path), schema=schema).validate(limit_errors=10**9)
    errors = [tuple(error) for error in report.flatten(["type", "rowNumber", "fieldName"])]
    return {"rows": report.tasks[0].stats["rows"], "errors": sorted(errors, key=str)}


def pyarrow(path: Path) -> Found:
    """A bare read with types, and nothing checked."""
    from pyarrow import csv  # type: ignore[import-not-found]

    return {"rows": csv.read_csv(path).num_rows}


def scan(raw: Path) -> Found:
    """DuckDB alone on files of meter readings: each cell that counts is cast, one sum taken, and nothing checked."""
    import duckdb

    with duckdb.connect(config={"threads": 2}) as con:
        rows, *_ = con.execute(
            "SELECT count(*), sum(CAST(Valeur AS DECIMAL(18, 6))), max(CAST(Horodate AS TIMESTAMP)), max(Pas), "
            'max("Identifiant PRM"), max("Unité") '
            "FROM read_csv(?, delim = ';', header = true, all_varchar = true, auto_detect = false, columns = ?)",
            [str(raw / "courbe-*.csv"), dict.fromkeys(metering.LABELS.split(";"), "VARCHAR")],
        ).fetchone() or (0,)
    return {"rows": rows}


def accept(raw: Path) -> Found:
    """Our check of the same files: their lines, those that were kept."""
    from greencloud.readings import Source, read

    files = [Source(path, path.name) for path in sorted(raw.glob("courbe-*.csv"))]
    reports = read(files, raw / "acceptes.parquet", [source.name for source in files])
    return {"rows": sum(report.rows for report in reports), "accepted": sum(report.accepted for report in reports)}


def command(path: Path, table: str) -> Found:
    """The whole command line."""
    from greencloud.cli import main

    sys.argv = ["greencloud", "check", str(path), "--table", table]
    try:
        main()
    except SystemExit as end:
        return {"code": end.code}
    return {"code": 0}


def build(raw: Path, published: str) -> Found:
    """The whole command that makes an edition."""
    from greencloud.cli import main

    sys.argv = ["greencloud", "build", "--raw", str(raw), "--published", published]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    return {}


def pages(edition: Path) -> Found:
    """The pages of an edition folder: how many files, how many of them about one site, and their size."""
    import dashboards

    written = dashboards.write_pages(edition)
    sites = sum(path.parent.name == "centres" for path in written)
    return {"pages": len(written), "sites": sites, "octets": sum(path.stat().st_size for path in written)}


def _narrowed(table: str, columns: Sequence[str]) -> Any:
    """The schema of these columns in their order: Frictionless matches by position."""
    from greencloud import tables

    whole = tables.table(table)
    descriptor = dict(whole.descriptor)
    descriptor["fields"] = [whole.field(name).descriptor for name in columns]
    descriptor.pop("foreignKeys", None)
    descriptor.pop("custom_checks", None)
    return tables.from_descriptor(descriptor, table)


CHECKERS: Mapping[str, Callable[..., Found]] = {
    "check": check,
    "frictionless": frictionless,
    "pyarrow": pyarrow,
    "scan": scan,
    "accept": accept,
    "command": command,
    "build": build,
    "pages": pages,
    "send": upload.send,
}


def main() -> None:
    """Run one checker with the arguments given as JSON, and print its time and what it found as the last line."""
    name, arguments, options = json.loads(sys.argv[1])
    start = time.perf_counter()
    found = CHECKERS[name](Path(arguments[0]), *arguments[1:], **options)
    print(json.dumps({"seconds": time.perf_counter() - start, "cpu": time.process_time(), **found}))


if __name__ == "__main__":
    main()
