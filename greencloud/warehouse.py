"""From checked deposits to the published tables, one SQL file each, with what secrecy hides.

What comes before has its own modules: `verdicts` checks each deposit, `loading` puts them together.
"""

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb

from greencloud import disclosure, tables
from greencloud.deposits import Deposit, fingerprint
from greencloud.loading import REFERENCES, WarehouseError, load
from greencloud.loading.refusals import PERIOD_CHANGED, REFUSALS, Refusal
from greencloud.program import file_sha256
from greencloud.rules.writing import sentence
from greencloud.tables import Table, quote
from greencloud.verdicts import RefusedKey, Verdict, check_deposit, key
from greencloud.verdicts.conventions import instructed
from greencloud.verdicts.totals import Totals

__all__ = [
    "PERIOD_CHANGED",
    "REFERENCES",
    "REFUSALS",
    "STEPS",
    "Refusal",
    "RefusedKey",
    "Verdict",
    "WarehouseError",
    "aggregate",
    "check_deposit",
    "compute",
    "earlier_editions",
    "load",
    "remembering",
    "run_step",
]

STEPS = (
    "_classes_taille",
    "_bandes_pue",
    "_libelles",
    "_jours_compteurs",
    "_periodes_compteurs",
    "_jours_postes",
    "_releves",
    "_identites",
    "_sites",
    "_postes_partages",
    "_ecarts_compteurs",
    "_facteurs_emission",
    "_releves_annuels",
    "_energies_annuelles",
    "_hebergements",
    "_sites_annees",
    "_groupes_pairs",
    "indicateurs_annuels",
    "couverture",
    "_groupes_annees",
    "_membres_agregats_annuels",
    "agregats_annuels",
    "_membres_evolutions_annuelles",
    "evolutions_annuelles",
    "_membres_observatoire_cloud",
    "observatoire_cloud",
    "_hypotheses_economies",
    "_economies_sites",
    "_membres_economies",
    "economies",
    "consommations_mensuelles",
    "mesures_mensuelles",
    "rapprochements",
    "rejets",
    "historique",
    "_sommes_publiees",
    "secret_statistique",
)
"""The files of `sql/` in an order in which they can run; each makes the table of its name."""

_AFTER_SECRECY = STEPS[-1]  # counts what was hidden
_SQL = Path(__file__).parent / "sql"
_RECALLED = (*disclosure.HIDDEN_COLUMNS, "_sites", "_sommes_publiees")  # what secrecy reads of an earlier edition
_CASES = 5  # how many broken cells a message names


def aggregate(
    con: duckdb.DuckDBPyConnection,
    *,
    vintage: dt.date | None = None,
    earlier: Sequence[disclosure.Earlier] = (),
    computed: Callable[[duckdb.DuckDBPyConnection], object] | None = None,
    guarded: bool = True,
) -> None:
    """Make the published tables of a loaded warehouse and hide what secrecy hides, every table held against its schema.

    `vintage`: only the emission factors known on that day are used, so that an older edition of the factors can be run
    again; by default all of them, the newest of each year.
    `earlier`: the editions published before, whose difference with this one must betray nobody (`earlier_editions`).
    `computed` is called when every table is made and nothing is hidden yet (`remembering`).
    `guarded` False: no table is held against its schema, for a preview that publishes nothing and cannot wait.
    Raises WarehouseError when a table does not fit its schema: nothing may then be published.
    """
    for name in tables.INPUTS if guarded else ():
        _guard(con, tables.table(name))
    compute(con, vintage=vintage)
    if computed is not None:
        computed(con)
    _keep_nominative(con)
    disclosure.protect(con, earlier)
    run_step(con, _AFTER_SECRECY)
    for name in tables.PUBLISHED if guarded else ():
        _guard(con, tables.table(name))


def earlier_editions(
    folders: Iterable[Path], verdicts: Sequence[Verdict], kept: Totals | None = None
) -> list[disclosure.Earlier]:
    """Editions, in the order of `editions.earlier`, as secrecy compares a new one with them.

    `verdicts`: of all the deposits, theirs included; what these files gave is computed again when a total has changed,
    or found again in `kept`.
    """

    def edition(folder: Path) -> disclosure.Earlier:
        def rebuild() -> duckdb.DuckDBPyConnection:
            made_of = json.loads((folder / "edition.json").read_text(encoding="utf-8"))["ingredients"]
            known = {fingerprint(card) for card in made_of["depots"]}
            its_own = [verdict for verdict in verdicts if verdict.deposit.named_in(known) is not None]
            registers = [verdict for verdict in its_own if verdict.deposit.table == tables.METERS]
            then = instructed([verdict.deposit for verdict in its_own], registers)
            told = made_of.get("millesime_facteurs")
            vintage = dt.date.fromisoformat(told) if told else None

            def make() -> duckdb.DuckDBPyConnection:
                with tempfile.TemporaryDirectory() as work:
                    con = load([_as_then(*pair, Path(work)) for pair in zip(its_own, then, strict=True)])
                compute(con, vintage=vintage)
                return con

            return kept.recall(_decides(then, vintage), _RECALLED, make) if kept else make()

        return disclosure.Earlier(folder, rebuild)

    return [edition(folder) for folder in folders]


