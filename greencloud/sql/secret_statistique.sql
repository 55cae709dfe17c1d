-- One row = one table, one nature (real or synthetic) and one code: how many of its rows are shown, hidden or withheld.
-- Totals: the codes of `diffusion`, and secret_partiel for a row shown without a few of its columns. Tables published site
-- by site: site_agrege, site_exempte for the rows of sites that count only in totals (in `rejets` the row stays, emptied).
-- Made once secrecy has decided: it reads what greencloud/disclosure leaves behind.
WITH decisions AS (
    SELECT 'agregats_annuels' AS nom_table, synthetique, diffusion AS motif, 1 AS nb_lignes FROM agregats_annuels
    UNION ALL
    SELECT 'economies' AS nom_table, synthetique, diffusion AS motif, 1 AS nb_lignes FROM economies
    UNION ALL
    SELECT 'evolutions_annuelles' AS nom_table, synthetique, diffusion AS motif, 1 AS nb_lignes FROM evolutions_annuelles
    UNION ALL
    SELECT 'observatoire_cloud' AS nom_table, synthetique, diffusion AS motif, 1 AS nb_lignes FROM observatoire_cloud
    UNION ALL
    SELECT nom_table, synthetique, 'secret_partiel' AS motif, nb_lignes FROM _parties_masquees
    UNION ALL
    SELECT nom_table, synthetique, motif, nb_lignes FROM _lignes_retirees
)

SELECT nom_table, synthetique, motif, CAST(sum(nb_lignes) AS BIGINT) AS nb_lignes
FROM decisions
GROUP BY nom_table, synthetique, motif
ORDER BY nom_table, synthetique, motif
