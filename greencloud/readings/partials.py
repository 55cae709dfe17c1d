"""What is kept and what is set aside, added up: local days, longer periods, and gaps by month and motive."""

from typing import TYPE_CHECKING

from greencloud.readings.motives import NONE
from greencloud.readings.proving import NIGHT_ENDS, NIGHT_STARTS
from greencloud.readings.zones import DAY

if TYPE_CHECKING:
    import duckdb

COLUMNS = (
    ("nature", "VARCHAR"),
    ("compteur", "VARCHAR"),
    ("date_debut", "DATE"),
    ("date_fin", "DATE"),
    ("motif", "VARCHAR"),
    ("energie_mj", "BIGINT"),
    ("creneaux", "BIGINT"),
    ("creneaux_nuls", "BIGINT"),
    ("creneaux_estimes", "BIGINT"),
    ("secondes", "BIGINT"),
    ("secondes_attendues", "BIGINT"),
    ("debut_utc", "BIGINT"),
    ("fin_utc", "BIGINT"),
    ("energie_nuit_mj", "BIGINT"),
    ("puissance_min_mw", "BIGINT"),
    ("puissance_max_mw", "BIGINT"),
    ("pas_min", "BIGINT"),
    ("pas_max", "BIGINT"),
    ("depot_ligne", "BIGINT"),
)
"""Those of a row of `partiels`, beside `fichier`; the contract of the file of accepted rows."""

_DATE = "DATE '1970-01-01' + ({})::INTEGER"


def create(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `partiels` of `jours_lus`, `juges` and `groupes`.

    A slot shorter than a day belongs whole to the local day of its start, another one to its local day if it does not
    leave it, else it is a period. Powers are the mean ones of slots, rounded down to a milliwatt.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
    con.execute(f"CREATE OR REPLACE TABLE partiels (fichier INTEGER, {columns})")
    for rows in (_proven_days(), _judged(), _gaps()):
        con.execute(f"INSERT INTO partiels BY NAME {rows}")


def _proven_days() -> str:
    """The days of which nothing is doubtful: their labels are all one offset away from UTC."""
    day = _DATE.format("jour")
    return f"""
        SELECT fichier, 'jour' AS nature, compteur, {day} AS date_debut, {day} AS date_fin,
            energie AS energie_mj, lignes AS creneaux, nuls AS creneaux_nuls, estimes AS creneaux_estimes,
            lignes * pas AS secondes, secondes AS secondes_attendues,
            premier - decalage AS debut_utc, dernier + pas - decalage AS fin_utc,
            coalesce(nuit, 0) AS energie_nuit_mj,
            moindre // pas AS puissance_min_mw, plus_forte // pas AS puissance_max_mw,
            pas AS pas_min, pas AS pas_max, ligne AS depot_ligne
        FROM jours_lus ANTI JOIN jours_douteux USING (fichier, compteur, jour)
    """


def _judged() -> str:
    """Days and periods of the slots that were judged one by one."""
    first, last = _DATE.format("s.jour"), _DATE.format("s.dernier_jour")
    return f"""
        WITH poses AS (
            SELECT g.*, f.jour, g.fin - g.debut AS duree, f.debut_utc + f.secondes AS minuit,
                g.debut + CASE WHEN f.instant IS NULL OR g.debut < f.instant THEN f.avant ELSE f.apres END AS heure
            FROM juges g ASOF JOIN jours_fuseau f ON f.fuseau = g.fuseau AND g.debut >= f.debut_utc
            WHERE g.motif = '{NONE}'
        ),
        natures AS (
            SELECT *, CASE WHEN duree < {DAY} OR fin <= minuit THEN 'jour' ELSE 'periode' END AS nature FROM poses
        ),
        -- A period has its own row, a day that of all its slots.
        termes AS (
            SELECT n.*, CASE WHEN nature = 'jour' THEN n.jour ELSE f.jour END AS dernier_jour,
                CASE WHEN nature = 'periode' THEN n.debut END AS periode
            FROM natures n ASOF JOIN jours_fuseau f ON f.fuseau = n.fuseau AND n.fin - 1 >= f.debut_utc
        ),
        sommes AS (
            SELECT fichier, compteur, fuseau, nature, jour, dernier_jour, periode,
                sum(energie) AS energie_mj,
                count(*) AS creneaux,
                count(*) FILTER (energie = 0) AS creneaux_nuls,
                count(*) FILTER (estime) AS creneaux_estimes,
                sum(duree)::BIGINT AS secondes,
                min(debut) AS debut_utc,
                max(fin) AS fin_utc,
                coalesce(sum(energie) FILTER (
                    heure % {DAY} < {NIGHT_ENDS} OR heure % {DAY} >= {NIGHT_STARTS}), 0) AS energie_nuit_mj,
                min(energie // duree) AS puissance_min_mw,
                max(energie // duree) AS puissance_max_mw,
                min(duree) AS pas_min,
                max(duree) AS pas_max,
                min(ligne) AS depot_ligne
            FROM termes
            GROUP BY ALL
        )
        SELECT s.* EXCLUDE (fuseau, jour, dernier_jour, periode, energie_nuit_mj, puissance_min_mw, puissance_max_mw),
            {first} AS date_debut, {last} AS date_fin,
            b.debut_utc + b.secondes - a.debut_utc AS secondes_attendues,
            CASE WHEN nature = 'jour' THEN s.energie_nuit_mj END AS energie_nuit_mj,
            CASE WHEN nature = 'jour' THEN s.puissance_min_mw END AS puissance_min_mw,
            CASE WHEN nature = 'jour' THEN s.puissance_max_mw END AS puissance_max_mw
        FROM sommes s
        INNER JOIN jours_fuseau a ON a.fuseau = s.fuseau AND a.jour = s.jour
        INNER JOIN jours_fuseau b ON b.fuseau = s.fuseau AND b.jour = s.dernier_jour
    """


def _gaps() -> str:
    """What is set aside, by the month of its label; a line without one has no month."""
    return f"""
        WITH ecarts AS (
            SELECT fichier, compteur, jour, motif, lignes, energie, nuls, estimes, ligne
            FROM groupes WHERE motif <> '{NONE}'
            UNION ALL
            SELECT fichier, compteur, libelle // {DAY}, motif, 1, energie, (energie = 0)::INTEGER, estime::INTEGER,
                ligne
            FROM juges WHERE motif <> '{NONE}'
        )
        SELECT fichier, 'ecart' AS nature, compteur,
            date_trunc('month', {_DATE.format("jour")})::DATE AS date_debut,
            motif::VARCHAR AS motif,
            sum(energie) AS energie_mj,
            sum(lignes)::BIGINT AS creneaux,
            sum(nuls)::BIGINT AS creneaux_nuls,
            sum(estimes)::BIGINT AS creneaux_estimes,
            min(ligne) AS depot_ligne
        FROM ecarts
        GROUP BY ALL
    """
