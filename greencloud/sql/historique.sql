-- One row = one value that a later deposit replaced by another, in a row of the same key (equal values are left out).
-- `cle` completes id_centre into the key of the row ('registre': nothing to add). Whole numbers are written without
-- « .0 », as they were declared.
-- A text that a spreadsheet would take for a formula is given with a leading apostrophe.
WITH versions AS (
    SELECT 'centres' AS table_source, 'registre' AS cle, v.*, to_json(v) AS valeurs
    FROM (SELECT * FROM centres UNION ALL BY NAME SELECT * FROM centres_remplaces) AS v
    UNION ALL BY NAME
    SELECT 'declarations' AS table_source, 'annee=' || annee AS cle, v.*, to_json(v) AS valeurs
    FROM (SELECT * FROM declarations UNION ALL BY NAME SELECT * FROM declarations_remplaces) AS v
    UNION ALL BY NAME
    SELECT
        'consommations' AS table_source,
        'poste=' || poste || ';date_debut=' || date_debut AS cle,
        v.*,
        to_json(v) AS valeurs
    FROM (SELECT * FROM consommations UNION ALL BY NAME SELECT * FROM consommations_remplaces) AS v
),

couples AS (
    SELECT ancienne.*, nouvelle.valeurs AS nouvelles_valeurs
    FROM versions AS ancienne
    INNER JOIN versions AS nouvelle
        ON nouvelle.table_source = ancienne.table_source
        AND nouvelle.depot_sha256 = ancienne.remplace_par_sha256
        AND nouvelle.depot_ligne = ancienne.remplace_par_ligne
),

cellules AS (
    SELECT *, unnest(json_keys(valeurs)) AS champ FROM couples
),

ecritures AS (
    SELECT
        * EXCLUDE (valeurs, nouvelles_valeurs),
        CASE json_type(valeurs, champ)
            WHEN 'DOUBLE' THEN regexp_replace(valeurs ->> champ, '\.0$', '')
            ELSE valeurs ->> champ
        END AS ancienne_valeur,
        CASE json_type(nouvelles_valeurs, champ)
            WHEN 'DOUBLE' THEN regexp_replace(nouvelles_valeurs ->> champ, '\.0$', '')
            ELSE nouvelles_valeurs ->> champ
        END AS nouvelle_valeur
    FROM cellules
    WHERE champ NOT IN (
        'depot_sha256', 'depot_ligne', 'depot_recu_le', 'emetteur', 'synthetique',
        'remplace_par_sha256', 'remplace_par_ligne', 'remplace_le'
    )
)

SELECT
    table_source,
    id_centre,
    cle,
    champ,
    texte_publie(ancienne_valeur) AS ancienne_valeur,
    texte_publie(nouvelle_valeur) AS nouvelle_valeur,
    depot_sha256 AS ancien_depot_sha256,
    depot_ligne AS ancien_depot_ligne,
    remplace_par_sha256 AS nouveau_depot_sha256,
    remplace_par_ligne AS nouveau_depot_ligne,
    remplace_le,
    synthetique
FROM ecritures
WHERE ancienne_valeur IS DISTINCT FROM nouvelle_valeur
ORDER BY table_source, id_centre, cle, champ, ancien_depot_sha256