def remembering(
    verdicts: Sequence[Verdict], vintage: dt.date | None, kept: Totals
) -> Callable[[duckdb.DuckDBPyConnection], object]:
    """Keep what the next edition will be compared with, now that it is at hand: for the `computed` of `aggregate`."""
    return partial(kept.keep, _decides((verdict.deposit for verdict in verdicts), vintage), _RECALLED)


def _as_then(verdict: Verdict, deposit: Deposit, work_dir: Path) -> Verdict:
    """The verdict on a deposit of an earlier edition: readings again, when the register of meters says otherwise since.

    That of today when the bytes are not at hand.
    """
    if key(deposit) == key(verdict.deposit):
        return verdict
    at_hand = deposit.path.is_file() and file_sha256(deposit.path) == deposit.sha256
    return check_deposit(deposit, work_dir) if at_hand else verdict


def _decides(found: Iterable[Deposit], vintage: dt.date | None) -> list[str]:
    """All that the vintage and the deposits bring, wherever their files lie and in whatever order they are given."""
    given = sorted(repr(replace(deposit, path=Path(deposit.path.suffix))) for deposit in found)
    return [str(vintage), *given]


def compute(con: duckdb.DuckDBPyConnection, *, vintage: dt.date | None = None) -> None:
    """Make the tables of every step before secrecy decides: nothing is hidden in them, so nothing may be published."""
    con.execute("SET VARIABLE millesime_facteurs = CAST(? AS DATE)", [vintage])
    for name in STEPS:
        if name != _AFTER_SECRECY:
            run_step(con, name)


def _keep_nominative(con: duckdb.DuckDBPyConnection) -> None:
    """Order statistics, ranks and the like, made again by the same SQL from the sites published in their name.

    The steps run in a schema of their own, where the tables they read hold nominative sites only.
    """
    con.execute("CREATE SCHEMA nominatifs")
    for name in ("_groupes_annees", "_membres_agregats_annuels"):
        con.execute(
            f"CREATE VIEW nominatifs.{name} AS SELECT t.* FROM main.{name} AS t "
            f"INNER JOIN main._sites AS s ON s.id_centre = t.id_centre WHERE NOT {disclosure.PROTECTED}"
        )
    con.execute("SET search_path = 'nominatifs,main'")
    run_step(con, "agregats_annuels")
    con.execute("SET search_path = 'main'")
    _take(con, "agregats_annuels")
    con.execute("DROP SCHEMA nominatifs CASCADE")


def _take(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Replace the columns of a table that rest on nominative sites only; a group without any counts none of them."""
    taken = []
    for column in disclosure.NOMINATIVE_ONLY[name]:
        value = f"n.{quote(column)}"
        taken.append(f"{f'coalesce({value}, 0)' if column.startswith('nb_sites_') else value} AS {quote(column)}")
    same = " AND ".join(f"n.{quote(column)} = t.{quote(column)}" for column in tables.table(name).primary_key)
    con.execute(
        f"CREATE OR REPLACE TABLE {quote(name)} AS SELECT t.* REPLACE ({', '.join(taken)}) FROM {quote(name)} AS t "
        f"LEFT JOIN nominatifs.{quote(name)} AS n ON {same}"
    )


def run_step(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make, or make again, the table of one file of `sql/` (any of STEPS)."""
    query = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    con.execute(f"CREATE OR REPLACE TABLE {quote(name)} AS\n{query}")


def _guard(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """The Pandera model of the table, over the columns of its schema (the input tables also hold their provenance)."""
    from pandera.errors import SchemaErrors

    found = con.table(table.name).select(*(quote(name) for name in table.column_names)).df()
    try:
        table.pandera().validate(found, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "failure_case"]].drop_duplicates().head(_CASES)
        told = " ; ".join(f"{column}, {check} : « {value} »" for column, check, value in cases.itertuples(index=False))
        raise WarehouseError(sentence(f"La table « {table.name} » ne respecte pas son schéma ({told}).")) from error
