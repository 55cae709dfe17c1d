"""The fast way: most days of most meters are proven clean by counting, without sorting their slots.

Slots of one length, which divides the day, that start at its multiples and of which no two are the same cannot overlap.
Each sets the bit of its number in a mask of 64: they are all different when the mask has as many bits as there are
lines. No slot leaves its day; what comes from days that are not clean reaches a few days at most, which go with them.
"""

from typing import TYPE_CHECKING

from greencloud.readings.motives import NONE
from greencloud.readings.zones import DAY, legal

if TYPE_CHECKING:
    import duckdb

NIGHT_ENDS, NIGHT_STARTS = 6 * 3600, 22 * 3600
"""Seconds of the local day between which a slot does not start at night."""

REACH = 2
"""Days around an unclean one that a slot of a day at most, moved by the offset of any zone, may touch."""


def group(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `groupes` of `lignes`: one row for each file, meter, motive, length, label day and mask. The long scan."""
    con.execute(
        f"""
        CREATE OR REPLACE TABLE groupes AS
        SELECT
            fichier, compteur, motif, pas,
            libelle // {DAY} AS jour,
            ((libelle % {DAY}) // pas) >> 6 AS partie,
            count(*) AS lignes,
            sum(energie) AS energie,
            bit_or(1::UBIGINT << (((libelle % {DAY}) // pas) & 63)) AS masque,
            count(*) FILTER (libelle % pas <> 0) AS decales,
            count(*) FILTER (energie = 0) AS nuls,
            count(*) FILTER (estime) AS estimes,
            sum(energie) FILTER (libelle % {DAY} < {NIGHT_ENDS} OR libelle % {DAY} >= {NIGHT_STARTS}) AS nuit,
            min(energie) AS moindre,
            max(energie) AS plus_forte,
            min(libelle) AS premier,
            max(libelle) AS dernier,
            least(min(decalage_debut), min(decalage_fin)) AS decalage_min,
            greatest(max(decalage_debut), max(decalage_fin)) AS decalage_max,
            min(ligne) AS ligne,
            arg_min_null(brut, ligne) AS brut
        FROM lignes
        GROUP BY ALL
        """
    )


def meters(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `compteurs_lus`: the meters of each file, numbered in the order of their first lines, with their zones."""
    con.execute(
        f"""
        CREATE OR REPLACE TABLE compteurs_lus AS
        WITH vus AS (SELECT fichier, compteur, min(ligne) AS ligne FROM groupes GROUP BY ALL)
        SELECT
            vus.fichier, vus.compteur,
            CASE WHEN vus.compteur IS NOT NULL THEN row_number() OVER (
                PARTITION BY vus.fichier, vus.compteur IS NULL ORDER BY vus.ligne, vus.compteur) END AS numero,
            {legal("coalesce(c.fuseau, f.fuseau)")} AS fuseau
        FROM vus
        INNER JOIN reglages_fichier f ON f.fichier = vus.fichier
        LEFT JOIN reglages_compteur c ON c.fichier = vus.fichier AND c.compteur = vus.compteur
        """
    )


def prove(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `jours_lus` of `groupes`, one row a file, meter and label day, and `jours_douteux`, those to be judged.

    Doubtful are days that are not clean, those of a change of clock, those written with another offset than that of
    the zone, and the days near them; all days of a meter of which a slot is longer than a day.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE jours_lus AS
        WITH jours AS (
            SELECT
                fichier, compteur, jour,
                bool_and(coalesce(
                    {DAY} % pas = 0 AND decales = 0 AND bit_count(masque) = lignes, FALSE
                )) AND min(pas) = max(pas) AS net,
                min(pas) AS pas,
                max(pas) AS plus_long,
                sum(lignes)::BIGINT AS lignes,
                sum(energie) AS energie,
                sum(nuls)::BIGINT AS nuls,
                sum(estimes)::BIGINT AS estimes,
                sum(nuit) AS nuit,
                min(moindre) AS moindre,
                max(plus_forte) AS plus_forte,
                min(premier) AS premier,
                max(dernier) AS dernier,
                min(decalage_min) AS decalage_min,
                max(decalage_max) AS decalage_max,
                min(ligne) AS ligne
            FROM groupes
            WHERE motif = '{NONE}'
            GROUP BY ALL
        )
        SELECT
            j.* EXCLUDE (net, decalage_min, decalage_max),
            f.avant AS decalage, f.secondes,
            j.net AND f.instant IS NULL
                AND coalesce(j.decalage_min = f.avant AND j.decalage_max = f.avant, j.decalage_min IS NULL) AS net
        FROM jours j
        INNER JOIN compteurs_lus c ON c.fichier = j.fichier AND c.compteur = j.compteur
        INNER JOIN jours_fuseau f ON f.fuseau = c.fuseau AND f.jour = j.jour
        """
    )
    con.execute(
        f"""
        CREATE OR REPLACE TABLE jours_douteux AS
        WITH longs AS (SELECT DISTINCT fichier, compteur FROM jours_lus WHERE plus_long > {DAY}),
        voisins AS (
            SELECT DISTINCT fichier, compteur, unnest(range(jour - {REACH}, jour + {REACH} + 1)) AS jour
            FROM jours_lus
            WHERE NOT net
        )
        SELECT fichier, compteur, jour FROM jours_lus SEMI JOIN longs USING (fichier, compteur)
        UNION
        SELECT fichier, compteur, jour FROM jours_lus SEMI JOIN voisins USING (fichier, compteur, jour)
        """
    )
