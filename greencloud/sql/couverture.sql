-- One row = one site of the register and one year, from the first to the last that a line of its nature speaks of.
-- Nature: real or synthetic. No year is skipped between the two; a refused line counts when its year is one of those we
-- publish and not later than its own deposit, so that a typing error does not open decades of absence.
-- attendu: in operation during that year, under the number it then bore (_identites). statut: complet = both energies
-- of the full calendar year; partiel = anything less; rejete = only refused lines; absent = nothing. nb_rejets counts
-- the errors of refused lines, corrected since or not.
WITH mentions AS (
    SELECT annee, synthetique FROM declarations
    UNION ALL
    SELECT unnest([year(date_debut), year(date_fin)]) AS annee, synthetique FROM _releves
    UNION ALL
    SELECT a.annee, d.synthetique
    FROM anomalies AS a
    INNER JOIN depots AS d ON d.sha256 = a.depot_sha256
    WHERE a.annee BETWEEN 2000 AND least(year(d.recu_le), 2100)
),

annees AS (
    SELECT synthetique, unnest(range(min(annee), max(annee) + 1)) AS annee FROM mentions GROUP BY synthetique
),

lus AS (
    SELECT DISTINCT id_centre, annee FROM _releves_annuels
),

refus AS (
    SELECT a.id_centre, a.annee, d.synthetique, count(*) AS nb_rejets
    FROM anomalies AS a
    INNER JOIN depots AS d ON d.sha256 = a.depot_sha256
    WHERE a.niveau = 'erreur'
    GROUP BY a.id_centre, a.annee, d.synthetique
)

SELECT
    s.id_centre,
    a.annee,
    s.nom_site,
    s.categorie_organisme,
    s.type_hebergement,
    s.code_region,
    coalesce(i.puissance_it_installee_kw, s.puissance_it_installee_kw) AS puissance_it_installee_kw,
    coalesce(left(s.mise_en_service, 4) <= CAST(a.annee AS VARCHAR), true)
    AND coalesce(year(s.date_fermeture) >= a.annee, true)
    AND coalesce(a.annee >= s.annee_reprise, true)
    AND coalesce(a.annee < s.annee_cession, true) AS attendu,
    CASE
        WHEN i.pue_calcule IS NOT NULL AND i.periode = 'A' THEN 'complet'
        WHEN i.id_centre IS NOT NULL OR l.id_centre IS NOT NULL THEN 'partiel'
        WHEN r.nb_rejets > 0 THEN 'rejete'
        ELSE 'absent'
    END AS statut,
    coalesce(r.nb_rejets, 0) AS nb_rejets,
    s.synthetique
FROM _sites AS s
INNER JOIN annees AS a ON a.synthetique = s.synthetique
LEFT JOIN lus AS l ON l.id_centre = s.id_centre AND l.annee = a.annee
LEFT JOIN _sites_annees AS i ON i.id_centre = s.id_centre AND i.annee = a.annee
LEFT JOIN refus AS r ON r.id_centre = s.id_centre AND r.annee = a.annee AND r.synthetique = s.synthetique
ORDER BY s.id_centre, a.annee
