"""Clean rows of the fictitious campaign in a DuckDB, alone (`lignes`) and with their context (`vues`)."""

from collections.abc import Mapping, Sequence

import duckdb

from greencloud import tables
from greencloud.rules.context import declarations
from greencloud.sample import declarations as sample
from greencloud.sample import energy
from greencloud.sample.draw import Draw
from greencloud.sample.sites import Site, build, register_row
from greencloud.tables import quote

Values = Mapping[str, object]

SEED = 5000
_SITES = 1500


def database(least: int) -> duckdb.DuckDBPyConnection:
    """At least so many complete, truthful rows, numbered in `ligne`; rows of other sorts stand around them.

    A row is complete when it gives both energies of the full year. Raises ValueError when the campaign is too small.
    """
    draw = Draw(SEED)
    sites = build(draw, _SITES)
    register = [register_row(draw, site) for site in sites]
    rows = [values for site in sites for values in _declared(draw, site)]
    con = duckdb.connect(config={"threads": 1})
    _fill(con, "centres", register, [{"synthetique": True}] * len(register))
    received = [{"synthetique": True, "depot_recu_le": f"{int(str(row['annee'])) + 1}-05-10"} for row in rows]
    _fill(con, "declarations", rows, received)
    con.execute(
        "CREATE TABLE rangs AS SELECT id_centre, annee, row_number() OVER (ORDER BY id_centre, annee) AS ligne "
        "FROM declarations"
    )
    con.execute(
        f"CREATE TABLE vues AS FROM ({declarations('declarations')}) JOIN rangs USING (id_centre, annee) "
        f"WHERE {_CLEAN} ORDER BY ligne LIMIT {least}"
    )
    con.execute(
        "CREATE TABLE lignes AS FROM declarations JOIN rangs USING (id_centre, annee) SEMI JOIN vues USING (ligne)"
    )
    [(found,)] = con.execute("SELECT count(*) FROM lignes").fetchall()
    if found < least:
        raise ValueError(f"{found} lignes complètes au lieu de {least} : il faut plus de centres.")
    return con


# Both energies of a full year, and no better PUE put forward than theirs (which the check must doubt).
_CLEAN = (
    "energie_totale_kwh > 0 AND energie_it_kwh > 0 AND coalesce(nature_valeur, '') <> 'intermediaire' "
    "AND coalesce(abs(pue_declare - energie_totale_kwh / energie_it_kwh) < 0.01, true)"
)


def _declared(draw: Draw, site: Site) -> Sequence[Values]:
    profile = sample.profile(draw, site)
    found = [sample.declare(draw, site, profile, year, months) for year, months in energy.measure(draw, site).items()]
    return [declared.values for declared in found if declared is not None]


def _fill(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Values], more: Sequence[Values]) -> None:
    columns = {**tables.table(name).duckdb_columns(), "synthetique": "BOOLEAN", "depot_recu_le": "DATE"}
    definition = ", ".join(f"{quote(column)} {kind}" for column, kind in columns.items())
    con.execute(f"CREATE TABLE {quote(name)} ({definition})")
    lists = ", ".join(f"unnest(CAST(? AS {kind}[]))" for kind in columns.values())
    cells = [{**row, **known} for row, known in zip(rows, more, strict=True)]
    values = [[_value(row.get(column, "")) for row in cells] for column in columns]
    con.execute(f"INSERT INTO {quote(name)} SELECT {lists}", values)


def _value(cell: object) -> object:
    """A cell of the campaign as DuckDB casts it."""
    return {"": None, "oui": True, "non": False}.get(cell, cell) if isinstance(cell, str) else cell
