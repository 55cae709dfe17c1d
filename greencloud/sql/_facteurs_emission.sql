-- One row = one territory, one year and the only emission factor used for them: ADEME, life cycle, consumption mix.
-- Source and perimeter are the project's default (one method for all years); territory and year are those of the site
-- (_sites.territoire_emission). A year published several times keeps its newest vintage among those known on the day of
-- the variable millesime_facteurs (unset: all of them), so that an older vintage can be run again. millesime is an ISO
-- date or the beginning of one, which stands for the last day it can mean.
WITH millesimes AS (
    SELECT *, millesime || right('9999-12-31', 10 - length(millesime)) AS connu_le FROM ref_facteurs_emission
)

SELECT
    territoire,
    CAST(annee AS BIGINT) AS annee,
    CAST(valeur_kgco2e_par_kwh AS DOUBLE) AS kgco2e_par_kwh,
    concat_ws(
        ' ; ', source, perimetre, territoire, annee, 'millésime ' || millesime,
        replace(valeur_kgco2e_par_kwh, '.', ',') || ' kgCO2e/kWh',
        CASE statut WHEN 'verified' THEN 'vérifié' WHEN 'secondary' THEN 'source secondaire' ELSE 'à confirmer' END
    ) AS facteur_emission
FROM millesimes
WHERE source = 'ADEME Base Empreinte' AND perimetre = 'acv_consommation'
    AND connu_le <= coalesce(CAST(getvariable('millesime_facteurs') AS VARCHAR), connu_le)
QUALIFY row_number() OVER (PARTITION BY territoire, annee ORDER BY connu_le DESC) = 1
ORDER BY territoire, annee
