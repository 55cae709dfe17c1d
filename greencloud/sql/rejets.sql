-- One row = one reason for which a line, or a whole file, of one deposit was refused (warnings refuse nothing).
-- A text that a spreadsheet would take for a formula is given with a leading apostrophe.
SELECT
    a.depot_sha256,
    row_number() OVER (PARTITION BY a.depot_sha256 ORDER BY a.numero) AS numero,
    texte_publie(d.nom_origine) AS nom_fichier,
    d.table_visee,
    a.ligne,
    texte_publie(a.champ) AS champ,
    texte_publie(a.valeur) AS valeur,
    a.code,
    a.message,
    a.correction,
    CAST(d.recu_le AS DATE) AS recu_le,
    d.synthetique
FROM anomalies AS a
INNER JOIN depots AS d ON d.sha256 = a.depot_sha256
WHERE a.niveau = 'erreur'
ORDER BY a.depot_sha256, numero
