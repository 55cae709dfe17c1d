-- One row = one site, one month and one item: the energy of the readings of that month, in kWh.
-- A reading that spans several months is shared out by days (repartition = prorata); its parts add up to it. A day that
-- two readings cover counts once in jours_couverts, though the energies of both are kept (chevauchement).
WITH mois_releves AS (
    SELECT
        *,
        CAST(unnest(generate_series(date_trunc('month', date_debut), date_fin, INTERVAL 1 MONTH)) AS DATE)
            AS debut_mois,
        date_fin - date_debut + 1 AS jours_releve
    FROM _releves
),

parts AS (
    SELECT
        *,
        least(date_fin, last_day(debut_mois)) - greatest(date_debut, debut_mois) + 1 AS jours,
        least(date_fin, last_day(debut_mois))
        - greatest(date_debut, debut_mois, coalesce(fin_precedente + 1, date_debut)) + 1 AS jours_nouveaux
    FROM mois_releves
)

SELECT
    id_centre,
    strftime(debut_mois, '%Y-%m') AS mois,
    poste,
    sum(energie_kwh * jours / jours_releve ORDER BY date_debut) AS energie_kwh,
    CAST(sum(greatest(jours_nouveaux, 0)) AS BIGINT) AS jours_couverts,
    last_day(debut_mois) - debut_mois + 1 AS jours_du_mois,
    CASE WHEN bool_and(jours = jours_releve) THEN 'releve' ELSE 'prorata' END AS repartition,
    count(*) AS nb_releves,
    bool_or(jours_nouveaux < jours) AS chevauchement,
    -- The worst quality of the readings; unknown ranks below metered and above estimated.
    ['mesure', 'point_change', NULL, 'estime', 'manquant'][
        max(coalesce(list_position(['mesure', 'point_change', '', 'estime', 'manquant'], qualite_mesure), 3))
    ] AS qualite_mesure,
    synthetique
FROM parts
GROUP BY id_centre, debut_mois, poste, synthetique
ORDER BY id_centre, mois, poste
