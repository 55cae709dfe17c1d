-- One row = one year, one nature (real or synthetic), one scenario (with its target) and one group: what it would save.
-- Sums over sites of _economies_sites, where each term is worked out. No site left, no figure; only sites that are
-- already better: 0. The tCO2e are those of the sites that have a factor; how many have none stands beside them.
-- part_economisee is given for the move alone, whose 2017 claim it puts to the test: it gives away the energy of the sites
-- that save, and in the other scenarios secrecy would have to hide their savings for it.
-- `diffusion` and the emptied cells come afterwards, from greencloud/disclosure.
WITH cellules AS (
    SELECT DISTINCT
        c.annee,
        c.synthetique,
        h.scenario,
        h.type_hebergement_cible,
        h.hypotheses,
        unnest(['ensemble', 'type_hebergement']) AS dimension,
        unnest(['ensemble', coalesce(c.type_hebergement, 'inconnu')]) AS modalite
    FROM couverture AS c
    CROSS JOIN _hypotheses_economies AS h
),

sommes AS (
    SELECT
        annee,
        synthetique,
        scenario,
        type_hebergement_cible,
        dimension,
        modalite,
        count(*) AS nb_sites_comparables,
        count(*) FILTER (WHERE statut_economie = 'economie') AS nb_sites_economie,
        count(*) FILTER (WHERE statut_economie = 'deja_mieux') AS nb_sites_deja_mieux,
        count(*) FILTER (WHERE statut_economie = 'sans_pairs') AS nb_sites_sans_pairs,
        count(*) FILTER (WHERE statut_economie = 'hors_champ') AS nb_sites_hors_champ,
        count(motif_absence_tco2e) AS nb_sites_sans_facteur,
        sum(energie_totale_kwh ORDER BY id_centre) FILTER (WHERE statut_economie = 'economie') AS energie_totale_kwh,
        sum(economie_basse_kwh ORDER BY id_centre) AS economie_basse_kwh,
        sum(economie_centrale_kwh ORDER BY id_centre) AS economie_centrale_kwh,
        sum(economie_haute_kwh ORDER BY id_centre) AS economie_haute_kwh,
        sum(economie_basse_eur ORDER BY id_centre) AS economie_basse_eur,
        sum(economie_centrale_eur ORDER BY id_centre) AS economie_centrale_eur,
        sum(economie_haute_eur ORDER BY id_centre) AS economie_haute_eur,
        sum(economie_basse_tco2e ORDER BY id_centre) AS economie_basse_tco2e,
        sum(economie_centrale_tco2e ORDER BY id_centre) AS economie_centrale_tco2e,
        sum(economie_haute_tco2e ORDER BY id_centre) AS economie_haute_tco2e,
        string_agg(DISTINCT facteur_emission, ' | ' ORDER BY facteur_emission) AS facteurs_emission
    FROM _economies_sites
    GROUP BY annee, synthetique, scenario, type_hebergement_cible, dimension, modalite
)

SELECT
    c.annee,
    c.synthetique,
    c.scenario,
    c.type_hebergement_cible,
    c.dimension,
    c.modalite,
    l.libelle,
    c.hypotheses,
    coalesce(s.nb_sites_comparables, 0) AS nb_sites_comparables,
    coalesce(s.nb_sites_economie, 0) AS nb_sites_economie,
    coalesce(s.nb_sites_deja_mieux, 0) AS nb_sites_deja_mieux,
    coalesce(s.nb_sites_sans_pairs, 0) AS nb_sites_sans_pairs,
    coalesce(s.nb_sites_hors_champ, 0) AS nb_sites_hors_champ,
    s.economie_basse_kwh,
    s.economie_centrale_kwh,
    s.economie_haute_kwh,
    CASE WHEN c.scenario = 'hebergement' THEN s.economie_centrale_kwh / s.energie_totale_kwh END AS part_economisee,
    s.economie_basse_eur,
    s.economie_centrale_eur,
    s.economie_haute_eur,
    coalesce(s.nb_sites_sans_facteur, 0) AS nb_sites_sans_facteur,
    CASE WHEN s.nb_sites_economie = 0 OR s.facteurs_emission IS NOT NULL THEN s.economie_basse_tco2e END
        AS economie_basse_tco2e,
    CASE WHEN s.nb_sites_economie = 0 OR s.facteurs_emission IS NOT NULL THEN s.economie_centrale_tco2e END
        AS economie_centrale_tco2e,
    CASE WHEN s.nb_sites_economie = 0 OR s.facteurs_emission IS NOT NULL THEN s.economie_haute_tco2e END
        AS economie_haute_tco2e,
    s.facteurs_emission,
    CASE WHEN s.nb_sites_economie > 0 AND s.facteurs_emission IS NULL THEN 'facteur_absent' END AS motif_absence_tco2e,
    'diffuse' AS diffusion
FROM cellules AS c
LEFT JOIN sommes AS s
    ON s.annee = c.annee AND s.synthetique = c.synthetique AND s.scenario = c.scenario
    AND s.type_hebergement_cible = c.type_hebergement_cible AND s.dimension = c.dimension AND s.modalite = c.modalite
LEFT JOIN _libelles AS l ON l.dimension = c.dimension AND l.modalite = c.modalite
ORDER BY c.annee, c.synthetique, c.scenario, c.type_hebergement_cible, c.dimension, c.modalite
