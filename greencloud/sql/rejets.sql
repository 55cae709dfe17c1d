-- One row = one reason for which a line, or a whole file, of one deposit was refused (warnings refuse nothing).
-- A text that a spreadsheet would take for a formula is given with a leading apostrophe.
-- The number of a meter is never published: of the register of meters only the column and the code of an error are
-- given, of readings neither the meter nor a long number, and no name of their files that holds such a number.
WITH refus AS (
    SELECT
        a.*,
        d.nom_origine,
        d.table_visee,
        d.recu_le,
        d.synthetique,
        d.table_visee IN ('compteurs', 'releves') AS de_compteurs,
        d.table_visee = 'compteurs' AND a.ligne IS NOT NULL
        OR d.table_visee IN ('compteurs', 'releves') AND regexp_matches(a.message || a.correction, '[0-9]{8}') AS tu
    FROM anomalies AS a
    INNER JOIN depots AS d ON d.sha256 = a.depot_sha256
    WHERE a.niveau = 'erreur'
)

SELECT
    depot_sha256,
    row_number() OVER (PARTITION BY depot_sha256 ORDER BY numero) AS numero,
    CASE WHEN de_compteurs AND regexp_matches(nom_origine, '[0-9]{8}') THEN '(nom non publié)'
        ELSE texte_publie(nom_origine)
    END AS nom_fichier,
    table_visee,
    ligne,
    texte_publie(champ) AS champ,
    CASE WHEN tu OR de_compteurs AND (champ = 'compteur' OR regexp_matches(valeur, '[0-9]{8}')) THEN NULL
        ELSE texte_publie(valeur)
    END AS valeur,
    code,
    CASE WHEN tu THEN 'La ligne parle d''un compteur, dont le numéro n''est jamais publié.' ELSE message END AS message,
    CASE WHEN tu THEN 'Lisez le rapport de contrôle remis au déclarant.' ELSE correction END AS correction,
    CAST(recu_le AS DATE) AS recu_le,
    synthetique
FROM refus
ORDER BY depot_sha256, numero
