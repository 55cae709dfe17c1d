-- One row = one scenario of savings, and one target hosting kind when it has some, with its assumptions as numbers.
-- Read from data/reference/hypotheses_economies.csv, where each value has its source: bas, central and haut give low,
-- central and high savings (a low price, a prudent target); tous is one value for the three. A scenario without a PUE
-- of its own takes that of the peers of each site.
WITH valeurs AS (
    SELECT
        scenario,
        parametre,
        type_hebergement_cible,
        unnest(CASE niveau WHEN 'tous' THEN ['bas', 'central', 'haut'] ELSE [niveau] END) AS niveau,
        CAST(valeur AS DOUBLE) AS valeur
    FROM ref_hypotheses_economies
),

scenarios AS (
    SELECT DISTINCT scenario, coalesce(type_hebergement_cible, 'sans_objet') AS type_hebergement_cible
    FROM valeurs
    WHERE parametre = 'pue_cible' OR scenario = 'quartile_pairs'
),

-- Each scenario with all that holds for it: its own values, those of its target, those of every scenario.
reunies AS (
    SELECT
        s.scenario,
        s.type_hebergement_cible,
        max(v.valeur) FILTER (WHERE v.parametre = 'pue_cible' AND v.niveau = 'bas') AS pue_cible_bas,
        max(v.valeur) FILTER (WHERE v.parametre = 'pue_cible' AND v.niveau = 'central') AS pue_cible_central,
        max(v.valeur) FILTER (WHERE v.parametre = 'pue_cible' AND v.niveau = 'haut') AS pue_cible_haut,
        max(v.valeur) FILTER (WHERE v.parametre = 'part_ecart_comblee' AND v.niveau = 'bas') AS part_basse,
        max(v.valeur) FILTER (WHERE v.parametre = 'part_ecart_comblee' AND v.niveau = 'central') AS part_centrale,
        max(v.valeur) FILTER (WHERE v.parametre = 'part_ecart_comblee' AND v.niveau = 'haut') AS part_haute,
        max(v.valeur) FILTER (WHERE v.parametre = 'prix_electricite' AND v.niveau = 'bas') AS prix_bas,
        max(v.valeur) FILTER (WHERE v.parametre = 'prix_electricite' AND v.niveau = 'central') AS prix_central,
        max(v.valeur) FILTER (WHERE v.parametre = 'prix_electricite' AND v.niveau = 'haut') AS prix_haut,
        max(v.valeur) FILTER (WHERE v.parametre = 'effectif_minimum_pairs') AS effectif_minimum_pairs
    FROM scenarios AS s
    INNER JOIN valeurs AS v
        ON v.scenario IN (s.scenario, 'tous') AND coalesce(v.type_hebergement_cible, s.type_hebergement_cible)
        = s.type_hebergement_cible
    GROUP BY s.scenario, s.type_hebergement_cible
)

SELECT
    *,
    replace(
        'PUE cible : ' || CASE
            WHEN pue_cible_central IS NULL
                THEN 'premier quartile des pairs, ' || printf('%g', effectif_minimum_pairs) || ' pairs au moins'
            ELSE printf('%g / %g / %g', pue_cible_bas, pue_cible_central, pue_cible_haut)
        END
        || printf(' ; part de l''écart comblée : %g / %g / %g', part_basse, part_centrale, part_haute)
        || printf(' ; prix : %g / %g / %g EUR/MWh hors TVA (bas / central / haut)', prix_bas, prix_central, prix_haut),
        '.', ','
    ) AS hypotheses
FROM reunies
ORDER BY scenario, type_hebergement_cible
