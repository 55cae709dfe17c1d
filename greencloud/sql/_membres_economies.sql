-- One row = one cell of economies and one site whose saving is summed in it; secrecy counts these.
-- A site that is already better adds 0 to the cell: it hides nobody, so it is no member.
SELECT
    annee,
    synthetique,
    scenario,
    type_hebergement_cible,
    dimension,
    modalite,
    id_centre,
    energie_totale_kwh,
    energie_it_kwh
FROM _economies_sites
WHERE statut_economie = 'economie'
ORDER BY annee, synthetique, scenario, type_hebergement_cible, dimension, modalite, id_centre
