-- One row = one current site of the register, with its département, its region and its climate zone.
-- The département is read off the commune code (three characters overseas): a merged commune keeps it.
-- A power of 0 kW is no power of a data centre but one nobody knew: unknown.
SELECT
    centre.* REPLACE (nullif(centre.puissance_it_installee_kw, 0) AS puissance_it_installee_kw),
    departement.code_departement,
    region.code_region,
    region.nom_region,
    departement.zone_climatique
FROM centres AS centre
LEFT JOIN ref_departements AS departement
    ON departement.code_departement
    = left(centre.code_insee, CASE WHEN left(centre.code_insee, 2) IN ('97', '98') THEN 3 ELSE 2 END)
LEFT JOIN ref_regions AS region ON region.code_region = departement.code_region
ORDER BY centre.id_centre
