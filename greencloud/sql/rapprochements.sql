-- One row = one site, one year and one item of which a meter gave readings: what is declared, deposited line by line,
-- metered, and set aside. A declaration counts when it covers the calendar year; a line is shared out by days.
-- The gap is told for a year covered at 99 % at least (a choice of the project): a hole is no gap.
WITH du_jour AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        year(jour) AS annee,
        sum(signe * energie_mj) AS energie_mj,
        count(*) AS nb_jours_lus,
        sum(secondes) AS secondes,
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

attendus AS (
    SELECT
        c.id_centre,
        c.poste,
        c.synthetique,
        c.annee,
        sum(least(e.date_fin, make_date(c.annee, 12, 31)) - greatest(e.date_debut, make_date(c.annee, 1, 1)) + 1)
            AS nb_jours
    FROM cles AS c
    INNER JOIN emplois_compteurs AS e
        ON e.id_centre = c.id_centre AND e.poste = c.poste AND e.synthetique = c.synthetique
        AND year(e.date_debut) <= c.annee AND year(e.date_fin) >= c.annee
    GROUP BY c.id_centre, c.poste, c.synthetique, c.annee
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
    SELECT *, unnest(range(year(date_debut), year(date_fin) + 1)) AS annee FROM consommations
),

recopiees AS (
    SELECT
        id_centre,
        poste,
        annee,
        sum(
            energie_kwh
            * (least(date_fin, make_date(annee, 12, 31)) - greatest(date_debut, make_date(annee, 1, 1)) + 1)
            / (date_fin - date_debut + 1)
            ORDER BY date_debut
        ) AS energie_kwh
    FROM lignes
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
        CAST(coalesce(j.secondes, 0) AS DOUBLE)
        / CAST(
            coalesce(j.secondes_attendues, 0) + 86400 * greatest(a.nb_jours - coalesce(j.nb_jours_lus, 0), 0) AS DOUBLE
        ) AS completude,
        kwh(coalesce(e.energie_mj, 0)) AS energie_ecartee_kwh,
        e.motifs AS motifs_ecart
    FROM cles AS c
    INNER JOIN attendus AS a USING (id_centre, poste, synthetique, annee)
    LEFT JOIN du_jour AS j USING (id_centre, poste, synthetique, annee)
    LEFT JOIN periodes AS p USING (id_centre, poste, synthetique, annee)
    LEFT JOIN ecarts AS e USING (id_centre, poste, synthetique, annee)
    LEFT JOIN declarees AS d USING (id_centre, poste, annee)
    LEFT JOIN recopiees AS l USING (id_centre, poste, annee)
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
        100 * (kwh(energie_mj) / nullif(coalesce(energie_declaree_kwh, energie_lignes_kwh), 0) - 1)
    END AS ecart_pct,
    synthetique
FROM reunis
ORDER BY id_centre, annee, poste
