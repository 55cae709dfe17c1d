-- One row = one current site of the register, with the last number its site bears and the years it answers for.
-- A site taken over by another operator gets another SIRET, so another id_centre; its new row names the former one in
-- ancien_id_centre. id_site, the newest number of that chain, follows one site over the years; nothing is renamed.
-- annee_reprise: the year from which the new number answers: that of the day after the former one closed, else the
-- first year declared or read under the new number. NULL: this number took over from no other.
-- annee_cession: the same year, on the row of the former number. rang_numero: 0 for the first number of a site, 1
-- for the next. Two rows that name the same former number are a split, not the same site: no link.
WITH RECURSIVE liens AS (
    SELECT c.id_centre, c.ancien_id_centre, year(a.date_fermeture + 1) AS annee_fermeture
    FROM centres AS c
    INNER JOIN centres AS a ON a.id_centre = c.ancien_id_centre AND a.synthetique = c.synthetique
    WHERE c.id_centre <> c.ancien_id_centre
    QUALIFY count(*) OVER (PARTITION BY c.ancien_id_centre) = 1
),

suites AS (
    SELECT ancien_id_centre AS id_centre, id_centre AS id_site FROM liens
    UNION
    SELECT s.id_centre, l.id_centre
    FROM suites AS s
    INNER JOIN liens AS l ON l.ancien_id_centre = s.id_site
),

rangs AS (
    SELECT id_site AS id_centre, count(*) AS rang FROM suites GROUP BY id_site
),

premieres AS (
    SELECT id_centre, min(annee) AS annee
    FROM (
        SELECT id_centre, annee FROM declarations
        UNION ALL
        SELECT id_centre, year(date_debut) AS annee FROM _releves
    )
    GROUP BY id_centre
),

reprises AS (
    SELECT l.id_centre, l.ancien_id_centre, coalesce(l.annee_fermeture, p.annee, 9999) AS annee
    FROM liens AS l
    LEFT JOIN premieres AS p ON p.id_centre = l.id_centre
)

SELECT
    c.id_centre,
    -- A chain that closes on itself has no newest number: each of its sites stays itself.
    coalesce(s.id_site, c.id_centre) AS id_site,
    coalesce(n.rang, 0) AS rang_numero,
    r.annee AS annee_reprise,
    v.annee AS annee_cession
FROM centres AS c
LEFT JOIN suites AS s ON s.id_centre = c.id_centre AND s.id_site NOT IN (SELECT ancien_id_centre FROM liens)
LEFT JOIN rangs AS n ON n.id_centre = c.id_centre
LEFT JOIN reprises AS r ON r.id_centre = c.id_centre
LEFT JOIN reprises AS v ON v.ancien_id_centre = c.id_centre
ORDER BY c.id_centre
