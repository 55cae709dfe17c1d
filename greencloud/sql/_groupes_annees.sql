-- One row = one site and one year in one group of the aggregates, summed there (inclus) or only counted.
-- Every site that was expected or gave something that year, once in each dimension: 'inconnu', or TX, when its
-- attribute is missing. couvert: its energy is in the sums, its own or those of its host.
SELECT
    c.annee,
    c.synthetique,
    c.id_centre,
    s.id_site,
    c.attendu,
    c.statut IN ('complet', 'partiel') AS declarant,
    c.puissance_it_installee_kw AS kw,
    coalesce(i.inclus_dans_agregats, false) AS inclus,
    coalesce(i.inclus_dans_agregats OR i.motif_exclusion = 'compte_chez_hote', false) AS couvert,
    i.classe_comparabilite,
    CASE WHEN i.niveau_comparabilite IN ('pleine', 'reservee') THEN i.pue_calcule END AS pue_comparable,
    i.energie_totale_kwh,
    i.energie_it_kwh,
    i.qualite_mesure,
    i.eau_totale_m3,
    i.wue_l_par_kwh,
    i.chaleur_valorisee_kwh,
    i.erf,
    i.energie_renouvelable_kwh,
    i.ref,
    i.emissions_tco2e,
    unnest(['ensemble', 'type_hebergement', 'categorie_organisme', 'region', 'classe_taille']) AS dimension,
    unnest([
        'ensemble',
        coalesce(c.type_hebergement, 'inconnu'),
        coalesce(c.categorie_organisme, 'inconnu'),
        coalesce(c.code_region, 'inconnu'),
        coalesce(t.classe_taille, 'TX')
    ]) AS modalite
FROM couverture AS c
INNER JOIN _identites AS s ON s.id_centre = c.id_centre
LEFT JOIN indicateurs_annuels AS i ON i.id_centre = c.id_centre AND i.annee = c.annee
LEFT JOIN _classes_taille AS t
    ON c.puissance_it_installee_kw >= t.kw_min AND c.puissance_it_installee_kw < t.kw_max
WHERE c.attendu OR i.id_centre IS NOT NULL
ORDER BY c.annee, c.synthetique, dimension, modalite, c.id_centre
