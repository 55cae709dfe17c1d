-- One row = one year and the only emission factor used for it: ADEME, life cycle, consumption mix, mainland France.
-- When a year was published twice the newest vintage counts: millesime is an ISO date, or the beginning of one.
SELECT
    CAST(annee AS BIGINT) AS annee,
    CAST(valeur_kgco2e_par_kwh AS DOUBLE) AS kgco2e_par_kwh,
    concat_ws(
        ' ; ', source, perimetre, territoire, annee, 'millésime ' || millesime,
        replace(valeur_kgco2e_par_kwh, '.', ',') || ' kgCO2e/kWh',
        CASE statut WHEN 'verified' THEN 'vérifié' WHEN 'secondary' THEN 'source secondaire' ELSE 'à confirmer' END
    ) AS facteur_emission
FROM ref_facteurs_emission
WHERE source = 'ADEME Base Empreinte' AND perimetre = 'acv_consommation' AND territoire = 'FR-continentale'
QUALIFY row_number() OVER (PARTITION BY annee ORDER BY millesime DESC) = 1
ORDER BY annee
