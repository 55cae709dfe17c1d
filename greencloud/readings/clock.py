"""Labels of the doubtful days become instants: gaps of spring, hours that autumn writes twice, offsets as written."""

from typing import TYPE_CHECKING

from greencloud.readings.energy import POWERS, millijoules
from greencloud.readings.lines import BOTH, END
from greencloud.readings.motives import NONE
from greencloud.readings.zones import DAY

if TYPE_CHECKING:
    import duckdb


def place(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `creneaux` of the lines of the doubtful days: half-open intervals of UTC seconds (`debut`, `fin`).

    `id` numbers a line. A slot that no clock could show has the motive `heure_inexistante`.
    """
    _choose(con)
    _see_the_jumps(con)
    _name_the_end_or_the_start(con)
    _tell_twice_written_hours_apart(con)
    _reckon(con)


def _choose(con: "duckdb.DuckDBPyConnection") -> None:
    con.execute(
        f"""
        CREATE OR REPLACE TABLE douteuses AS
        SELECT l.* EXCLUDE (motif, brut), c.fuseau
        FROM lignes l
        INNER JOIN jours_douteux j
        ON j.fichier = l.fichier AND j.compteur = l.compteur AND j.jour = l.libelle // {DAY}
        INNER JOIN compteurs_lus c ON c.fichier = l.fichier AND c.compteur = l.compteur
        WHERE l.motif = '{NONE}'
        """
    )


def _see_the_jumps(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `sauts`: the line at which the labels of a meter are seen to jump by what a change of clock is worth.

    Only of slots that do not divide the hour: of others, as many may be missing, and labels come twice. Where the
    stamps are ends, `au_depart` tells that they are starts and a length: the jump then comes after the change.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE sauts AS
        WITH rares AS (
            FROM douteuses
            WHERE forme <> {BOTH} AND coalesce(decalage_debut, decalage_fin) IS NULL AND 3600 % pas <> 0
        ),
        sens AS (
            SELECT fichier, compteur, arg_min(libelle, ligne) > arg_max(libelle, ligne) AS a_rebours
            FROM rares
            GROUP BY ALL
        ),
        suivies AS (
            SELECT r.*, s.a_rebours,
                CASE WHEN forme = {END} THEN libelle + pas ELSE libelle END AS repere,
                lag(libelle + pas) OVER dans_le_temps AS terme_avant,
                lag(pas) OVER dans_le_temps AS pas_avant
            FROM rares r INNER JOIN sens s ON s.fichier = r.fichier AND s.compteur = r.compteur
            WINDOW dans_le_temps AS (
                PARTITION BY r.fichier, r.compteur ORDER BY CASE WHEN s.a_rebours THEN -ligne ELSE ligne END
            )
        ),
        -- How long after the change the slot starts.
        changees AS (
            SELECT s.*, f.instant, s.libelle - f.apres - f.instant AS retard
            FROM suivies s
            INNER JOIN jours_fuseau f ON f.fuseau = s.fuseau AND f.jour = s.repere // {DAY}
            WHERE f.instant IS NOT NULL AND s.libelle = s.terme_avant - (f.avant - f.apres)
        )
        SELECT fichier, compteur, instant, ligne, a_rebours, forme = {END} AND retard >= 0 AS au_depart
        FROM changees
        WHERE CASE WHEN retard < 0 THEN forme = {END} AND retard + pas >= 0 ELSE retard < pas_avant END
        QUALIFY count(*) OVER (PARTITION BY fichier, compteur, instant) = 1
        """
    )


