-- One row = one cell of agregats_annuels and one site that it sums, with the energies that only some values sum.
-- energie_mesuree_it_kwh: the IT energy if it was metered, else 0. energie_carbone_kwh, it_carbone_kwh: both energies
-- if the emissions of the site are counted, else NULL.
SELECT
    annee,
    synthetique,
    dimension,
    modalite,
    id_centre,
    id_site,
    classe_comparabilite,
    energie_totale_kwh,
    energie_it_kwh,
    CASE WHEN qualite_mesure IN ('mesure', 'point_change') THEN energie_it_kwh ELSE 0 END AS energie_mesuree_it_kwh,
    CASE WHEN emissions_tco2e IS NOT NULL THEN energie_totale_kwh END AS energie_carbone_kwh,
    CASE WHEN emissions_tco2e IS NOT NULL THEN energie_it_kwh END AS it_carbone_kwh,
    emissions_tco2e
FROM _groupes_annees
WHERE inclus
ORDER BY annee, synthetique, dimension, modalite, id_centre
