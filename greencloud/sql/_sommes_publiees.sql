-- One row = one sum that a published row gives away and one site in it: it adds coefficient x valeur to the sum.
-- Nothing is published from this table: greencloud/disclosure reads in it what the public could work out. `cle` is the key
-- of the published row, `partie` the columns that give the sum away (cellule: the row itself), `grandeur` and `annee` the
-- quantity of the site that is summed. A ratio of two sums is listed as both of them: whoever knows one knows the other.
-- A sum that its own table leaves out (too few sites) is not listed, nor one of sites that are all published in their name
-- (the constant perimeters of evolutions_annuelles).
WITH agregats AS (
    SELECT
        'agregats_annuels' AS nom_table,
        concat_ws(';', m.annee, m.synthetique, m.dimension, m.modalite) AS cle,
        m.*,
        a.part_it_mesuree IS NOT NULL AS mesure_publiee,
        a.emissions_tco2e IS NOT NULL AS carbone_publie
    FROM _membres_agregats_annuels AS m
    INNER JOIN agregats_annuels AS a
        ON a.annee = m.annee AND a.synthetique = m.synthetique
        AND a.dimension = m.dimension AND a.modalite = m.modalite
),

observatoire AS (
    SELECT
        'observatoire_cloud' AS nom_table,
        concat_ws(';', annee, synthetique, indicateur, dimension, modalite) AS cle,
        *
    FROM _membres_observatoire_cloud
),

-- A saving is `part x (total - IT x target PUE)`: a sum of both energies, whose coefficients anybody can look up.
economies AS (
    SELECT
        'economies' AS nom_table,
        concat_ws(';', m.annee, m.synthetique, m.scenario, m.type_hebergement_cible, m.dimension, m.modalite) AS cle,
        m.annee,
        m.id_centre,
        m.energie_totale_kwh,
        m.energie_it_kwh,
        s.pue_cible_central,
        s.economie_centrale_kwh
        / nullif(s.energie_totale_kwh - s.energie_it_kwh * s.pue_cible_central, 0) AS part,
        CASE WHEN e.economie_centrale_tco2e IS NOT NULL THEN
            s.economie_centrale_tco2e
            / nullif(s.energie_totale_kwh - s.energie_it_kwh * s.pue_cible_central, 0)
        END AS tco2e_par_kwh
    FROM _membres_economies AS m
    INNER JOIN _economies_sites AS s
        ON s.id_centre = m.id_centre AND s.annee = m.annee AND s.scenario = m.scenario
        AND s.type_hebergement_cible = m.type_hebergement_cible AND s.dimension = m.dimension
    INNER JOIN economies AS e
        ON e.annee = m.annee AND e.synthetique = m.synthetique AND e.scenario = m.scenario
        AND e.type_hebergement_cible = m.type_hebergement_cible AND e.dimension = m.dimension
        AND e.modalite = m.modalite
),

sommes AS (
    SELECT nom_table, cle, 'cellule' AS partie, grandeur AS somme, annee, grandeur, id_centre, 1.0 AS coefficient, valeur
    FROM (UNPIVOT agregats ON energie_totale_kwh, energie_it_kwh INTO NAME grandeur VALUE valeur)
    UNION ALL BY NAME
    SELECT
        nom_table,
        cle,
        'mesure' AS partie,
        'it_mesuree' AS somme,
        annee,
        'energie_it_kwh' AS grandeur,
        id_centre,
        1.0 AS coefficient,
        energie_it_kwh AS valeur
    FROM agregats
    WHERE mesure_publiee AND energie_mesuree_it_kwh > 0
    UNION ALL BY NAME
    SELECT
        nom_table,
        cle,
        'carbone' AS partie,
        'emissions' AS somme,
        annee,
        'energie_totale_kwh' AS grandeur,
        id_centre,
        emissions_tco2e / energie_totale_kwh AS coefficient,
        energie_totale_kwh AS valeur
    FROM agregats
    WHERE carbone_publie AND emissions_tco2e > 0
    UNION ALL BY NAME
    SELECT
        nom_table,
        cle,
        'carbone' AS partie,
        'it_carbone' AS somme,
        annee,
        'energie_it_kwh' AS grandeur,
        id_centre,
        1.0 AS coefficient,
        it_carbone_kwh AS valeur
    FROM agregats
    WHERE carbone_publie AND it_carbone_kwh IS NOT NULL
    UNION ALL BY NAME
    SELECT
        nom_table,
        cle,
        'cellule' AS partie,
        'valeur' AS somme,
        annee,
        CASE indicateur WHEN 'machines_virtuelles_par_serveur' THEN 'nb_machines_virtuelles' ELSE indicateur END
            AS grandeur,
        id_centre,
        1.0 AS coefficient,
        valeur
    FROM observatoire
    UNION ALL BY NAME
    SELECT
        nom_table,
        cle,
        'cellule' AS partie,
        'diviseur' AS somme,
        annee,
        'nb_serveurs_physiques' AS grandeur,
        id_centre,
        1.0 AS coefficient,
        diviseur AS valeur
    FROM observatoire
    WHERE indicateur = 'machines_virtuelles_par_serveur'
    UNION ALL BY NAME
    SELECT
        nom_table,
        cle,
        'cellule' AS partie,
        'energie' AS somme,
        annee,
        'energie_totale_kwh' AS grandeur,
        id_centre,
        1.0 AS coefficient,
        energie_totale_kwh AS valeur
    FROM economies
    UNION ALL BY NAME
    SELECT
        nom_table,
        cle,
        unnest(['cellule', 'cellule', 'carbone', 'carbone']) AS partie,
        unnest(['economie', 'economie', 'tco2e', 'tco2e']) AS somme,
        annee,
        unnest(['energie_totale_kwh', 'energie_it_kwh', 'energie_totale_kwh', 'energie_it_kwh']) AS grandeur,
        id_centre,
        unnest([part, -part * pue_cible_central, tco2e_par_kwh, -tco2e_par_kwh * pue_cible_central]) AS coefficient,
        unnest([energie_totale_kwh, energie_it_kwh, energie_totale_kwh, energie_it_kwh]) AS valeur
    FROM economies
    UNION ALL BY NAME
    -- Three target PUEs for one group of sites with a factor: their three tCO2e give both energies of that group.
    SELECT
        nom_table,
        cle,
        'carbone' AS partie,
        'energie_carbone' AS somme,
        annee,
        'energie_totale_kwh' AS grandeur,
        id_centre,
        tco2e_par_kwh AS coefficient,
        energie_totale_kwh AS valeur
    FROM economies
)

SELECT nom_table, cle, partie, somme, annee, grandeur, id_centre, coefficient, valeur
FROM sommes
WHERE coefficient IS NOT NULL AND coefficient <> 0
ORDER BY nom_table, cle, partie, somme, grandeur, id_centre
