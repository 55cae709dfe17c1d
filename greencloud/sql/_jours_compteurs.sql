-- One row = one meter in one item of one site and one day of which it tells something: what is kept of that day.
-- A day told by slots has its energy; one within a longer period (index, bill) is covered, but its energy is that of the
-- whole period (_periodes_compteurs): energie_mj is then empty. complet: covered from midnight to midnight.
-- Energies are whole millijoules, powers milliwatts, durations seconds: nothing is rounded here.
WITH morceaux AS (
    SELECT
        emetteur,
        synthetique,
        compteur,
        date_debut AS jour,
        energie_mj,
        secondes,
        secondes_attendues,
        energie_nuit_mj,
        puissance_min_mw,
        puissance_max_mw,
        pas_max,
        creneaux_estimes,
        rang,
        depot_ligne
    FROM releves
    WHERE nature = 'jour'
    UNION ALL BY NAME
    SELECT
        emetteur,
        synthetique,
        compteur,
        CAST(unnest(generate_series(date_debut, date_fin, INTERVAL 1 DAY)) AS DATE) AS jour,
        86400 * CAST(secondes AS HUGEINT) // secondes_attendues AS secondes,
        86400 AS secondes_attendues
    FROM releves
    WHERE nature = 'periode'
),

jours AS (
    SELECT
        emetteur,
        synthetique,
        compteur,
        jour,
        sum(energie_mj) AS energie_mj,
        CAST(least(sum(secondes), max(secondes_attendues)) AS BIGINT) AS secondes,
        max(secondes_attendues) AS secondes_attendues,
        sum(energie_nuit_mj) AS energie_nuit_mj,
        min(puissance_min_mw) AS puissance_min_mw,
        max(puissance_max_mw) AS puissance_max_mw,
        max(pas_max) AS pas_max,
        coalesce(sum(creneaux_estimes), 0) > 0 AS estime,
        min(rang) AS rang,
        arg_min(depot_ligne, rang) AS depot_ligne
    FROM morceaux
    GROUP BY emetteur, synthetique, compteur, jour
)

SELECT
    e.id_centre,
    e.poste,
    e.signe,
    j.*,
    j.secondes = j.secondes_attendues AS complet
FROM jours AS j
INNER JOIN emplois_compteurs AS e
    ON e.emetteur IS NOT DISTINCT FROM j.emetteur AND e.synthetique = j.synthetique AND e.id_compteur = j.compteur
    AND j.jour BETWEEN e.date_debut AND e.date_fin
