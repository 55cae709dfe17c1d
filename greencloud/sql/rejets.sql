-- One row = one reason for which a line, or a whole file, of one deposit was refused (warnings refuse nothing).
-- A text that a spreadsheet would take for a formula is given with a leading apostrophe.
-- The number of a meter is never published, and may be any word: of the register of meters only the column and the code of
-- an error are given, of readings neither the meter, nor what is quoted from the file, nor a long number; nor the name of
-- their real files, nor one that holds such a number.
WITH refus AS (
    SELECT
        a.*,
        d.nom_origine,
        d.table_visee,
        d.recu_le,
        d.synthetique,
        d.table_visee IN ('compteurs', 'releves') AS de_compteurs,
        d.table_visee = 'compteurs'
        OR d.table_visee = 'releves' AND regexp_matches(a.message || a.correction, '[0-9]{8}') AS tu
    FROM anomalies AS a
    INNER JOIN depots AS d ON d.sha256 = a.depot_sha256
    WHERE a.niveau = 'erreur'
),

-- A column that the schema does not know may bear the name of a meter.
colonnes AS (
    SELECT column_name FROM information_schema.columns WHERE table_name = 'compteurs'
)

SELECT
    depot_sha256,
    row_number() OVER (PARTITION BY depot_sha256 ORDER BY numero) AS numero,
    CASE WHEN de_compteurs AND (NOT synthetique OR regexp_matches(nom_origine, '[0-9]{8}')) THEN '(nom non publié)'
        ELSE texte_publie(nom_origine)
    END AS nom_fichier,
    table_visee,
    ligne,
    CASE WHEN NOT de_compteurs OR champ = 'compteur' OR champ IN (FROM colonnes) THEN texte_publie(champ) END AS champ,
    CASE WHEN tu OR de_compteurs AND (champ = 'compteur' OR regexp_matches(valeur, '[0-9]{8}')) THEN NULL
        ELSE texte_publie(valeur)
    END AS valeur,
    code,
    CASE
        WHEN tu THEN 'Cette anomalie parle d''un compteur, dont le numéro n''est jamais publié.'
        WHEN de_compteurs THEN regexp_replace(message, '«.*»', '« … »', 's')
        ELSE message
    END AS message,
    CASE WHEN tu THEN 'Vérifiez le registre des compteurs, puis lisez le rapport de contrôle remis au déclarant.' ELSE correction END AS correction,
    CAST(recu_le AS DATE) AS recu_le,
    synthetique
FROM refus
ORDER BY depot_sha256, numero
