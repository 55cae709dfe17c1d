-- One row = one group of sites and one pair of consecutive years: what it sums in each, and what the same sites sum.
-- Current perimeter: the sums of agregats_annuels for both years, whoever is in them. Constant perimeter: only the
-- sites summed in both years with the same comparability class, so that growth or a change of definition cannot pass
-- for progress. Its sums rest on those of them that are published in their name (nb_sites_constants_nominatifs,
-- _membres_evolutions_annuelles) and are never hidden; part_constante says how much of the year they hold.
-- nb_sites = constants + modifies + entres; nb_sites_precedents = constants + modifies + sortis; a site that changes its
-- size class leaves one group and enters another.
-- Growth in per cent of the first year, of the kWh as they are: a leap year is one day longer (0.27 %).
-- `diffusion` and the emptied cells, those of the current perimeter, come afterwards, from greencloud/disclosure.
WITH annees AS (
    SELECT synthetique, min(annee) AS premiere, max(annee) AS derniere FROM _groupes_annees GROUP BY synthetique
),

cellules AS (
    SELECT DISTINCT g.annee + decalage AS annee, g.synthetique, g.dimension, g.modalite
    FROM _groupes_annees AS g
    CROSS JOIN (VALUES (0), (1)) AS decalages (decalage)
    INNER JOIN annees AS a ON a.synthetique = g.synthetique
    WHERE g.annee + decalage BETWEEN a.premiere + 1 AND a.derniere
),

constantes AS (
    SELECT
        annee,
        synthetique,
        dimension,
        modalite,
        count(*) FILTER (WHERE annee_energie = annee) AS nb_sites_nominatifs,
        sum(energie_totale_kwh ORDER BY id_centre) FILTER (WHERE annee_energie < annee) AS totale_precedente,
        sum(energie_totale_kwh ORDER BY id_centre) FILTER (WHERE annee_energie = annee) AS totale,
        sum(energie_it_kwh ORDER BY id_centre) FILTER (WHERE annee_energie < annee) AS it_precedente,
        sum(energie_it_kwh ORDER BY id_centre) FILTER (WHERE annee_energie = annee) AS it
    FROM _membres_evolutions_annuelles
    GROUP BY annee, synthetique, dimension, modalite
),

-- Sites summed in the group in both years, whatever their class or with the same one, protected or not.
communs AS (
    SELECT
        apres.annee,
        apres.synthetique,
        apres.dimension,
        apres.modalite,
        count(*) AS nb_sites,
        count(*) FILTER (WHERE avant.classe_comparabilite = apres.classe_comparabilite) AS nb_sites_constants
    FROM _membres_agregats_annuels AS apres
    INNER JOIN _membres_agregats_annuels AS avant
        ON avant.id_site = apres.id_site AND avant.annee = apres.annee - 1 AND avant.synthetique = apres.synthetique
        AND avant.dimension = apres.dimension AND avant.modalite = apres.modalite
    GROUP BY apres.annee, apres.synthetique, apres.dimension, apres.modalite
),

reunies AS (
    SELECT
        c.*,
        coalesce(avant.nb_sites_pue, 0) AS nb_sites_precedents,
        coalesce(apres.nb_sites_pue, 0) AS nb_sites,
        coalesce(m.nb_sites_constants, 0) AS nb_sites_constants,
        coalesce(k.nb_sites_nominatifs, 0) AS nb_sites_constants_nominatifs,
        coalesce(m.nb_sites, 0) AS nb_sites_communs,
        avant.energie_totale_kwh AS energie_totale_precedente_kwh,
        apres.energie_totale_kwh,
        avant.energie_it_kwh AS energie_it_precedente_kwh,
        apres.energie_it_kwh,
        avant.pue AS pue_precedent,
        apres.pue,
        k.totale_precedente AS energie_totale_constante_precedente_kwh,
        k.totale AS energie_totale_constante_kwh,
        k.it_precedente AS energie_it_constante_precedente_kwh,
        k.it AS energie_it_constante_kwh
    FROM cellules AS c
    LEFT JOIN agregats_annuels AS apres
        ON apres.annee = c.annee AND apres.synthetique = c.synthetique
        AND apres.dimension = c.dimension AND apres.modalite = c.modalite
    LEFT JOIN agregats_annuels AS avant
        ON avant.annee = c.annee - 1 AND avant.synthetique = c.synthetique
        AND avant.dimension = c.dimension AND avant.modalite = c.modalite
    LEFT JOIN constantes AS k
        ON k.annee = c.annee AND k.synthetique = c.synthetique
        AND k.dimension = c.dimension AND k.modalite = c.modalite
    LEFT JOIN communs AS m
        ON m.annee = c.annee AND m.synthetique = c.synthetique
        AND m.dimension = c.dimension AND m.modalite = c.modalite
)

SELECT
    r.annee - 1 AS annee_precedente,
    r.annee,
    r.synthetique,
    r.dimension,
    r.modalite,
    coalesce(l.libelle, r.modalite) AS libelle,
    r.nb_sites_precedents,
    r.nb_sites,
    r.nb_sites_constants,
    r.nb_sites_constants_nominatifs,
    r.nb_sites - r.nb_sites_communs AS nb_sites_entres,
    r.nb_sites_precedents - r.nb_sites_communs AS nb_sites_sortis,
    r.nb_sites_communs - r.nb_sites_constants AS nb_sites_modifies,
    r.energie_totale_precedente_kwh,
    r.energie_totale_kwh,
    100 * (r.energie_totale_kwh / r.energie_totale_precedente_kwh - 1) AS croissance_totale_pct,
    r.energie_it_precedente_kwh,
    r.energie_it_kwh,
    100 * (r.energie_it_kwh / r.energie_it_precedente_kwh - 1) AS croissance_it_pct,
    r.pue_precedent,
    r.pue,
    r.energie_totale_constante_precedente_kwh,
    r.energie_totale_constante_kwh,
    100 * (r.energie_totale_constante_kwh / r.energie_totale_constante_precedente_kwh - 1)
        AS croissance_totale_constante_pct,
    r.energie_it_constante_precedente_kwh,
    r.energie_it_constante_kwh,
    100 * (r.energie_it_constante_kwh / r.energie_it_constante_precedente_kwh - 1) AS croissance_it_constante_pct,
    r.energie_totale_constante_precedente_kwh / r.energie_it_constante_precedente_kwh AS pue_constant_precedent,
    r.energie_totale_constante_kwh / r.energie_it_constante_kwh AS pue_constant,
    r.energie_totale_constante_kwh / r.energie_totale_kwh AS part_constante,
    'diffuse' AS diffusion
FROM reunies AS r
LEFT JOIN _libelles AS l ON l.dimension = r.dimension AND l.modalite = r.modalite
ORDER BY r.annee, r.synthetique, r.dimension, r.modalite
