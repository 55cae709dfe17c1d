"""Readings put together: which days of which meters count, which another deposit replaces, which no site claims.

A piece is what one deposit says of one meter for a day, or for a longer period (an index, a bill). The pieces of a
meter whose extents do not meet add up. Of two that meet, the one that covers more seconds is kept, then the one
received last; a period and the days it meets are weighed against each other as a whole. What is not kept goes to
`releves_ecartes` with its motive: energy is set aside, never lost. What a later deposit corrects is no more than
replaced, be it what had been set aside of it: only what stands has something set aside.
"""

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb

from greencloud.checking import Finding
from greencloud.checking.messages import plural
from greencloud.checking.sql import literal
from greencloud.loading import anomalies
from greencloud.loading.anomalies import Anomaly
from greencloud.readings.findings import METER
from greencloud.rules.writing import french, sentence
from greencloud.verdicts import ORIGIN

UNKNOWN, IDLE, MIXED = "compteur_inconnu", "compteur_hors_service", "nature_melangee"
FUTURE = "releve_futur"
"""The motive of what ends after the day it was received, which no meter can have told: a year mistaken, as a rule."""
LESS, REPLACED = "moins_complet", "remplace"
"""The motives of what an earlier deposit covers better, and of what a later one corrects."""
TOLD = (UNKNOWN, IDLE, MIXED, FUTURE, LESS)
"""The codes of what is told of readings that are accepted, and that do not count beside the other deposits."""
_MJ_PER_KWH = 3_600_000_000
_LISTED = 5

# Exact whole kWh and an exact remainder, whose quotient is rounded once: no sum is rounded before it is published.
KWH = (
    f"CREATE MACRO kwh(mj) AS CAST(CAST(mj AS HUGEINT) // {_MJ_PER_KWH} AS DOUBLE) "
    f"+ CAST(CAST(mj AS HUGEINT) % {_MJ_PER_KWH} AS DOUBLE) / {_MJ_PER_KWH}"
)

PIECES = {
    "nature": "VARCHAR",
    "compteur": "VARCHAR",
    "date_debut": "DATE",
    "date_fin": "DATE",
    "motif": "VARCHAR",
    "energie_mj": "BIGINT",
    "creneaux": "BIGINT",
    "creneaux_nuls": "BIGINT",
    "creneaux_estimes": "BIGINT",
    "secondes": "BIGINT",
    "secondes_attendues": "BIGINT",
    "debut_utc": "BIGINT",
    "fin_utc": "BIGINT",
    "energie_nuit_mj": "BIGINT",
    "puissance_min_mw": "BIGINT",
    "puissance_max_mw": "BIGINT",
    "pas_min": "BIGINT",
    "pas_max": "BIGINT",
    "depot_ligne": "BIGINT",
}
"""The accepted rows of readings: energies in millijoules, powers in milliwatts, extents in seconds (UTC)."""

_UNUSED = ("creneaux_nuls", "pas_min")
_MEMORY = "1500MB"
"""What the warehouse may hold before it writes aside once there are meters; a process then stays below 2 GB."""

_EMPLOYED = """
    CREATE TABLE emplois_compteurs AS
    SELECT
        row_number() OVER (ORDER BY id_centre, poste, emetteur, synthetique, id_compteur, signe, date_debut) AS emploi,
        emetteur, id_compteur, id_centre, poste, signe, point_mesure, synthetique, date_debut, date_fin
    FROM (
        SELECT
            c.* REPLACE (
                least(
                    coalesce(c.date_fin, DATE '2100-12-31'),
                    coalesce(lead(c.date_debut) OVER du_centre - 1, DATE '2100-12-31'),
                    coalesce(lead(c.date_debut) OVER du_signe - 1, DATE '2100-12-31')
                ) AS date_fin
            )
        FROM (SELECT * REPLACE (coalesce(signe, 1) AS signe) FROM compteurs WHERE signe IS DISTINCT FROM 0) AS c
        INNER JOIN depots AS d ON d.sha256 = c.depot_sha256
        WINDOW du_centre AS (
            PARTITION BY c.emetteur, c.synthetique, c.id_compteur, c.poste, c.id_centre
            ORDER BY c.date_debut, d.rang, c.depot_ligne
        ),
        du_signe AS (
            PARTITION BY c.emetteur, c.synthetique, c.id_compteur, c.poste, c.signe
            ORDER BY c.date_debut, d.rang, c.depot_ligne
        )
    )
    WHERE date_fin >= date_debut
    ORDER BY emploi
"""
_SAME_METER = "{0}.emetteur IS NOT DISTINCT FROM {1}.emetteur AND {0}.synthetique = {1}.synthetique"
_METER = "emetteur, synthetique, compteur"
_SAME_EXTENT = "{0}.rang = {1}.rang AND {0}.compteur IS NOT DISTINCT FROM {1}.compteur"  # a deposit has one sender

