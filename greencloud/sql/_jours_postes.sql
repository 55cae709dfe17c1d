-- One row = one site, one item and one day of which at least one meter tells something.
-- complet: every meter in service that day is covered from midnight to midnight by what counts in its month. mesure: by
-- its slots alone, which tell the energy of the day.
WITH lus AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        jour,
        sum(signe * energie_mj) AS energie_mj,
        count(*) FILTER (complet) AS nb_complets,
        count(*) FILTER (mesure) AS nb_mesures,
        bool_or(estime) AS estime,
        min(rang) AS rang,
        arg_min(depot_ligne, (rang, depot_ligne)) FILTER (rang IS NOT NULL) AS depot_ligne
    FROM _jours_compteurs
    GROUP BY id_centre, poste, synthetique, jour
),

attendus AS (
    SELECT l.id_centre, l.poste, l.synthetique, l.jour, count(*) AS nb_compteurs
    FROM lus AS l
    INNER JOIN emplois_compteurs AS e
        ON e.id_centre = l.id_centre AND e.poste = l.poste AND e.synthetique = l.synthetique
        AND l.jour BETWEEN e.date_debut AND e.date_fin
    GROUP BY l.id_centre, l.poste, l.synthetique, l.jour
)

SELECT
    l.id_centre,
    l.poste,
    l.synthetique,
    l.jour,
    l.energie_mj,
    l.nb_complets = a.nb_compteurs AS complet,
    l.nb_mesures = a.nb_compteurs AS mesure,
    l.estime,
    l.rang,
    l.depot_ligne
FROM lus AS l
INNER JOIN attendus AS a
    ON a.id_centre = l.id_centre AND a.poste = l.poste AND a.synthetique = l.synthetique AND a.jour = l.jour
