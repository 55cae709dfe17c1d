-- One row = one site, one item, one year and one motive for which energy of its meters is set aside: how much, unsigned.
-- What a meter gave belongs to the site and item where it counted that day or, for what is told by months or periods, where
-- it first counted then; to a protected site before any other, so that nothing of it is told of another.
-- What a later deposit replaces does not stand any more: nothing of it is set aside. What is dated after its deposit is of no
-- year: it is in the refusals alone.
-- A period that crosses New Year is set aside of both years, and told in its first one.
WITH ecartes AS (
    SELECT
        *,
        CASE WHEN nature = 'ecart' THEN last_day(date_debut) ELSE date_fin END AS dernier_jour
    FROM releves_ecartes
    WHERE motif NOT IN ('remplace', 'releve_futur') AND year(date_debut) BETWEEN 2000 AND 2100
),

attribues AS (
    SELECT e.id_centre, e.poste, x.synthetique, year(x.date_debut) AS annee, x.motif, x.energie_mj
    FROM ecartes AS x
    INNER JOIN emplois_compteurs AS e
        ON e.emetteur IS NOT DISTINCT FROM x.emetteur AND e.synthetique = x.synthetique AND e.id_compteur = x.compteur
        AND x.date_debut <= e.date_fin AND x.dernier_jour >= e.date_debut
    INNER JOIN _sites AS s ON s.id_centre = e.id_centre
    QUALIFY row_number() OVER (PARTITION BY x.piece, e.poste ORDER BY s.protege DESC, e.date_debut, e.id_centre) = 1
    UNION ALL BY NAME
    SELECT id_centre, poste, synthetique, year(date_debut) AS annee, 'periode_sur_deux_annees' AS motif, energie_mj
    FROM _periodes_compteurs
    WHERE year(date_debut) <> year(date_fin)
)

SELECT id_centre, poste, synthetique, annee, motif, sum(abs(energie_mj)) AS energie_mj
FROM attribues
GROUP BY id_centre, poste, synthetique, annee, motif
