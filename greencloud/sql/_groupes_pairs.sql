-- One row = one site and one year of level pleine, with the peer group it is ranked in (no row under three peers).
-- Peers share the year, the nature (real or synthetic) and the measurement category, then size class, main use and
-- climate zone. A group of fewer than three sites is widened: first to all climates, then to all uses, then to the size
-- classes next to its own. A site whose climate or use is unknown starts from the first group that does not need it (a
-- text joined to NULL is NULL); a site of unknown size has no group.
WITH pleines AS (
    SELECT id_centre, annee, synthetique, pue_calcule, classe_taille, usage_principal, zone_climatique, code_categorie
    FROM _sites_annees
    WHERE niveau_comparabilite = 'pleine' AND classe_taille <> 'TX'
),

-- Every group a site belongs to; the last kind is that of its own size class and of each neighbour (sien: its own).
appartenances AS (
    SELECT
        id_centre,
        annee,
        synthetique,
        pue_calcule,
        true AS sien,
        unnest([1, 2, 3]) AS largeur,
        unnest([
            classe_taille || ', ' || usage_principal || ', ' || zone_climatique || ', ' || code_categorie,
            classe_taille || ', ' || usage_principal || ', tous climats, ' || code_categorie,
            classe_taille || ', tous usages, tous climats, ' || code_categorie
        ]) AS groupe_pairs
    FROM pleines
    UNION ALL
    SELECT
        id_centre,
        annee,
        synthetique,
        pue_calcule,
        classe_taille = 'T' || centre AS sien,
        4 AS largeur,
        'T' || greatest(centre - 1, 0) || ' à T' || least(centre + 1, 7)
        || ', tous usages, tous climats, ' || code_categorie AS groupe_pairs
    FROM (SELECT *, unnest(range(8)) AS centre FROM pleines)
    WHERE abs(CAST(right(classe_taille, 1) AS INTEGER) - centre) <= 1
),

rangs AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY annee, synthetique, groupe_pairs) AS nb_pairs,
        rank() OVER (PARTITION BY annee, synthetique, groupe_pairs ORDER BY pue_calcule) AS rang_pairs
    FROM appartenances
    WHERE groupe_pairs IS NOT NULL
)

SELECT id_centre, annee, groupe_pairs, nb_pairs, rang_pairs
FROM rangs
WHERE sien AND nb_pairs >= 3
QUALIFY row_number() OVER (PARTITION BY id_centre, annee ORDER BY largeur) = 1
ORDER BY id_centre, annee