def _name_the_end_or_the_start(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `reperees`: each line with the label and the offset that place it, and the day of that label.

    In autumn the end of a slot is written in two ways: what a clock shows at that instant (02:00 twice, 03:00 once) or
    the label of its start plus its length (02:00 once, 03:00 twice). Which one a meter's lines follow is told by the
    label that comes oftener, or by the place of the jump; in the second way it is the start that is written.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TABLE reperees AS
        WITH fins AS (
            SELECT d.*, libelle + pas AS repere, f.instant, f.bas, f.haut, f.avant > f.apres AS en_automne
            FROM douteuses d
            INNER JOIN jours_fuseau f ON f.fuseau = d.fuseau AND f.jour = (d.libelle + d.pas) // {DAY}
            WHERE d.forme = {END} AND d.decalage_fin IS NULL AND f.instant IS NOT NULL
        ),
        departs AS (
            SELECT fichier, compteur, instant,
                en_automne AND count(*) FILTER (repere = haut) > count(*) FILTER (repere = bas) AS au_depart
            FROM fins
            GROUP BY fichier, compteur, instant, en_automne
        ),
        tournees AS (
            SELECT fins.id, TRUE AS au_depart
            FROM fins
            INNER JOIN departs USING (fichier, compteur, instant)
            LEFT JOIN sauts USING (fichier, compteur, instant)
            WHERE coalesce(sauts.au_depart, departs.au_depart)
        ),
        formees AS (
            SELECT d.*, d.forme = {END} AND t.au_depart IS NULL AS a_la_fin
            FROM douteuses d LEFT JOIN tournees t ON t.id = d.id
        ),
        reperes AS (
            SELECT *,
                CASE WHEN a_la_fin THEN libelle + pas ELSE libelle END AS repere,
                CASE WHEN a_la_fin THEN decalage_fin ELSE decalage_debut END AS decalage
            FROM formees
        )
        SELECT r.*, f.avant, f.apres, f.instant, f.bas, f.haut,
            coalesce(r.decalage IS NULL AND r.repere >= f.bas AND r.repere < f.haut, FALSE) AS trouble
        FROM reperes r
        INNER JOIN jours_fuseau f ON f.fuseau = r.fuseau AND f.jour = r.repere // {DAY}
        """
    )


def _tell_twice_written_hours_apart(con: "duckdb.DuckDBPyConnection") -> None:
    """Make `secondes_fois`: the lines of a label that autumn writes twice which stand for its second time.

    The order of the lines tells, backwards in a file that goes backwards in time: from the jump on, where one is seen.
    When there are more than two, two different energies are one each; else the first half is the first time.
    """
    con.execute(
        """
        CREATE OR REPLACE TABLE secondes_fois AS
        WITH sens AS (
            SELECT fichier, compteur, instant, arg_min(repere, ligne) > arg_max(repere, ligne) AS a_rebours
            FROM reperees
            WHERE instant IS NOT NULL AND NOT trouble
            GROUP BY ALL
        ),
        rangees AS (
            SELECT id, r.fichier, r.compteur, repere, coalesce(energie, micro) AS valeur,
                row_number() OVER (
                    PARTITION BY r.fichier, r.compteur, repere ORDER BY CASE WHEN s.a_rebours THEN -ligne ELSE ligne END
                ) AS rang
            FROM reperees r
            LEFT JOIN sens s ON s.fichier = r.fichier AND s.compteur = r.compteur AND s.instant = r.instant
            ANTI JOIN sauts ON sauts.fichier = r.fichier AND sauts.compteur = r.compteur AND sauts.instant = r.instant
            WHERE r.trouble AND r.avant > r.apres
        ),
        valeurs AS (
            SELECT *,
                min(rang) OVER (PARTITION BY fichier, compteur, repere, valeur) AS premier_rang,
                count(*) OVER (PARTITION BY fichier, compteur, repere) AS nombre,
                count(DISTINCT valeur) OVER (PARTITION BY fichier, compteur, repere) AS valeurs
            FROM rangees
        )
        SELECT id FROM valeurs
        WHERE CASE WHEN nombre > 2 AND valeurs = 2 THEN premier_rang > 1 ELSE 2 * rang > nombre AND nombre > 1 END
        UNION ALL
        SELECT r.id
        FROM reperees r
        INNER JOIN sauts s ON s.fichier = r.fichier AND s.compteur = r.compteur AND s.instant = r.instant
        WHERE r.trouble AND r.avant > r.apres
            AND CASE WHEN s.a_rebours THEN r.ligne <= s.ligne ELSE r.ligne >= s.ligne END
        """
    )


def _reckon(con: "duckdb.DuckDBPyConnection") -> None:
    """A slot is as long as its labels say; one of which both ends are labels, as long as the clock says."""
    powers = ", ".join(repr(unit) for unit in POWERS)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE creneaux AS
        WITH places AS (
            SELECT r.*,
                r.repere - CASE
                    WHEN r.decalage IS NOT NULL THEN r.decalage
                    WHEN r.instant IS NULL OR r.repere < r.bas THEN r.avant
                    WHEN r.repere >= r.haut OR s.id IS NOT NULL THEN r.apres
                    ELSE r.avant END AS place,
                -- At the label of the change itself a slot may end, and none starts.
                coalesce(r.trouble AND r.avant < r.apres AND NOT (r.a_la_fin AND r.repere = r.bas), FALSE) AS trou
            FROM reperees r LEFT JOIN secondes_fois s ON s.id = r.id
        ),
        -- The label of the other end, where it counts.
        deux AS (
            SELECT p.*, libelle + p.pas
                + CASE WHEN decalage_debut IS NOT NULL AND decalage_fin IS NOT NULL
                    THEN decalage_fin - decalage_debut ELSE 0 END AS terme
            FROM places p
        ),
        termines AS (
            SELECT d.* EXCLUDE (avant, apres, instant, bas, haut),
                CASE
                    WHEN d.forme <> {BOTH} THEN d.pas
                    WHEN d.decalage_fin IS NOT NULL THEN d.terme - d.decalage_fin - d.place
                    -- Within the hour written twice, labels tell a length and not which time they are.
                    WHEN f.avant > f.apres AND d.pas < {DAY} AND (d.trouble OR (d.terme >= f.bas AND d.terme < f.haut))
                        THEN d.pas + CASE WHEN d.pas > 0 THEN 0 ELSE f.avant - f.apres END
                    ELSE d.terme - d.place - CASE
                        WHEN f.instant IS NULL OR d.terme < f.haut AND f.avant > f.apres OR d.terme <= f.bas
                        THEN f.avant ELSE f.apres END
                END AS duree,
                d.trou OR coalesce(
                    d.forme = {BOTH} AND d.decalage_fin IS NULL AND f.avant < f.apres
                    AND d.terme > f.bas AND d.terme < f.haut, FALSE
                ) AS inexistante
            FROM deux d INNER JOIN jours_fuseau f ON f.fuseau = d.fuseau AND f.jour = d.terme // {DAY}
        )
        SELECT
            id, fichier, ligne, compteur, fuseau, estime, libelle,
            CASE WHEN a_la_fin AND forme <> {BOTH} THEN place - duree ELSE place END AS debut,
            CASE WHEN a_la_fin AND forme <> {BOTH} THEN place ELSE place + duree END AS fin,
            CASE WHEN unite IN ({powers}) AND duree > 0 THEN {millijoules("micro", "unite", "duree")}
                ELSE energie END AS energie,
            CASE WHEN inexistante THEN 'heure_inexistante' WHEN duree <= 0 THEN 'pas_inconnu'
                ELSE '{NONE}' END::motif_ecart AS motif
        FROM termines
        """
    )
