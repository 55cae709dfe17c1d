-- One row = one site, one item and one year that its readings touch, and whether they cover that year exactly.
-- Exactly: from 1 January to 31 December, each reading beginning the day after the one before. A reading that crosses
-- New Year covers neither year: sharing it out by days would turn a metered energy into an estimated one.
-- What is metered with a protected site is no year of another one: its indicators and its totals would tell of both.
WITH annees AS (
    SELECT r.*, unnest(range(year(r.date_debut), year(r.date_fin) + 1)) AS annee
    FROM _releves AS r
    WHERE NOT (r.de_compteurs AND EXISTS (
        FROM _postes_partages AS p WHERE p.id_centre = r.id_centre AND p.poste = r.poste
    ))
)

SELECT
    id_centre,
    poste,
    annee,
    sum(energie_kwh ORDER BY date_debut) AS energie_kwh,
    min(date_debut) = make_date(annee, 1, 1)
    AND max(date_fin) = make_date(annee, 12, 31)
    AND bool_and(date_debut = make_date(annee, 1, 1) OR date_debut = fin_precedente + 1) AS exacte,
    bool_or(coalesce(date_debut <= fin_precedente, false)) AS chevauchement,
    -- The quality of a sum is the worst of its terms; unknown ranks below metered and above estimated.
    max(coalesce(list_position(['mesure', 'point_change', '', 'estime', 'manquant'], qualite_mesure), 3))
        AS rang_qualite
FROM annees
GROUP BY id_centre, poste, annee
ORDER BY id_centre, poste, annee
