-- One row = one site and one year of level pleine, with the peer groups in which it is ranked and measured.
-- Peers share the year, the nature (real or synthetic) and the measurement category, always; then size class, main use,
-- climate zone and hosting kind. Too small a group is widened, one step after the other and in its name: all climates,
-- all uses, the size classes next to its own, all hosting kinds. A rank needs three peers, quartiles eight: each takes
-- the narrowest group that has them, and without one stays NULL. A site whose climate, use or kind is unknown starts
-- from the first group that does not need it (a text joined to NULL is NULL); a site of unknown size has no group.
WITH pleines AS (
    SELECT
        id_centre,
        annee,
        synthetique,
        pue_calcule,
        classe_taille,
        usage_principal,
        zone_climatique,
        code_categorie,
        code_categorie || ', ' || type_hebergement AS fin
    FROM _sites_annees
    -- Of a site that only counts in totals, no rank and no quartile may tell.
    WHERE niveau_comparabilite = 'pleine' AND classe_taille <> 'TX'
        AND id_site NOT IN (SELECT id_site FROM _sites WHERE protege)
),

-- Every group a site belongs to; those of several sizes have its own size class in the middle (sien) or beside it.
appartenances AS (
    SELECT
        id_centre,
        annee,
        synthetique,
        pue_calcule,
        true AS sien,
        unnest([1, 2, 3, 5]) AS largeur,
        unnest([
            classe_taille || ', ' || usage_principal || ', ' || zone_climatique || ', ' || fin,
            classe_taille || ', ' || usage_principal || ', tous climats, ' || fin,
            classe_taille || ', tous usages, tous climats, ' || fin,
            classe_taille || ', tous usages, tous climats, ' || code_categorie || ', tous hébergements'
        ]) AS groupe
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
        || ', tous usages, tous climats, ' || fin AS groupe
    FROM (SELECT *, unnest(range(8)) AS centre FROM pleines)
    WHERE abs(CAST(right(classe_taille, 1) AS INTEGER) - centre) <= 1
),

groupes AS (
    SELECT
        annee,
        synthetique,
        groupe,
        count(*) AS nb,
        quantile_cont(pue_calcule, 0.25) AS pue_quartile_1,
        quantile_cont(pue_calcule, 0.5) AS pue_mediane,
        quantile_cont(pue_calcule, 0.75) AS pue_quartile_3
    FROM appartenances
    WHERE groupe IS NOT NULL
    GROUP BY annee, synthetique, groupe
),

rangs AS (
    SELECT a.*, g.* EXCLUDE (annee, synthetique, groupe),
        rank() OVER (PARTITION BY a.annee, a.synthetique, a.groupe ORDER BY a.pue_calcule) AS rang
    FROM appartenances AS a
    INNER JOIN groupes AS g ON g.annee = a.annee AND g.synthetique = a.synthetique AND g.groupe = a.groupe
),

classements AS (
    SELECT id_centre, annee, groupe AS groupe_pairs, nb AS nb_pairs, rang AS rang_pairs
    FROM rangs
    WHERE sien AND nb >= 3
    QUALIFY row_number() OVER (PARTITION BY id_centre, annee ORDER BY largeur) = 1
),

quartiles AS (
    SELECT
        id_centre,
        annee,
        groupe AS groupe_quartiles,
        nb AS nb_groupe_quartiles,
        pue_quartile_1,
        pue_mediane,
        pue_quartile_3
    FROM rangs
    WHERE sien AND nb >= 8
    QUALIFY row_number() OVER (PARTITION BY id_centre, annee ORDER BY largeur) = 1
)

-- Eight peers are three: whoever has quartiles has a rank.
SELECT c.*, q.* EXCLUDE (id_centre, annee)
FROM classements AS c
LEFT JOIN quartiles AS q ON q.id_centre = c.id_centre AND q.annee = c.annee
ORDER BY c.id_centre, c.annee
