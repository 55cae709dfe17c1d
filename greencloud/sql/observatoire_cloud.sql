-- One row = one year, one nature (real or synthetic), one count of the cloud observatory and one hosting kind (or all).
-- The observatory asked for by the cloud plan of 2014: simple counts over all public bodies. Virtual machines, physical
-- servers and usable storage are sums, with the part of the whole that each hosting kind holds; virtual machines per
-- server is a sum over a sum of the sites that give both. cercle_cloud: the circle of the State's cloud doctrine (1
-- internal, 2 dedicated, 3 external cloud), none for the other kinds. A guest cloud whose host gives the same count is in
-- the kind of its host, which nobody can take apart.
-- `diffusion` and the emptied cells come afterwards, from greencloud/disclosure.
WITH indicateurs AS (
    SELECT indicateur, unite
    FROM (VALUES
        ('nb_machines_virtuelles', 'machines virtuelles'),
        ('nb_serveurs_physiques', 'serveurs physiques'),
        ('stockage_utile_to', 'To'),
        ('machines_virtuelles_par_serveur', 'machines virtuelles par serveur')
    ) AS unites (indicateur, unite)
),

attendus AS (
    SELECT annee, synthetique, dimension, modalite, count(*) FILTER (WHERE attendu) AS nb_sites_attendus
    FROM _groupes_annees
    WHERE dimension IN ('ensemble', 'type_hebergement')
    GROUP BY annee, synthetique, dimension, modalite
),

sommes AS (
    SELECT
        annee,
        synthetique,
        indicateur,
        dimension,
        modalite,
        count(*) AS nb_sites,
        sum(valeur ORDER BY id_centre) AS somme,
        sum(diviseur ORDER BY id_centre) AS diviseurs
    FROM _membres_observatoire_cloud
    GROUP BY annee, synthetique, indicateur, dimension, modalite
)

SELECT
    a.annee,
    a.synthetique,
    i.indicateur,
    a.dimension,
    a.modalite,
    l.libelle,
    CAST(list_position(['cloud_interne', 'cloud_dedie', 'cloud_externe'], a.modalite) AS BIGINT) AS cercle_cloud,
    a.nb_sites_attendus,
    coalesce(s.nb_sites, 0) AS nb_sites,
    CASE WHEN i.indicateur = 'machines_virtuelles_par_serveur' THEN s.somme / s.diviseurs ELSE s.somme END AS valeur,
    i.unite,
    CASE WHEN i.indicateur <> 'machines_virtuelles_par_serveur' THEN
        s.somme / nullif(max(s.somme) FILTER (WHERE a.dimension = 'ensemble') OVER annee_entiere, 0)
    END AS part,
    'diffuse' AS diffusion
FROM attendus AS a
CROSS JOIN indicateurs AS i
LEFT JOIN sommes AS s
    ON s.annee = a.annee AND s.synthetique = a.synthetique AND s.indicateur = i.indicateur
    AND s.dimension = a.dimension AND s.modalite = a.modalite
LEFT JOIN _libelles AS l ON l.dimension = a.dimension AND l.modalite = a.modalite
WINDOW annee_entiere AS (PARTITION BY a.annee, a.synthetique, i.indicateur)
ORDER BY a.annee, a.synthetique, i.indicateur, a.dimension, a.modalite
