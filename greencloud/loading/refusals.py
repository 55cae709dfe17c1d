"""Why a row that was accepted alone is refused, or warned about, once all deposits are together."""

import datetime as dt
from dataclasses import dataclass

import duckdb

from greencloud import rules
from greencloud.checking import Finding, messages
from greencloud.loading import anomalies
from greencloud.loading.anomalies import Anomaly
from greencloud.rules.context import RELATIONS
from greencloud.rules.writing import french, sentence
from greencloud.tables import Table, quote
from greencloud.verdicts import RefusedKey


@dataclass(frozen=True)
class Refusal:
    """A reason to refuse an accepted row `r` once all deposits are known: an SQL condition and French sentences."""

    tables: tuple[str, ...]
    code: str
    field: str
    condition: str
    message: str
    fix: str


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
        ("consommations",),
        "date_hors_plage",
        "date_debut",
        "r.date_debut > r.depot_recu_le",
        "Le relevé commence après le jour de son dépôt.",
        "Corrigez l'année, ou l'ordre du jour et du mois.",
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
        ("declarations", "consommations", "compteurs"),
        "nature_melangee",
        "id_centre",
        "EXISTS (FROM centres AS c WHERE c.id_centre = r.id_centre AND c.synthetique <> r.synthetique)",
        "La ligne et le centre ne sont pas de même nature : l'un est réel, l'autre fabriqué pour la démonstration.",
        "Déposez d'abord la ligne réelle du centre dans la table centres, ou changez l'identifiant de l'échantillon.",
    ),
    Refusal(
        ("declarations", "consommations", "compteurs"),
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


_Found = tuple[Finding, RefusedKey | None]


def refuse(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Take out of `recues_<name>` the rows that the other deposits make impossible, each with its reason."""
    received = quote(f"recues_{name}")
    year = {"declarations": "annee", "consommations": "year(date_debut)"}.get(name, "NULL")
    for refusal in (refusal for refusal in REFUSALS if name in refusal.tables):
        refused = con.execute(
            f"SELECT depot_sha256, depot_ligne, id_centre, {year}, CAST({quote(refusal.field)} AS VARCHAR) "
            f"FROM {received} AS r WHERE {refusal.condition} ORDER BY rang, depot_ligne"
        ).fetchall()
        anomalies.add(con, [Anomaly(sha256, "erreur", *_refused(refusal, *row)) for sha256, *row in refused])
        con.execute(f"DELETE FROM {received} AS r WHERE {refusal.condition}")


def _refused(refusal: Refusal, row: int, site: str, year: int | None, value: str) -> _Found:
    message = sentence(f"{messages.place(row, refusal.field)} : {refusal.message}")
    return Finding(refusal.code, row, refusal.field, value, message, sentence(refusal.fix)), RefusedKey(row, site, year)


def judge_together(con: duckdb.DuckDBPyConnection, table: Table) -> None:
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

    told = sorted(errors or hits, key=lambda hit: (places[hit.row][0], hit.niveau))
    anomalies.add(con, [Anomaly(places[hit.row][0], hit.niveau, *_told(hit, *places[hit.row][1:])) for hit in told])
    return [(places[hit.row][0], places[hit.row][1]) for hit in errors]


def _told(hit: rules.Hit, row: int, site: str, year: int | None) -> _Found:
    message = messages.rule(hit._replace(row=row))
    return Finding(hit.code, row, hit.champ, hit.valeur, message, hit.correction), RefusedKey(row, site, year)


def warn_of_changed_periods(con: duckdb.DuckDBPyConnection) -> None:
    """Warn on each reading that replaces one of the same key over other days: days may be lost or counted twice."""
    changed = con.execute(
        "SELECT n.depot_sha256, n.depot_ligne, n.id_centre, year(n.date_debut), n.date_fin, a.date_fin "
        "FROM (FROM consommations UNION ALL BY NAME FROM consommations_remplaces) AS n "
        "INNER JOIN consommations_remplaces AS a "
        "ON a.remplace_par_sha256 = n.depot_sha256 AND a.remplace_par_ligne = n.depot_ligne "
        "INNER JOIN depots AS d ON d.sha256 = n.depot_sha256 "
        "WHERE a.date_fin <> n.date_fin ORDER BY d.rang, n.depot_ligne"
    ).fetchall()
    anomalies.add(con, [Anomaly(sha256, "avertissement", *_changed_period(*row)) for sha256, *row in changed])


def _changed_period(row: int, site: str, year: int, end: dt.date, replaced_end: dt.date) -> _Found:
    message = sentence(
        f"{messages.place(row, 'date_fin')} : ce relevé finit le {french(end)} et remplace celui de même premier jour, "
        f"qui finissait le {french(replaced_end)}."
    )
    fix = "Vérifiez qu'aucun jour n'est perdu ni compté deux fois ; au besoin, redéposez les relevés voisins."
    return Finding(PERIOD_CHANGED, row, "date_fin", str(end), message, sentence(fix)), RefusedKey(row, site, year)