_EXTENTS = f"""
    CREATE OR REPLACE TEMP TABLE etendues AS
    SELECT
        {_METER},
        rang,
        min(date_debut) AS date_debut,
        max(date_fin) AS date_fin,
        min(debut_utc) AS debut_utc,
        max(fin_utc) AS fin_utc,
        bool_or(nature = 'periode') AS periodes
    FROM recues_releves
    WHERE motif IS NULL
    GROUP BY {_METER}, rang
"""
"""What a deposit tells of a meter, from its first day to its last: few rows, that spare most pieces a closer look."""


def employ(con: duckdb.DuckDBPyConnection) -> None:
    """`emplois_compteurs`: one row, `emploi`, for each meter, site and item, with the days when it counts there.

    A row of the register ends the day before the next one of the same sender, meter and item, of the same site or of
    the same sign: a meter may add to one site what it takes from another. A row whose sign is 0 is withdrawn.
    """
    con.execute(_EMPLOYED)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """`morceaux_releves`, empty, and the views `releves`, the pieces that count, and `releves_ecartes`, the others.

    There may be millions of pieces: each names its deposit by a number, which the views turn into its fingerprint.
    """
    kept = {name: kind for name, kind in PIECES.items() if name not in _UNUSED}
    columns = ", ".join(f"{name} {kind}" for name, kind in {**kept, "rang": "BIGINT", "piece": "BIGINT"}.items())
    con.execute(f"CREATE TABLE morceaux_releves ({columns})")
    con.execute(
        "CREATE VIEW recues_releves AS SELECT m.*, d.sha256 AS depot_sha256, d.emetteur, d.synthetique "
        "FROM morceaux_releves AS m INNER JOIN depots AS d ON d.rang = m.rang"
    )
    con.execute("CREATE VIEW releves AS SELECT * EXCLUDE (motif) FROM recues_releves WHERE motif IS NULL")
    con.execute("CREATE VIEW releves_ecartes AS FROM recues_releves WHERE motif IS NOT NULL")


