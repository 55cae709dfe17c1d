-- One row = one meter in one item of one site and one day of which it tells something: what is kept of that day.
-- A day told by slots has its energy; one within a longer period (index, bill) is covered, but its energy is that of the
-- whole period (_periodes_compteurs): energie_mj is then empty. What is covered is counted three times: by slots, which
-- tell the energy of the day itself; also by periods within one month, and by those within one year, whose energy is that
-- of the month, or of the year. A period that crosses a month gives it no energy, so it covers none of its days.
-- One that is not whole within the days of the meter in that item and site gives it no energy either.
-- A period covers the days within it whole; what it lacks, it lacks on its first and its last day, half each (a choice
-- of the project: nothing here tells how much of which).
-- Employs of a meter in one item of one site share no day: to add up by employ, a number, is to add up by meter.
-- Energies are whole millijoules, powers milliwatts, durations seconds: nothing is rounded here.
WITH comptes AS (
    SELECT e.emploi, r.*
    FROM releves AS r
    INNER JOIN emplois_compteurs AS e
        ON e.emetteur IS NOT DISTINCT FROM r.emetteur AND e.synthetique = r.synthetique AND e.id_compteur = r.compteur
        AND r.date_debut >= e.date_debut AND r.date_fin <= e.date_fin
),

jours_periodes AS (
    SELECT
        *,
        CASE
            WHEN date_debut = date_fin THEN 86400 * CAST(secondes AS HUGEINT) // secondes_attendues
            WHEN jour = date_debut THEN greatest(86400 - (manquantes + 1) // 2, 0)
            WHEN jour = date_fin THEN greatest(86400 - manquantes // 2, 0)
            ELSE 86400
        END AS secondes_jour
    FROM (
        SELECT
            *,
            secondes_attendues - secondes AS manquantes,
            CAST(unnest(generate_series(date_debut, date_fin, INTERVAL 1 DAY)) AS DATE) AS jour
        FROM comptes
        WHERE nature = 'periode'
    )
),

morceaux AS (
    SELECT
        emploi,
        date_debut AS jour,
        energie_mj,
        secondes AS secondes_creneaux,
        secondes AS secondes_mois,
        secondes AS secondes_annee,
        secondes_attendues,
        energie_nuit_mj,
        puissance_min_mw,
        puissance_max_mw,
        pas_max,
        creneaux_estimes,
        rang,
        depot_ligne
    FROM comptes
    WHERE nature = 'jour'
    UNION ALL BY NAME
    SELECT
        emploi,
        jour,
        CASE WHEN date_trunc('month', date_debut) = date_trunc('month', date_fin)
            THEN secondes_jour
        END AS secondes_mois,
        CASE WHEN year(date_debut) = year(date_fin) THEN secondes_jour END AS secondes_annee,
        86400 AS secondes_attendues
    FROM jours_periodes
),

jours AS (
    SELECT
        emploi,
        jour,
        sum(energie_mj) AS energie_mj,
        CAST(least(coalesce(sum(secondes_creneaux), 0), max(secondes_attendues)) AS BIGINT) AS secondes_creneaux,
        CAST(least(coalesce(sum(secondes_mois), 0), max(secondes_attendues)) AS BIGINT) AS secondes_mois,
        CAST(least(coalesce(sum(secondes_annee), 0), max(secondes_attendues)) AS BIGINT) AS secondes_annee,
        max(secondes_attendues) AS secondes_attendues,
        sum(energie_nuit_mj) AS energie_nuit_mj,
        min(puissance_min_mw) AS puissance_min_mw,
        max(puissance_max_mw) AS puissance_max_mw,
        max(pas_max) AS pas_max,
        coalesce(sum(creneaux_estimes), 0) > 0 AS estime,
        min(rang) AS rang,
        arg_min(depot_ligne, (rang, depot_ligne)) FILTER (rang IS NOT NULL) AS depot_ligne
    FROM morceaux
    GROUP BY emploi, jour
)

SELECT
    e.id_centre,
    e.poste,
    e.signe,
    e.emetteur,
    e.synthetique,
    e.id_compteur AS compteur,
    j.* EXCLUDE (emploi),
    j.secondes_mois = j.secondes_attendues AS complet,
    j.secondes_creneaux = j.secondes_attendues AS mesure
FROM jours AS j
INNER JOIN emplois_compteurs AS e ON e.emploi = j.emploi
