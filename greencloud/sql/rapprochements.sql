-- One row = one site, one year and one item of which a meter gave readings: what is declared, deposited line by line,
-- metered, and set aside. A declaration counts when it covers the calendar year; a line is shared out by days.
-- completude: as in mesures_mensuelles, of the year; a period that crosses New Year covers none of its days.
-- The gap is told for a year that meters, and lines when they stand for a declaration, cover at 99 % at least (a choice of
-- the project): a hole is no gap.
WITH du_jour AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        year(jour) AS annee,
        sum(signe * energie_mj) AS energie_mj,
        count(*) AS nb_jours_lus,
        sum(secondes_annee) AS secondes,
        sum(secondes_attendues) AS secondes_attendues
    FROM _jours_compteurs
    GROUP BY id_centre, poste, synthetique, year(jour)
),

periodes AS (
    SELECT id_centre, poste, synthetique, year(date_debut) AS annee, sum(signe * energie_mj) AS energie_mj
    FROM _periodes_compteurs
    WHERE year(date_debut) = year(date_fin)
    GROUP BY id_centre, poste, synthetique, year(date_debut)
),

ecarts AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        annee,
        sum(energie_mj) AS energie_mj,
        string_agg(motif, '|' ORDER BY motif) AS motifs
    FROM _ecarts_compteurs
    GROUP BY id_centre, poste, synthetique, annee
),

cles AS (
    SELECT id_centre, poste, synthetique, annee FROM du_jour
    UNION
    SELECT id_centre, poste, synthetique, annee FROM ecarts
),

emplois AS (
    SELECT
        c.id_centre,
        c.poste,
        c.synthetique,
        c.annee,
        greatest(e.date_debut, make_date(c.annee, 1, 1)) AS premier_jour,
        least(e.date_fin, make_date(c.annee, 12, 31)) AS dernier_jour
    FROM cles AS c
    INNER JOIN emplois_compteurs AS e
        ON e.id_centre = c.id_centre AND e.poste = c.poste AND e.synthetique = c.synthetique
        AND year(e.date_debut) <= c.annee AND year(e.date_fin) >= c.annee
),

attendus AS (
    SELECT id_centre, poste, synthetique, annee, sum(dernier_jour - premier_jour + 1) AS nb_jours
    FROM emplois
    GROUP BY id_centre, poste, synthetique, annee
),

partiels AS (
    SELECT *
    FROM emplois
    QUALIFY NOT bool_or(premier_jour = make_date(annee, 1, 1) AND dernier_jour = make_date(annee, 12, 31))
        OVER (PARTITION BY id_centre, poste, synthetique, annee)
),

sans_compteur AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        annee,
        dayofyear(make_date(annee, 12, 31)) - count(DISTINCT jour) AS nb_jours
    FROM (SELECT *, unnest(generate_series(premier_jour, dernier_jour, INTERVAL 1 DAY)) AS jour FROM partiels)
    GROUP BY id_centre, poste, synthetique, annee
),

declarees AS (
    SELECT
        id_centre,
        annee,
        unnest(['total', 'it', 'groupes_secours']) AS poste,
        unnest([energie_totale_kwh, energie_it_kwh, energie_groupes_secours_kwh]) AS energie_kwh
    FROM declarations
    WHERE coalesce(nature_valeur, '')
        NOT IN ('conception', 'intermediaire', 'partielle', 'puissance_instantanee', 'puissance_crete')
        AND coalesce(date_debut, make_date(annee, 1, 1)) = make_date(annee, 1, 1)
        AND coalesce(date_fin, make_date(annee, 12, 31)) = make_date(annee, 12, 31)
),

lignes AS (
    SELECT
        *,
        greatest(date_debut, make_date(annee, 1, 1)) AS premier_jour,
        least(date_fin, make_date(annee, 12, 31)) AS dernier_jour
    FROM (SELECT *, unnest(range(year(date_debut), year(date_fin) + 1)) AS annee FROM consommations)
    SEMI JOIN cles USING (id_centre, poste, annee)
),

recopiees AS (
    SELECT
        id_centre,
        poste,
        annee,
        sum(energie_kwh * (dernier_jour - premier_jour + 1) / (date_fin - date_debut + 1) ORDER BY date_debut)
            AS energie_kwh
    FROM lignes
    GROUP BY id_centre, poste, annee
),

recouvertes AS (
    SELECT id_centre, poste, annee, count(DISTINCT jour) / dayofyear(make_date(annee, 12, 31)) AS part
    FROM (
        SELECT *, unnest(generate_series(premier_jour, dernier_jour, INTERVAL 1 DAY)) AS jour
        FROM lignes
        WHERE energie_kwh IS NOT NULL
    )
    GROUP BY id_centre, poste, annee
),

reunis AS (
    SELECT
        c.*,
        d.energie_kwh AS energie_declaree_kwh,
        l.energie_kwh AS energie_lignes_kwh,
        CASE WHEN j.energie_mj IS NOT NULL OR p.energie_mj IS NOT NULL THEN
            coalesce(j.energie_mj, 0) + coalesce(p.energie_mj, 0)
        END AS energie_mj,
        CASE WHEN r.part >= 0.99 THEN l.energie_kwh END AS energie_annee_kwh,
        coalesce(
            CAST(j.secondes AS DOUBLE)
            / CAST(
                j.secondes_attendues
                + 86400 * (greatest(a.nb_jours - j.nb_jours_lus, 0) + coalesce(s.nb_jours, 0)) AS DOUBLE
            ),
            0
        ) AS completude,
        kwh(coalesce(e.energie_mj, 0)) AS energie_ecartee_kwh,
        e.motifs AS motifs_ecart
    FROM cles AS c
    LEFT JOIN attendus AS a USING (id_centre, poste, synthetique, annee)
    LEFT JOIN sans_compteur AS s USING (id_centre, poste, synthetique, annee)
    LEFT JOIN du_jour AS j USING (id_centre, poste, synthetique, annee)
    LEFT JOIN periodes AS p USING (id_centre, poste, synthetique, annee)
    LEFT JOIN ecarts AS e USING (id_centre, poste, synthetique, annee)
    LEFT JOIN declarees AS d USING (id_centre, poste, annee)
    LEFT JOIN recopiees AS l USING (id_centre, poste, annee)
    LEFT JOIN recouvertes AS r USING (id_centre, poste, annee)
)

SELECT
    id_centre,
    annee,
    poste,
    energie_declaree_kwh,
    energie_lignes_kwh,
    CASE WHEN energie_mj >= 0 THEN kwh(energie_mj) END AS energie_compteurs_kwh,
    completude,
    energie_ecartee_kwh,
    motifs_ecart,
    CASE WHEN completude >= 0.99 AND energie_mj >= 0 THEN
        100 * (kwh(energie_mj) / nullif(coalesce(energie_declaree_kwh, energie_annee_kwh), 0) - 1)
    END AS ecart_pct,
    synthetique
FROM reunis
ORDER BY id_centre, annee, poste
