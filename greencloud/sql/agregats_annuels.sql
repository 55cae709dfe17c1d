-- One row = one year, one nature (real or synthetic) and one group of sites: sums, ratios, distribution, coverage.
-- Energy first, ratio second: every ratio is a sum over a sum of the same rows, never a mean of ratios. Summed are the
-- rows included in the aggregates (both energies, full year, not already counted at a host). Each site stands once in
-- each dimension ('inconnu' or TX when its attribute is missing), so the groups of a dimension add up to the whole.
-- The distribution keeps only the summed rows whose PUE compares (level pleine or reservee): minimum, median and maximum
-- from 3 of them, deciles and quartiles from 8. WUE, ERF and REF may rest on fewer sites than the PUE: not shown under
-- three. A site counted at its host is covered: its energy is in the sums of the group of the host.
-- `diffusion` and the emptied cells come afterwards, from greencloud/disclosure.py.
WITH membres AS (
    SELECT
        c.annee,
        c.synthetique,
        c.id_centre,
        c.attendu,
        c.statut IN ('complet', 'partiel') AS declarant,
        c.puissance_it_installee_kw AS kw,
        coalesce(i.inclus_dans_agregats, false) AS inclus,
        coalesce(i.inclus_dans_agregats OR i.motif_exclusion = 'compte_chez_hote', false) AS couvert,
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
        unnest(['ensemble', 'type_hebergement', 'categorie_organisme', 'region', 'classe_taille']) AS dimension,
        unnest([
            'ensemble',
            coalesce(c.type_hebergement, 'inconnu'),
            coalesce(c.categorie_organisme, 'inconnu'),
            coalesce(c.code_region, 'inconnu'),
            coalesce(t.classe_taille, 'TX')
        ]) AS modalite
    FROM couverture AS c
    LEFT JOIN indicateurs_annuels AS i ON i.id_centre = c.id_centre AND i.annee = c.annee
    LEFT JOIN _classes_taille AS t
        ON c.puissance_it_installee_kw >= t.kw_min AND c.puissance_it_installee_kw < t.kw_max
    WHERE c.attendu OR i.id_centre IS NOT NULL
),

comptes AS (
    SELECT
        annee,
        synthetique,
        dimension,
        modalite,
        count(*) FILTER (WHERE attendu) AS nb_sites_attendus,
        count(*) FILTER (WHERE declarant) AS nb_sites_declarants,
        count(*) FILTER (WHERE attendu AND couvert) / nullif(count(*) FILTER (WHERE attendu), 0) AS couverture_sites,
        coalesce(sum(kw ORDER BY id_centre) FILTER (WHERE attendu AND couvert), 0)
        / nullif(sum(kw ORDER BY id_centre) FILTER (WHERE attendu), 0) AS couverture_puissance
    FROM membres
    GROUP BY annee, synthetique, dimension, modalite
),

sommes AS (
    SELECT
        annee,
        synthetique,
        dimension,
        modalite,
        count(*) AS nb_sites_pue,
        count(pue_comparable) AS nb_sites_distribution,
        count(*) FILTER (WHERE qualite_mesure IN ('estime', 'manquant')) AS nb_sites_estimes,
        sum(energie_totale_kwh ORDER BY id_centre) AS energie_totale_kwh,
        sum(energie_it_kwh ORDER BY id_centre) AS energie_it_kwh,
        min(pue_comparable) AS pue_minimum,
        quantile_cont(pue_comparable, 0.1) AS pue_decile_1,
        quantile_cont(pue_comparable, 0.25) AS pue_quartile_1,
        quantile_cont(pue_comparable, 0.5) AS pue_mediane,
        quantile_cont(pue_comparable, 0.75) AS pue_quartile_3,
        quantile_cont(pue_comparable, 0.9) AS pue_decile_9,
        max(pue_comparable) AS pue_maximum,
        CASE WHEN count(wue_l_par_kwh) >= 3 THEN
            1000 * sum(eau_totale_m3 ORDER BY id_centre) FILTER (WHERE wue_l_par_kwh IS NOT NULL)
            / sum(energie_it_kwh ORDER BY id_centre) FILTER (WHERE wue_l_par_kwh IS NOT NULL)
        END AS wue_l_par_kwh,
        CASE WHEN count(erf) >= 3 THEN
            sum(chaleur_valorisee_kwh ORDER BY id_centre) FILTER (WHERE erf IS NOT NULL)
            / sum(energie_totale_kwh ORDER BY id_centre) FILTER (WHERE erf IS NOT NULL)
        END AS erf,
        CASE WHEN count(ref) >= 3 THEN
            sum(energie_renouvelable_kwh ORDER BY id_centre) FILTER (WHERE ref IS NOT NULL)
            / sum(energie_totale_kwh ORDER BY id_centre) FILTER (WHERE ref IS NOT NULL)
        END AS ref
    FROM membres
    WHERE inclus
    GROUP BY annee, synthetique, dimension, modalite
)

SELECT
    c.annee,
    c.synthetique,
    c.dimension,
    c.modalite,
    coalesce(l.libelle, c.modalite) AS libelle,
    c.nb_sites_attendus,
    c.nb_sites_declarants,
    coalesce(s.nb_sites_pue, 0) AS nb_sites_pue,
    coalesce(s.nb_sites_distribution, 0) AS nb_sites_distribution,
    coalesce(s.nb_sites_estimes, 0) AS nb_sites_estimes,
    c.couverture_sites,
    c.couverture_puissance,
    s.energie_totale_kwh,
    s.energie_it_kwh,
    s.energie_totale_kwh / s.energie_it_kwh AS pue,
    CASE WHEN s.nb_sites_distribution >= 3 THEN s.pue_minimum END AS pue_minimum,
    CASE WHEN s.nb_sites_distribution >= 8 THEN s.pue_decile_1 END AS pue_decile_1,
    CASE WHEN s.nb_sites_distribution >= 8 THEN s.pue_quartile_1 END AS pue_quartile_1,
    CASE WHEN s.nb_sites_distribution >= 3 THEN s.pue_mediane END AS pue_mediane,
    CASE WHEN s.nb_sites_distribution >= 8 THEN s.pue_quartile_3 END AS pue_quartile_3,
    CASE WHEN s.nb_sites_distribution >= 8 THEN s.pue_decile_9 END AS pue_decile_9,
    CASE WHEN s.nb_sites_distribution >= 3 THEN s.pue_maximum END AS pue_maximum,
    s.wue_l_par_kwh,
    s.erf,
    s.ref,
    'diffuse' AS diffusion
FROM comptes AS c
LEFT JOIN sommes AS s
    ON s.annee = c.annee AND s.synthetique = c.synthetique AND s.dimension = c.dimension AND s.modalite = c.modalite
LEFT JOIN _libelles AS l ON l.dimension = c.dimension AND l.modalite = c.modalite
ORDER BY c.annee, c.synthetique, c.dimension, c.modalite
