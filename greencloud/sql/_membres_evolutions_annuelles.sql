-- One row = one cell of evolutions_annuelles, one site of its constant perimeter and one of the two years compared.
-- Constant perimeter: the site is summed in both years, in the same group and with the same comparability class, so
-- that neither a new meter point, nor a new boundary, nor an estimate turned into a measure passes for progress. A site
-- taken over by another operator stays the same site (id_site). A site counted at its host is summed in no year, so it
-- cannot be counted twice here either. Only the sites published in their name: whoever reads a sum here knows each term
-- already, so that nothing of it has to be hidden, and its difference with the current sum betrays nobody.
-- annee_energie is the year of the energies: annee, or the year before it.
WITH constants AS (
    SELECT apres.annee, avant AS precedent, apres AS suivant
    FROM _membres_agregats_annuels AS apres
    INNER JOIN _membres_agregats_annuels AS avant
        ON avant.id_site = apres.id_site AND avant.annee = apres.annee - 1 AND avant.synthetique = apres.synthetique
        AND avant.dimension = apres.dimension AND avant.modalite = apres.modalite
        AND avant.classe_comparabilite = apres.classe_comparabilite
    INNER JOIN _sites AS s ON s.id_centre = apres.id_centre
    WHERE NOT s.protege
),

deux_annees AS (
    SELECT annee, unnest([precedent, suivant]) AS membre FROM constants
)

SELECT
    annee,
    membre.synthetique,
    membre.dimension,
    membre.modalite,
    membre.annee AS annee_energie,
    membre.id_centre,
    membre.energie_totale_kwh,
    membre.energie_it_kwh
FROM deux_annees
ORDER BY annee, membre.synthetique, membre.dimension, membre.modalite, annee_energie, membre.id_centre
