-- One row = one site and one year whose PUE compares, one scenario of savings and one group that the site counts in.
-- Compares: summed in the aggregates (so not already counted at its host) and of level pleine or reservee. The IT energy
-- stays the same, as do the servers: saved = total - IT x target PUE, never below zero. Groups: the whole and the kind.
-- statut_economie says why there is a saving or none: sans_pairs (no peer group large enough to have a quartile),
-- hors_champ (a move to the kind the site already has, or from an unknown kind), deja_mieux (saves 0: the PUE is not
-- above the prudent target, so a gain is not sure), economie. The three levels thus rest on the same sites.
-- The kWh saved are taken off the grid: they carry the factor of the territory and the year of the site, whatever its
-- generators or its solar panels. An island without a factor never takes that of the mainland: empty, with the reason.
WITH comparables AS (
    SELECT
        i.id_centre,
        i.annee,
        i.synthetique,
        i.type_hebergement,
        i.energie_totale_kwh,
        i.energie_it_kwh,
        i.pue_calcule,
        f.kgco2e_par_kwh,
        f.facteur_emission,
        CASE
            WHEN s.territoire_emission IS NULL THEN 'territoire_inconnu'
            WHEN f.facteur_emission IS NULL THEN 'facteur_absent'
        END AS motif_absence_facteur,
        CASE WHEN i.nb_groupe_quartiles >= h.effectif_minimum_pairs THEN i.pue_quartile_1_pairs END AS quartile_1,
        h.*
    FROM indicateurs_annuels AS i
    CROSS JOIN _hypotheses_economies AS h
    INNER JOIN _sites AS s ON s.id_centre = i.id_centre
    LEFT JOIN _facteurs_emission AS f ON f.territoire = s.territoire_emission AND f.annee = i.annee
    WHERE i.inclus_dans_agregats AND i.niveau_comparabilite IN ('pleine', 'reservee')
),

cibles AS (
    SELECT
        * REPLACE (
            coalesce(pue_cible_bas, quartile_1) AS pue_cible_bas,
            coalesce(pue_cible_central, quartile_1) AS pue_cible_central,
            coalesce(pue_cible_haut, quartile_1) AS pue_cible_haut
        )
    FROM comparables
),

statuts AS (
    SELECT
        *,
        CASE
            WHEN pue_cible_bas IS NULL THEN 'sans_pairs'
            WHEN scenario = 'hebergement' AND coalesce(type_hebergement = type_hebergement_cible, true)
                THEN 'hors_champ'
            WHEN pue_calcule <= pue_cible_bas THEN 'deja_mieux'
            ELSE 'economie'
        END AS statut_economie
    FROM cibles
),

gains AS (
    SELECT
        *,
        -- greatest: a PUE that equals its target but for the last bit saves nothing, not less than nothing.
        CASE statut_economie
            WHEN 'economie' THEN part_basse * greatest(energie_totale_kwh - energie_it_kwh * pue_cible_bas, 0)
            WHEN 'deja_mieux' THEN 0
        END AS economie_basse_kwh,
        CASE statut_economie
            WHEN 'economie' THEN part_centrale * greatest(energie_totale_kwh - energie_it_kwh * pue_cible_central, 0)
            WHEN 'deja_mieux' THEN 0
        END AS economie_centrale_kwh,
        CASE statut_economie
            WHEN 'economie' THEN part_haute * greatest(energie_totale_kwh - energie_it_kwh * pue_cible_haut, 0)
            WHEN 'deja_mieux' THEN 0
        END AS economie_haute_kwh,
        -- Nothing saved emits nothing less, whatever the factor.
        CASE statut_economie WHEN 'economie' THEN kgco2e_par_kwh / 1000 WHEN 'deja_mieux' THEN 0 END
            AS tco2e_par_kwh
    FROM statuts
)

SELECT
    id_centre,
    annee,
    synthetique,
    scenario,
    type_hebergement_cible,
    unnest(['ensemble', 'type_hebergement']) AS dimension,
    unnest(['ensemble', coalesce(type_hebergement, 'inconnu')]) AS modalite,
    energie_totale_kwh,
    energie_it_kwh,
    pue_calcule,
    pue_cible_central,
    statut_economie,
    economie_basse_kwh,
    economie_centrale_kwh,
    economie_haute_kwh,
    economie_basse_kwh * prix_bas / 1000 AS economie_basse_eur,
    economie_centrale_kwh * prix_central / 1000 AS economie_centrale_eur,
    economie_haute_kwh * prix_haut / 1000 AS economie_haute_eur,
    economie_basse_kwh * tco2e_par_kwh AS economie_basse_tco2e,
    economie_centrale_kwh * tco2e_par_kwh AS economie_centrale_tco2e,
    economie_haute_kwh * tco2e_par_kwh AS economie_haute_tco2e,
    CASE WHEN statut_economie = 'economie' THEN facteur_emission END AS facteur_emission,
    CASE WHEN statut_economie = 'economie' THEN motif_absence_facteur END AS motif_absence_tco2e
FROM gains
ORDER BY id_centre, annee, scenario, type_hebergement_cible, dimension
