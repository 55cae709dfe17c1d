-- One row = one year, one nature (real or synthetic) and one group of sites: sums, ratios, distribution, coverage.
-- Energy first, ratio second: every ratio is a sum over a sum of the same rows, never a mean of ratios. Summed are the
-- rows included in the aggregates (both energies, full year, not already counted at a host). Each site stands once in
-- each dimension ('inconnu' or TX when its attribute is missing), so the groups of a dimension add up to the whole.
-- The distribution keeps only the summed rows whose PUE compares (level pleine or reservee): minimum, median and
-- maximum from 3 of them, deciles and quartiles from 8. WUE, ERF and REF may rest on fewer sites than the PUE: not
-- shown under three, like the emissions and the CUE. A site counted at its host is covered: its energy is in the sums
-- of the group of the host. part_it_mesuree: the part of the IT energy that was metered, not estimated. Emissions: the
-- summed sites whose emissions are known (a factor for their territory and year, grid electricity alone), over the IT
-- energy of the same sites for the CUE.
-- `diffusion` and the emptied cells come afterwards, from greencloud/disclosure.
WITH comptes AS (
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
    FROM _groupes_annees
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
        END AS ref,
        count(wue_l_par_kwh) AS nb_sites_wue,
        count(erf) AS nb_sites_erf,
        count(ref) AS nb_sites_ref
    FROM _groupes_annees
    WHERE inclus
    GROUP BY annee, synthetique, dimension, modalite
),

parties AS (
    SELECT
        annee,
        synthetique,
        dimension,
        modalite,
        sum(energie_mesuree_it_kwh ORDER BY id_centre) / sum(energie_it_kwh ORDER BY id_centre) AS part_it_mesuree,
        count(emissions_tco2e) AS nb_sites_carbone,
        sum(emissions_tco2e ORDER BY id_centre) AS emissions_tco2e,
        sum(it_carbone_kwh ORDER BY id_centre) AS it_carbone_kwh
    FROM _membres_agregats_annuels
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
    p.part_it_mesuree,
    coalesce(s.nb_sites_wue, 0) AS nb_sites_wue,
    coalesce(s.nb_sites_erf, 0) AS nb_sites_erf,
    coalesce(s.nb_sites_ref, 0) AS nb_sites_ref,
    coalesce(p.nb_sites_carbone, 0) AS nb_sites_carbone,
    CASE WHEN p.nb_sites_carbone >= 3 THEN p.emissions_tco2e END AS emissions_tco2e,
    CASE WHEN p.nb_sites_carbone >= 3 THEN 1000 * p.emissions_tco2e / p.it_carbone_kwh END AS cue_kgco2e_par_kwh,
    'diffuse' AS diffusion
FROM comptes AS c
LEFT JOIN sommes AS s
    ON s.annee = c.annee AND s.synthetique = c.synthetique AND s.dimension = c.dimension AND s.modalite = c.modalite
LEFT JOIN parties AS p
    ON p.annee = c.annee AND p.synthetique = c.synthetique AND p.dimension = c.dimension AND p.modalite = c.modalite
LEFT JOIN _libelles AS l ON l.dimension = c.dimension AND l.modalite = c.modalite
ORDER BY c.annee, c.synthetique, c.dimension, c.modalite