def receive(con: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
    """The accepted pieces of the verdicts in `_acceptees`, whose files are `paths`.

    From now on what does not fit in memory is written aside, in a folder that goes with the connection.
    """
    aside = Path(tempfile.gettempdir()) / f"greencloud-{secrets.token_hex(8)}"
    con.execute(f"SET memory_limit = '{_MEMORY}'")
    con.execute(f"SET temp_directory = {literal(aside)}")
    con.execute(
        f"INSERT INTO morceaux_releves BY NAME SELECT a.* EXCLUDE ({ORIGIN}, chemin, {', '.join(_UNUSED)}), d.rang, "
        "row_number() OVER () AS piece FROM read_parquet($paths, filename = 'chemin') AS a "
        f"INNER JOIN _acceptees AS v ON v.chemin = a.chemin AND v.cle = a.{ORIGIN} "
        "INNER JOIN depots AS d ON d.sha256 = v.sha256",
        {"paths": list(paths)},
    )


def settle(con: duckdb.DuckDBPyConnection) -> None:
    """Give a motive to the pieces that no site claims, and to those that others replace, and tell their senders."""
    con.execute(_EXTENTS)
    _unclaimed(con)
    _untimely(con)
    _replace(con)
    _forget(con)
    anomalies.add(con, list(_told(con)))


def _unclaimed(con: duckdb.DuckDBPyConnection) -> None:
    """Set aside the pieces that the register gives to no site."""
    same = _SAME_METER.format("e", "r") + " AND e.id_compteur = r.compteur"
    alone = "e.emetteur IS NOT DISTINCT FROM r.emetteur AND e.id_compteur = r.compteur"
    within = f"(FROM emplois_compteurs AS e WHERE {same} AND r.date_debut >= e.date_debut AND r.date_fin <= e.date_fin)"
    con.execute(
        "UPDATE morceaux_releves SET motif = x.motif FROM (SELECT r.piece, CASE "
        f"WHEN EXISTS (FROM emplois_compteurs AS e WHERE {same}) THEN '{IDLE}' "
        f"WHEN EXISTS (FROM emplois_compteurs AS e WHERE {alone}) THEN '{MIXED}' ELSE '{UNKNOWN}' END AS motif "
        "FROM (FROM releves AS p SEMI JOIN "
        f"(FROM etendues AS r WHERE NOT EXISTS {within}) AS u ON {_SAME_EXTENT.format('p', 'u')}) AS r "
        f"WHERE NOT EXISTS {within}) AS x WHERE x.piece = morceaux_releves.piece"
    )


def _untimely(con: duckdb.DuckDBPyConnection) -> None:
    """Set aside the pieces that were not over when they were received: they would make a year of the future.

    One day is left to the territories whose day comes before the one of UTC.
    """
    con.execute(
        f"UPDATE morceaux_releves SET motif = '{FUTURE}' FROM depots AS d "
        "WHERE d.rang = morceaux_releves.rang AND (motif IS NULL OR nature = 'ecart') "
        "AND CASE nature WHEN 'ecart' THEN date_debut ELSE date_fin END > CAST(d.recu_le AS DATE) + 1"
    )


def _told(con: duckdb.DuckDBPyConnection) -> Iterator[Anomaly]:
    """Each meter of a deposit once for a motive. What a later deposit replaces is told nobody: that is a correction."""
    told = con.execute(
        "SELECT depot_sha256, numero, compteur, motif, "
        "min(depot_ligne), sum(creneaux), sum(energie_mj), list_sort(list(DISTINCT (date_debut, date_fin))) "
        "FROM (SELECT r.*, n.numero FROM recues_releves AS r INNER JOIN (SELECT depot_sha256, compteur, "
        "row_number() OVER (PARTITION BY depot_sha256 ORDER BY min(depot_ligne), compteur) AS numero "
        "FROM recues_releves WHERE compteur IS NOT NULL GROUP BY depot_sha256, compteur) AS n "
        "ON n.depot_sha256 = r.depot_sha256 AND n.compteur = r.compteur) "
        "WHERE list_contains($told, motif) GROUP BY ALL ORDER BY depot_sha256, numero, motif",
        {"told": TOLD},
    ).fetchall()
    for sha256, number, meter, code, line, slots, energy, extents in told:
        where = f"Ligne {line}, compteur n° {number} du fichier"
        if code == LESS:
            yield Anomaly(sha256, "erreur", _less(where, meter, line, slots, extents), None)
        else:
            yield Anomaly(sha256, "erreur", _finding(where, meter, code, line, slots, energy), None)


_CAUSES = {
    UNKNOWN: (
        "n'est pas au registre des compteurs déposé par le même émetteur",
        "Déposez sa ligne dans la table compteurs : ses relevés compteront sans être redéposés.",
    ),
    IDLE: (
        "n'est pas en service tous ces jours-là, d'après le registre des compteurs",
        "Corrigez date_debut ou date_fin de sa ligne dans la table compteurs : ses relevés compteront alors.",
    ),
    MIXED: (
        "et ses relevés ne sont pas de même nature : l'un est réel, l'autre fabriqué pour la démonstration",
        "Donnez à l'échantillon des numéros de compteur qui n'existent pas.",
    ),
    FUTURE: (
        "a des relevés qui finissent après le jour de leur dépôt",
        "Corrigez l'année, ou l'ordre du jour et du mois. Si leur période n'est pas finie, redéposez-les quand elle le "
        "sera.",
    ),
    LESS: (
        "a des jours ou des périodes déjà donnés par un dépôt antérieur qui les couvre mieux",
        "Pour corriger un jour, redéposez tous ses créneaux, ou le fichier entier. Si ce dépôt ne corrigeait rien, "
        "rien n'est à faire.",
    ),
}


def uncounted(code: str, line: int) -> str:
    """What is told of a meter of which readings do not count, where its finding may not be shown: no energy, no day."""
    cause, fix = _CAUSES[code]
    return sentence(f"Ligne {line} : ce compteur {cause} ; ses relevés sont gardés, mais ne comptent pas. {fix}")


def _finding(where: str, meter: str, motive: str, line: int, slots: int, energy: int) -> Finding:
    """The number of the meter stands in the value alone, which is never published."""
    cause, fix = _CAUSES[motive]
    amount = f"{plural(slots, 'créneau', 'créneaux')}, {french(energy / _MJ_PER_KWH)} kWh"
    message = f"{where} : ce compteur {cause} ({amount} mis de côté)."
    return Finding(motive, line, METER, meter, sentence(message), sentence(fix))


def _less(where: str, meter: str, line: int, slots: int, extents: Sequence[tuple[date, date]]) -> Finding:
    """Without its energy, which would tell that of the site when all but a few slots are known."""
    extent = "jour" if all(first == last for first, last in extents) else "période"
    better = f"{plural(len(extents), extent)} de ce compteur ({_extents(extents)})"
    message = (
        f"{where} : un dépôt antérieur couvre mieux {better} ; "
        f"{plural(slots, 'créneau', 'créneaux')} de ce fichier n'y {'compte' if slots == 1 else 'comptent'} pas."
    )
    return Finding(LESS, line, METER, meter, sentence(message), sentence(_CAUSES[LESS][1]))


def _extents(extents: Sequence[tuple[date, date]]) -> str:
    """Each day or period, or the first and the last day of many."""
    if len(extents) > _LISTED:
        return f"entre le {french(extents[0][0])} et le {french(max(last for _, last in extents))}"
    return ", ".join(
        french(first) if first == last else f"du {french(first)} au {french(last)}" for first, last in extents
    )


def _replace(con: duckdb.DuckDBPyConnection) -> None:
    """Of pieces of one meter that meet, keep the best; the others are replaced. Those of one deposit never meet."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE disputes AS SELECT * FROM etendues "
        f"WINDOW dates AS (PARTITION BY {_METER} ORDER BY debut_utc, rang) "
        "QUALIFY debut_utc < max(fin_utc) OVER (dates ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) "
        "OR fin_utc > lead(debut_utc) OVER dates"
    )
    if con.execute("SELECT count(*) FROM disputes").fetchall() == [(0,)]:
        return
    _rank(con, "jour")
    if con.execute("SELECT count(*) FROM disputes WHERE periodes").fetchall() != [(0,)]:
        _rank(con, "periode")
        _weigh(con)


_MEETING = f"""
    CREATE OR REPLACE TEMP TABLE rencontres AS
    WITH suivies AS (
        SELECT piece, nature, {_METER}, rang, secondes, debut_utc, fin_utc,
            max(fin_utc) OVER (
                PARTITION BY {_METER} ORDER BY debut_utc, piece ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS fin_avant
        FROM recues_releves AS r
        WHERE motif IS NULL AND {{0}} AND EXISTS (
            FROM disputes AS d WHERE {_SAME_EXTENT.format("d", "r")}
        )
    ),

    groupes AS (
        SELECT * EXCLUDE (fin_avant), sum(CASE WHEN debut_utc < fin_avant THEN 0 ELSE 1 END) OVER (
            PARTITION BY {_METER} ORDER BY debut_utc, piece
        ) AS groupe
        FROM suivies
    )

    FROM groupes QUALIFY count(*) OVER (PARTITION BY {_METER}, groupe) > 1
"""
"""The pieces that meet others of their meter, and the group of those that meet one another, step by step."""
_PAIR = (
    f"{_SAME_METER.format('a', 'b')} AND a.compteur = b.compteur AND a.groupe = b.groupe "
    "AND a.debut_utc < b.fin_utc AND b.debut_utc < a.fin_utc"
)


def _rank(con: duckdb.DuckDBPyConnection, nature: str) -> None:
    """Keep the best piece of each that meet, then the best of those that do not meet it, and so on."""
    con.execute(_MEETING.format(f"nature = '{nature}'"))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rivaux AS "
        "SELECT a.piece AS gagne, b.piece AS perd, a.rang > b.rang AS corrige FROM rencontres AS a "
        f"INNER JOIN rencontres AS b ON {_PAIR} AND (a.secondes, a.rang, a.piece) > (b.secondes, b.rang, b.piece)"
    )
    beaten = (
        "SELECT perd AS piece, bool_or(corrige) AS corrige FROM rivaux "
        "WHERE gagne NOT IN (SELECT perd FROM rivaux) GROUP BY perd"
    )
    while _set_aside(con, beaten):
        con.execute(
            "DELETE FROM rivaux WHERE gagne IN (SELECT piece FROM battues) OR perd IN (SELECT piece FROM battues)"
        )


def _weigh(con: duckdb.DuckDBPyConnection) -> None:
    """A period gives way to the days it meets when they cover more than half of it; else they give way."""
    con.execute(_MEETING.format("true"))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE pesees AS "
        "SELECT a.piece AS periode, b.piece AS jour, b.rang > a.rang AS corrige, "
        "2 * sum(b.secondes) OVER (PARTITION BY a.piece) > a.secondes AS jours_gardes FROM rencontres AS a "
        f"INNER JOIN rencontres AS b ON {_PAIR} AND a.nature = 'periode' AND b.nature = 'jour'"
    )
    _set_aside(
        con,
        "SELECT periode AS piece, bool_or(corrige) AS corrige FROM pesees WHERE jours_gardes GROUP BY periode "
        "UNION ALL SELECT jour, bool_or(NOT corrige) FROM pesees WHERE NOT jours_gardes GROUP BY jour",
    )


def _set_aside(con: duckdb.DuckDBPyConnection, beaten: str) -> int:
    """Give the pieces of a query the motive of those that others replace, and return how many there are.

    The query says of each `piece` whether a later deposit corrects it (`corrige`).
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE battues AS {beaten}")
    con.execute(
        f"UPDATE morceaux_releves SET motif = CASE WHEN b.corrige THEN '{REPLACED}' ELSE '{LESS}' END "
        "FROM battues AS b WHERE b.piece = morceaux_releves.piece"
    )
    [(number,)] = con.execute("SELECT count(*) FROM battues").fetchall()
    return int(number)


_FORGOTTEN = f"""
    WITH plusieurs AS (
        SELECT {_METER} FROM recues_releves
        GROUP BY {_METER} HAVING min(rang) <> max(rang) AND bool_or(nature = 'ecart')
    ),

    recues AS (
        SELECT r.*, CAST(date_trunc('month', r.date_debut) AS DATE) AS mois
        FROM recues_releves AS r
        WHERE EXISTS (FROM plusieurs AS p WHERE {_SAME_METER.format("p", "r")} AND p.compteur = r.compteur)
    ),

    jours AS (
        SELECT * EXCLUDE (mois), CAST(date_trunc('month', jour) AS DATE) AS mois
        FROM (
            SELECT *, CAST(unnest(generate_series(date_debut, date_fin, INTERVAL 1 DAY)) AS DATE) AS jour
            FROM recues WHERE nature <> 'ecart'
        )
    ),

    -- What a deposit told of a month, beside what was set aside.
    dits AS (
        SELECT {_METER}, rang, mois, bool_and(coalesce(motif = '{REPLACED}', false)) AS remplace
        FROM jours GROUP BY {_METER}, rang, mois
    ),

    ecarts AS (
        SELECT r.*, d.remplace
        FROM recues AS r
        LEFT JOIN dits AS d
            ON {_SAME_METER.format("d", "r")} AND d.compteur = r.compteur AND d.rang = r.rang AND d.mois = r.mois
        WHERE r.nature = 'ecart'
    )

    SELECT piece FROM ecarts WHERE remplace
    UNION ALL
    SELECT e.piece
    FROM ecarts AS e
    INNER JOIN jours AS j
        ON {_SAME_METER.format("j", "e")} AND j.compteur = e.compteur AND j.rang > e.rang AND j.mois = e.mois
    WHERE e.remplace IS NULL AND j.motif IS NULL
    GROUP BY e.piece
    HAVING count(DISTINCT j.jour) = day(last_day(any_value(e.mois)))
"""


def _forget(con: duckdb.DuckDBPyConnection) -> None:
    """What was set aside of a month goes with the rest of it, when later deposits replace all that was kept of it.

    When nothing of it was kept, they have to tell all its days: what is set aside has no day.
    """
    if con.execute("SELECT count(*) FROM morceaux_releves WHERE nature = 'ecart'").fetchall() == [(0,)]:
        return
    con.execute(f"UPDATE morceaux_releves SET motif = '{REPLACED}' WHERE piece IN ({_FORGOTTEN})")
