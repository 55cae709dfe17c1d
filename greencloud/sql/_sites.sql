-- One row = one current site of the register, with its département, its region, its climate zone and its grid.
-- The département is read off the commune code (three characters overseas): a merged commune keeps it.
-- territoire_emission is the grid whose emission factor applies: mainland France, Corse and each overseas département
-- have their own (ISO 3166-2 codes for the latter). Unknown commune: NULL, never the mainland.
-- protege: the site counts only in totals, since one of the numbers it bore asks so (mode_publication; empty: it does
-- not).
-- A power of 0 kW is no power of a data centre but one nobody knew: unknown.
SELECT
    centre.* REPLACE (nullif(centre.puissance_it_installee_kw, 0) AS puissance_it_installee_kw),
    departement.code_departement,
    region.code_region,
    region.nom_region,
    departement.zone_climatique,
    CASE
        WHEN departement.zone_climatique = 'outre_mer' THEN 'FR-' || departement.code_departement
        WHEN region.code_region = '94' THEN 'FR-20R'
        WHEN region.code_region IS NOT NULL THEN 'FR-continentale'
    END AS territoire_emission,
    identite.id_site,
    identite.rang_numero,
    identite.annee_reprise,
    identite.annee_cession,
    bool_or(coalesce(centre.mode_publication <> 'nominatif', false)) OVER (PARTITION BY identite.id_site) AS protege
FROM centres AS centre
INNER JOIN _identites AS identite ON identite.id_centre = centre.id_centre
LEFT JOIN ref_departements AS departement
    ON departement.code_departement
    = left(centre.code_insee, CASE WHEN left(centre.code_insee, 2) IN ('97', '98') THEN 3 ELSE 2 END)
LEFT JOIN ref_regions AS region ON region.code_region = departement.code_region
ORDER BY centre.id_centre
