"""Which slots of the doubtful days are kept: no instant of a meter counts twice, and nothing is chosen by chance."""

from typing import TYPE_CHECKING

from greencloud.readings.motives import NONE

if TYPE_CHECKING:
    import duckdb


def judge(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `juges` of `creneaux`: the same lines, each with its motive.

    Lines of the very same slot are one: when their energies are the same, or when only one of them was metered and not
    estimated, one is kept. Slots that overlap, be it through others, are all set aside.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE juges AS
        WITH positions AS (
            SELECT fichier, compteur, debut, fin, count(*) AS lignes FROM creneaux WHERE motif = '{NONE}' GROUP BY ALL
        ),
        partagees AS (
            SELECT fichier, compteur, debut, fin,
                count(DISTINCT energie) AS energies,
                count(DISTINCT energie) FILTER (NOT estime) AS mesurees,
                -- The one that is kept if one is: a metered one, the first in the file.
                arg_min(id, struct_pack(estime := estime, ligne := ligne, id := id)) AS choisie,
                arg_min(energie, struct_pack(estime := estime, ligne := ligne, id := id)) AS energie_choisie
            FROM creneaux
            SEMI JOIN (FROM positions WHERE lignes > 1) USING (fichier, compteur, debut, fin)
            WHERE motif = '{NONE}'
            GROUP BY ALL
        ),
        rangees AS (
            SELECT *,
                debut < max(fin) OVER (
                    PARTITION BY fichier, compteur ORDER BY debut, fin
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS mordante
            FROM positions
        ),
        -- A slot belongs to a cluster when it bites one before it, or when the next one bites one up to it.
        grappes AS (
            SELECT *,
                coalesce(mordante, FALSE) OR coalesce(
                    lead(mordante) OVER (PARTITION BY fichier, compteur ORDER BY debut, fin), FALSE
                ) AS chevauche
            FROM rangees
        )
        SELECT c.* EXCLUDE (motif),
            CASE
                WHEN c.motif <> '{NONE}' THEN c.motif::VARCHAR
                WHEN g.chevauche THEN 'chevauchement'
                WHEN g.lignes = 1 THEN '{NONE}'
                WHEN p.energies = 1 OR p.mesurees = 1 THEN CASE
                    WHEN c.id = p.choisie THEN '{NONE}'
                    WHEN c.energie = p.energie_choisie THEN 'doublon_identique'
                    ELSE 'doublon_different' END
                ELSE 'doublon_different'
            END::motif_ecart AS motif
        FROM creneaux c
        LEFT JOIN grappes g
        ON g.fichier = c.fichier AND g.compteur = c.compteur AND g.debut = c.debut AND g.fin = c.fin
        LEFT JOIN partagees p
        ON p.fichier = c.fichier AND p.compteur = c.compteur AND p.debut = c.debut AND p.fin = c.fin
        """
    )
