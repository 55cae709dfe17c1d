"""Deposits -> current and superseded rows in DuckDB, then the published tables, one SQL file each.

A row leaves the stream only with a printed reason (table `anomalies`). A row whose key a later deposit gives again
moves to `<table>_remplaces`, with the line that replaces it. Real and synthetic rows never share a site.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from greencloud import checking, disclosure, rules, tables
from greencloud.checking import Finding, header, messages
from greencloud.deposits import Deposit
from greencloud.errors import GreencloudError
from greencloud.reading import read_table
from greencloud.rules.context import RELATIONS
from greencloud.rules.writing import french, sentence
from greencloud.tables import Table, quote

REFERENCES = ("communes", "departements", "facteurs_emission", "hypotheses_economies", "pue_reference", "regions")

STEPS = (
    "_classes_taille",
    "_bandes_pue",
    "_libelles",
    "_identites",
    "_sites",
    "_facteurs_emission",
    "_releves",
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
    "rejets",
    "historique",
    "_sommes_publiees",
    "secret_statistique",
)
"""The files of `sql/` in an order in which they can run; each makes the table of its name."""

_AFTER_SECRECY = STEPS[-1]  # counts what was hidden
_SQL = Path(__file__).parent / "sql"
_PROVENANCE = {
    "depot_sha256": "VARCHAR",
    "depot_ligne": "BIGINT",
    "depot_recu_le": "DATE",
    "emetteur": "VARCHAR",
    "synthetique": "BOOLEAN",
}
# A text that a spreadsheet would run as a formula is published with a leading apostrophe; a negative number is none.
_TEXTE_PUBLIE = r"""CREATE MACRO texte_publie(texte) AS CASE
    WHEN regexp_matches(texte, '^[=+@\t\r\n]')
        OR (texte LIKE '-%' AND NOT regexp_full_match(texte, '-[0-9][0-9.,\x{a0}\x{202f} ]*([eE][-+]?[0-9]+)?'))
        THEN '''' || texte
    ELSE nullif(texte, '')
END"""
_CASES = 5  # how many broken cells a message names
_YEAR = re.compile(r"\s*([0-9]{4})(?:-[0-9]{2}-[0-9]{2})?\s*")


class WarehouseError(GreencloudError):
    """The deposits cannot become the published tables; the text is a French sentence with the cause."""


class RefusedKey(NamedTuple):
    """The site and the year that a refused line speaks of, as far as they can be read."""

    ligne: int
    id_centre: str | None
    annee: int | None


@dataclass(frozen=True)
class Verdict:
    """One checked deposit: its accepted rows (Parquet), its report (JSON form) and what its refused lines speak of."""

    deposit: Deposit
    accepted: Path
    report: dict[str, Any]
    refused: tuple[RefusedKey, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A reason to refuse an accepted row `r` once all deposits are known: an SQL condition and French sentences."""

    tables: tuple[str, ...]
    code: str
    field: str
    condition: str
    message: str
    fix: str


_Found = tuple[Finding, RefusedKey | None]

REFUSALS = (
    Refusal(
        ("consommations",),
        "date_hors_plage",
        "date_debut",
        "year(r.date_debut) < 2000 OR year(r.date_fin) > 2100",
        "Le relevé commence avant 2000 ou finit après 2100, hors des années publiées.",
        "Corrigez les dates du relevé.",
    ),
    Refusal(
        ("centres",),
        "centre_deja_reel",
        "id_centre",
        "r.synthetique AND EXISTS (FROM recues_centres AS c WHERE c.id_centre = r.id_centre AND NOT c.synthetique)",
        "Ce centre existe parmi les dépôts réels : une ligne fabriquée ne le remplace jamais.",
        "Donnez à l'échantillon des identifiants de centre qui n'existent pas.",
    ),
    Refusal(
        ("declarations", "consommations"),
        "nature_melangee",
        "id_centre",
        "EXISTS (FROM centres AS c WHERE c.id_centre = r.id_centre AND c.synthetique <> r.synthetique)",
        "La ligne et le centre ne sont pas de même nature : l'un est réel, l'autre fabriqué pour la démonstration.",
        "Déposez d'abord la ligne réelle du centre dans la table centres, ou changez l'identifiant de l'échantillon.",
    ),
    Refusal(
        ("declarations", "consommations"),
        "foreign-key",
        "id_centre",
        "NOT EXISTS (FROM centres AS c WHERE c.id_centre = r.id_centre)",
        "Ce centre n'est pas inscrit au registre (table centres), ou sa ligne y a été refusée.",
        "Déposez la ligne du centre dans la table centres, ou corrigez l'identifiant.",
    ),
)
"""Why an accepted row is refused after all, in the order in which it is tried."""

PERIOD_CHANGED = "periode_remplacee"
"""The warning about a reading that replaces another of the same first day and another last day."""


def check_deposit(deposit: Deposit, work_dir: Path) -> Verdict:
    """Check a deposit against the schema and the rules of its table; the result is kept in `work_dir/<sha256>/`.

    A bad file gives a report and no accepted row, never an exception.
    """
    folder = work_dir / deposit.sha256
    folder.mkdir(parents=True, exist_ok=True)
    table = tables.table(deposit.table)
    checked = checking.check_file(deposit.path, table, name=deposit.nom_origine, rules=rules.for_table(deposit.table))
    accepted, report = folder / "accepted.parquet", dict(checked.report.to_dict())
    with checked.connection:
        checked.write_accepted(accepted)
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    rows = {finding.row for finding in checked.report.errors if finding.row is not None}
    return Verdict(deposit, accepted, report, tuple(_refused_keys(deposit.path, table, rows)) if rows else ())


def load(verdicts: Sequence[Verdict]) -> duckdb.DuckDBPyConnection:
    """The checked deposits in an in-memory DuckDB, whatever the order they are given in.

    Tables: `centres`, `declarations`, `consommations` (current rows: the schema's columns, then depot_sha256,
    depot_ligne, depot_recu_le, emetteur, synthetique), `<table>_remplaces` (the same, then remplace_par_sha256,
    remplace_par_ligne, remplace_le), `depots`, `anomalies`, `ref_*`. Raises WarehouseError for a broken reference.
    """
    con = duckdb.connect(":memory:")
    con.execute("SET threads = 1")  # sums of floating-point numbers in one order: the same bytes on any machine
    con.execute(_TEXTE_PUBLIE)
    for name in REFERENCES:
        _load_reference(con, name)
    ordered = sorted(verdicts, key=lambda verdict: (verdict.deposit.recu_le, verdict.deposit.sha256))
    _load_deposits(con, ordered)
    _load_anomalies(con, ordered)
    for name in tables.INPUTS:
        _receive(con, tables.table(name), [verdict for verdict in ordered if verdict.deposit.table == name])
    for name in tables.INPUTS:  # centres first: the other tables refer to its current rows
        _refuse(con, name)
        _judge_together(con, tables.table(name))
        _supersede(con, tables.table(name))
    _warn_of_changed_periods(con)
    return con


def aggregate(
    con: duckdb.DuckDBPyConnection,
    *,
    vintage: dt.date | None = None,
    earlier: Sequence[disclosure.Earlier] = (),
) -> None:
    """Make the published tables of a loaded warehouse and hide what secrecy hides, every table held against its schema.

    `vintage`: only the emission factors known on that day are used, so that an older edition of the factors can be run
    again; by default all of them, the newest of each year.
    `earlier`: the editions published before, whose difference with this one must betray nobody (`earlier_editions`).
    Raises WarehouseError when a table does not fit its schema: nothing may then be published.
    """
    for name in tables.INPUTS:
        _guard(con, tables.table(name))
    compute(con, vintage=vintage)
    _keep_nominative(con)
    disclosure.protect(con, earlier)
    run_step(con, _AFTER_SECRECY)
    for name in tables.PUBLISHED:
        _guard(con, tables.table(name))


def earlier_editions(folders: Iterable[Path], verdicts: Sequence[Verdict]) -> list[disclosure.Earlier]:
    """Editions, in the order of `editions.earlier`, as secrecy compares a new one with them.

    `verdicts`: of all the deposits, theirs included; what these files gave is computed again when a total has changed.
    """

    def edition(folder: Path) -> disclosure.Earlier:
        def rebuild() -> duckdb.DuckDBPyConnection:
            made_of = json.loads((folder / "edition.json").read_text(encoding="utf-8"))["ingredients"]
            known = {card["sha256"] for card in made_of["depots"]}
            con = load([verdict for verdict in verdicts if verdict.deposit.sha256 in known])
            vintage = made_of.get("millesime_facteurs")
            compute(con, vintage=dt.date.fromisoformat(vintage) if vintage else None)
            return con

        return disclosure.Earlier(folder, rebuild)

    return [edition(folder) for folder in folders]


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


# ---- one deposit ----


def _refused_keys(path: Path, table: Table, rows: set[int]) -> Iterator[RefusedKey]:
    """What the refused lines of a readable file speak of, so that `couverture` can tell refused from absent."""
    text = read_table(path, expected=table.column_names)
    positions = header.match(text.header, table).positions
    for record in text.records():
        if record.number in rows:
            cells = {name: record.cells[at] for name, at in positions.items() if at < len(record.cells)}
            year = _YEAR.fullmatch(cells.get("annee", cells.get("date_debut", "")))
            yield RefusedKey(record.number, cells.get("id_centre", "").strip(), int(year[1]) if year else None)


# ---- loading ----


def _load_reference(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """`ref_<name>`: the CSV file of `data/reference`, all columns as text."""
    path = tables.reference_dir() / f"{name}.csv"
    try:
        labels = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        columns = dict.fromkeys(labels, "VARCHAR")
        con.execute(
            f"CREATE TABLE {quote(f'ref_{name}')} AS FROM read_csv(?, columns = {columns}, header = true, "
            "auto_detect = false, delim = ',', quote = '\"', escape = '\"')",
            [str(path)],
        )
    except (OSError, IndexError, duckdb.Error) as error:
        raise WarehouseError(
            sentence(f"La table de référence « {path.name} » est absente ou illisible. Restaurez data/reference.")
        ) from error


def _load_deposits(con: duckdb.DuckDBPyConnection, ordered: Sequence[Verdict]) -> None:
    """`depots`: one row per deposit; `rang` is the order of supersession."""
    con.execute(
        "CREATE TABLE depots (rang BIGINT, sha256 VARCHAR, octets BIGINT, nom_origine VARCHAR, recu_le TIMESTAMP, "
        "emetteur VARCHAR, table_visee VARCHAR, version_schema VARCHAR, synthetique BOOLEAN)"
    )
    for rank, card in enumerate(verdict.deposit for verdict in ordered):
        received = card.recu_le.removesuffix("Z")  # UTC; DuckDB would need the icu extension to read the mark
        named = (card.emetteur, card.table, card.version_schema, card.synthetique)
        con.execute(
            "INSERT INTO depots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [rank, card.sha256, card.octets, card.nom_origine, received, *named],
        )


def _load_anomalies(con: duckdb.DuckDBPyConnection, ordered: Sequence[Verdict]) -> None:
    """`anomalies`: every error and warning of every report; `id_centre` and `annee` of refused lines when known."""
    con.execute(
        "CREATE TABLE anomalies (depot_sha256 VARCHAR, numero BIGINT, niveau VARCHAR, ligne BIGINT, champ VARCHAR, "
        "valeur VARCHAR, code VARCHAR, message VARCHAR, correction VARCHAR, id_centre VARCHAR, annee BIGINT)"
    )
    for verdict in ordered:
        keys = {key.ligne: key for key in verdict.refused}
        for level, items in (("erreur", verdict.report["errors"]), ("avertissement", verdict.report["warnings"])):
            found = [(Finding(**item), keys.get(item["row"])) for item in items]
            _add_anomalies(con, verdict.deposit.sha256, level, found)


def _add_anomalies(con: duckdb.DuckDBPyConnection, sha256: str, level: str, found: Sequence[_Found]) -> None:
    rows = [{**asdict(finding), "key": key._asdict() if key else None} for finding, key in found]
    con.execute(
        "INSERT INTO anomalies SELECT $sha256, "
        "(SELECT count(*) FROM anomalies WHERE depot_sha256 = $sha256) + row_number() OVER (), $level, "
        "a.row, a.field, a.value, a.code, a.message, a.fix, a.key.id_centre, a.key.annee FROM ("
        'SELECT unnest(from_json($rows, \'[{"code": "VARCHAR", "row": "BIGINT", "field": "VARCHAR", '
        '"value": "VARCHAR", "message": "VARCHAR", "fix": "VARCHAR", '
        '"key": {"id_centre": "VARCHAR", "annee": "BIGINT"}}]\')) AS a)',
        {"sha256": sha256, "level": level, "rows": json.dumps(rows)},
    )


def _receive(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Sequence[Verdict]) -> None:
    """`recues_<table>`: the accepted rows of all deposits, in the order of supersession."""
    columns = table.duckdb_columns() | _PROVENANCE | {"rang": "BIGINT"}
    definition = ", ".join(f"{quote(name)} {kind}" for name, kind in columns.items())
    received = quote(f"recues_{table.name}")
    con.execute(f"CREATE TABLE {received} ({definition})")
    for verdict in verdicts:
        con.execute(
            f"INSERT INTO {received} BY NAME SELECT a.*, d.sha256 AS depot_sha256, CAST(d.recu_le AS DATE) "
            "AS depot_recu_le, d.emetteur, d.synthetique, d.rang FROM read_parquet($accepted) AS a "
            "CROSS JOIN depots AS d WHERE d.sha256 = $sha256 ORDER BY a.depot_ligne",
            {"accepted": str(verdict.accepted), "sha256": verdict.deposit.sha256},
        )


def _refuse(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Take out of `recues_<name>` the rows that the other deposits make impossible, each with its reason."""
    received = quote(f"recues_{name}")
    year = {"centres": "NULL", "declarations": "annee", "consommations": "year(date_debut)"}[name]
    for refusal in (refusal for refusal in REFUSALS if name in refusal.tables):
        refused = con.execute(
            f"SELECT depot_sha256, depot_ligne, id_centre, {year}, CAST({quote(refusal.field)} AS VARCHAR) "
            f"FROM {received} AS r WHERE {refusal.condition} ORDER BY rang, depot_ligne"
        ).fetchall()
        for sha256, rows in groupby(refused, key=itemgetter(0)):
            _add_anomalies(con, sha256, "erreur", [_refused(refusal, *row) for _, *row in rows])
        con.execute(f"DELETE FROM {received} AS r WHERE {refusal.condition}")


def _refused(refusal: Refusal, row: int, site: str, year: int | None, value: str) -> _Found:
    message = sentence(f"{messages.place(row, refusal.field)} : {refusal.message}")
    return Finding(refusal.code, row, refusal.field, value, message, sentence(refusal.fix)), RefusedKey(row, site, year)


def _judge_together(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """The rules that see more than a row: take what they refuse out of `recues_<table>`, warn about the rest.

    Only the last row of each key is judged. When it is refused the one before comes back, and all are judged again: the
    warnings are those of the rows that will be current.
    """
    if not rules.across(table.name):
        return
    received = quote(f"recues_{table.name}")
    key = ", ".join(quote(name) for name in table.primary_key)
    last = f"(FROM {received} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY rang DESC, depot_ligne DESC) = 1)"
    while refused := _judge(con, table, last):
        deposits, rows = zip(*refused, strict=True)
        con.execute(
            f"DELETE FROM {received} WHERE (depot_sha256, depot_ligne) IN (SELECT unnest($1), unnest($2))",
            [list(deposits), list(rows)],
        )


def _judge(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> list[tuple[str, int]]:
    """Add to `anomalies` the errors on rows seen together, or when none is wrong their warnings and information.

    Returns the deposit and the line of each error.
    """
    key = ", ".join(quote(name) for name in table.primary_key)
    year = "annee" if "annee" in table.column_names else "NULL"
    seen = RELATIONS[table.name](rows)
    con.execute(f"CREATE TEMP TABLE jugees AS SELECT *, row_number() OVER (ORDER BY {key}) AS juge FROM ({seen})")
    hits = rules.evaluate(con, "jugees", "juge", rules.across(table.name))
    errors = [hit for hit in hits if hit.niveau == "erreur"]
    query = f"SELECT juge, depot_sha256, depot_ligne, id_centre, {year} FROM jugees WHERE juge IN (SELECT unnest($1))"
    places = {place: line for place, *line in con.execute(query, [[hit.row for hit in hits]]).fetchall()}
    con.execute("DROP TABLE jugees")

    def heading(hit: rules.Hit) -> tuple[str, str]:
        return places[hit.row][0], hit.niveau

    for (sha256, level), told in groupby(sorted(errors or hits, key=heading), key=heading):
        _add_anomalies(con, sha256, level, [_told(hit, *places[hit.row][1:]) for hit in told])
    return [(places[hit.row][0], places[hit.row][1]) for hit in errors]


def _told(hit: rules.Hit, row: int, site: str, year: int | None) -> _Found:
    message = messages.rule(hit._replace(row=row))
    return Finding(hit.code, row, hit.champ, hit.valeur, message, hit.correction), RefusedKey(row, site, year)


def _supersede(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Split `recues_<table>` into its current rows, the last of each key, and those that another replaced."""
    received, current, replaced = quote(f"recues_{table.name}"), quote(table.name), quote(f"{table.name}_remplaces")
    key = ", ".join(quote(name) for name in table.primary_key)
    order = f"PARTITION BY {key} ORDER BY rang, depot_ligne"
    con.execute(
        f"CREATE TABLE {replaced} AS SELECT * EXCLUDE (rang), lead(depot_sha256) OVER versions AS remplace_par_sha256, "
        "lead(depot_ligne) OVER versions AS remplace_par_ligne, lead(depot_recu_le) OVER versions AS remplace_le "
        f"FROM {received} WINDOW versions AS ({order}) ORDER BY {key}, rang"
    )
    con.execute(
        f"CREATE TABLE {current} AS SELECT * EXCLUDE (remplace_par_sha256, remplace_par_ligne, remplace_le) "
        f"FROM {replaced} WHERE remplace_par_sha256 IS NULL ORDER BY {key}"
    )
    con.execute(f"DELETE FROM {replaced} WHERE remplace_par_sha256 IS NULL")
    con.execute(f"DROP TABLE {received}")


def _warn_of_changed_periods(con: duckdb.DuckDBPyConnection) -> None:
    """Warn on each reading that replaces one of the same key over other days: days may be lost or counted twice."""
    changed = con.execute(
        "SELECT n.depot_sha256, n.depot_ligne, n.id_centre, year(n.date_debut), n.date_fin, a.date_fin "
        "FROM (FROM consommations UNION ALL BY NAME FROM consommations_remplaces) AS n "
        "INNER JOIN consommations_remplaces AS a "
        "ON a.remplace_par_sha256 = n.depot_sha256 AND a.remplace_par_ligne = n.depot_ligne "
        "INNER JOIN depots AS d ON d.sha256 = n.depot_sha256 "
        "WHERE a.date_fin <> n.date_fin ORDER BY d.rang, n.depot_ligne"
    ).fetchall()
    for sha256, rows in groupby(changed, key=itemgetter(0)):
        _add_anomalies(con, sha256, "avertissement", [_changed_period(*row) for _, *row in rows])


def _changed_period(row: int, site: str, year: int, end: dt.date, replaced_end: dt.date) -> _Found:
    message = sentence(
        f"{messages.place(row, 'date_fin')} : ce relevé finit le {french(end)} et remplace celui de même premier jour, "
        f"qui finissait le {french(replaced_end)}."
    )
    fix = "Vérifiez qu'aucun jour n'est perdu ni compté deux fois ; au besoin, redéposez les relevés voisins."
    return Finding(PERIOD_CHANGED, row, "date_fin", str(end), message, sentence(fix)), RefusedKey(row, site, year)


# ---- publishing ----


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
