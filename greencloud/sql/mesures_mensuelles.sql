-- One row = one site, one month and one item of which at least one meter tells something: energy, completeness, powers.
-- Energies are summed in whole millijoules. completude: seconds whose energy counts in that month over seconds expected of
-- the meters in service; a day without any reading is expected to last 24 hours, and so is a day without any meter in
-- service. A period that crosses the end of a month gives it no energy, and covers none of its days.
-- Powers and shares rest on the days told by slots of one hour at most; powers need a single meter, which adds up.
-- The PUE needs both items complete; its category is that of the weakest metering point of the IT meters.
WITH du_mois AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        CAST(date_trunc('month', jour) AS DATE) AS mois,
        sum(signe * energie_mj) AS energie_mj,
        count(*) AS nb_jours_lus,
        sum(secondes_mois) AS secondes,
        sum(secondes_attendues) AS secondes_attendues,
        max(pas_max) AS pas_max,
        min(signe) AS signe,
        median(puissance_min_mw) FILTER (mesure) AS puissance_base_mw,
        max(puissance_max_mw) AS puissance_pointe_mw,
        sum(signe * energie_nuit_mj) AS energie_nuit_mj,
        coalesce(sum(signe * energie_mj) FILTER (isodow(jour) >= 6), 0) AS energie_week_end_mj
    FROM _jours_compteurs
    GROUP BY id_centre, poste, synthetique, date_trunc('month', jour)
),

periodes AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        CAST(date_trunc('month', date_debut) AS DATE) AS mois,
        sum(signe * energie_mj) AS energie_mj
    FROM _periodes_compteurs
    WHERE date_trunc('month', date_debut) = date_trunc('month', date_fin)
    GROUP BY id_centre, poste, synthetique, date_trunc('month', date_debut)
),

creneaux AS (
    SELECT
        e.id_centre,
        e.poste,
        e.synthetique,
        CAST(date_trunc('month', r.date_debut) AS DATE) AS mois,
        sum(r.creneaux) AS creneaux,
        sum(r.creneaux_estimes) AS estimes
    FROM releves AS r
    INNER JOIN emplois_compteurs AS e
        ON e.emetteur IS NOT DISTINCT FROM r.emetteur AND e.synthetique = r.synthetique AND e.id_compteur = r.compteur
        AND r.date_debut >= e.date_debut AND r.date_fin <= e.date_fin
    GROUP BY e.id_centre, e.poste, e.synthetique, date_trunc('month', r.date_debut)
),

emplois AS (
    SELECT
        m.id_centre,
        m.poste,
        m.synthetique,
        m.mois,
        e.emetteur,
        e.id_compteur,
        e.point_mesure,
        greatest(e.date_debut, m.mois) AS premier_jour,
        least(e.date_fin, last_day(m.mois)) AS dernier_jour
    FROM du_mois AS m
    INNER JOIN emplois_compteurs AS e
        ON e.id_centre = m.id_centre AND e.poste = m.poste AND e.synthetique = m.synthetique
        AND e.date_debut <= last_day(m.mois) AND e.date_fin >= m.mois
),

attendus AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        mois,
        count(DISTINCT (emetteur, id_compteur)) AS nb_compteurs,
        sum(dernier_jour - premier_jour + 1) AS nb_jours,
        CASE WHEN bool_and(coalesce(point_mesure, 'autre') IN ('sortie_onduleur', 'sortie_pdu', 'entree_equipement')) THEN
            min(CASE point_mesure WHEN 'sortie_onduleur' THEN '1' WHEN 'sortie_pdu' THEN '2' ELSE '3' END)
        END AS categorie
    FROM emplois
    GROUP BY id_centre, poste, synthetique, mois
),

-- Days of a month on which no meter is in service, where no meter is in service from its first day to its last.
partiels AS (
    SELECT *
    FROM emplois
    QUALIFY NOT bool_or(premier_jour = mois AND dernier_jour = last_day(mois))
        OVER (PARTITION BY id_centre, poste, synthetique, mois)
),

sans_compteur AS (
    SELECT id_centre, poste, synthetique, mois, day(last_day(mois)) - count(DISTINCT jour) AS nb_jours
    FROM (SELECT *, unnest(generate_series(premier_jour, dernier_jour, INTERVAL 1 DAY)) AS jour FROM partiels)
    GROUP BY id_centre, poste, synthetique, mois
),

complets AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        CAST(date_trunc('month', jour) AS DATE) AS mois,
        count(*) FILTER (complet) AS jours_complets
    FROM _jours_postes
    GROUP BY id_centre, poste, synthetique, date_trunc('month', jour)
),

-- The energy of a month is unknown when all that covers it is told by a longer period.
reunis AS (
    SELECT
        m.* EXCLUDE (energie_mj),
        m.energie_mj AS energie_jours_mj,
        CASE WHEN m.energie_mj IS NOT NULL OR p.energie_mj IS NOT NULL THEN
            coalesce(m.energie_mj, 0) + coalesce(p.energie_mj, 0)
        END AS energie_mj,
        a.nb_compteurs,
        a.categorie,
        m.secondes_attendues
        + 86400 * (greatest(a.nb_jours - m.nb_jours_lus, 0) + coalesce(s.nb_jours, 0)) AS attendues,
        c.jours_complets,
        coalesce(n.estimes / nullif(n.creneaux, 0), 0) AS part_estimee
    FROM du_mois AS m
    INNER JOIN attendus AS a USING (id_centre, poste, synthetique, mois)
    INNER JOIN complets AS c USING (id_centre, poste, synthetique, mois)
    LEFT JOIN sans_compteur AS s USING (id_centre, poste, synthetique, mois)
    LEFT JOIN periodes AS p USING (id_centre, poste, synthetique, mois)
    LEFT JOIN creneaux AS n USING (id_centre, poste, synthetique, mois)
),

ratios AS (
    SELECT
        t.id_centre,
        t.synthetique,
        t.mois,
        kwh(t.energie_mj) / kwh(nullif(greatest(i.energie_mj, 0), 0)) AS pue,
        i.categorie
    FROM reunis AS t
    INNER JOIN reunis AS i USING (id_centre, synthetique, mois)
    WHERE t.poste = 'total' AND i.poste = 'it' AND t.secondes = t.attendues AND i.secondes = i.attendues
)

SELECT
    r.id_centre,
    strftime(r.mois, '%Y-%m') AS mois,
    r.poste,
    CASE WHEN r.energie_mj >= 0 THEN kwh(r.energie_mj) END AS energie_kwh,
    CAST(r.secondes AS DOUBLE) / CAST(r.attendues AS DOUBLE) AS completude,
    r.jours_complets,
    last_day(r.mois) - r.mois + 1 AS jours_du_mois,
    r.nb_compteurs,
    CASE WHEN r.nb_compteurs = 1 AND r.signe = 1 AND r.pas_max <= 3600 THEN r.puissance_base_mw / 1e6 END
        AS puissance_base_kw,
    CASE WHEN r.nb_compteurs = 1 AND r.signe = 1 AND r.pas_max <= 3600 THEN r.puissance_pointe_mw / 1e6 END
        AS puissance_pointe_kw,
    CASE WHEN r.pas_max <= 3600 AND r.energie_jours_mj > 0 AND r.energie_nuit_mj BETWEEN 0 AND r.energie_jours_mj
        THEN CAST(r.energie_nuit_mj AS DOUBLE) / CAST(r.energie_jours_mj AS DOUBLE)
    END AS part_nuit,
    CASE WHEN r.energie_jours_mj > 0 AND r.energie_week_end_mj BETWEEN 0 AND r.energie_jours_mj
        THEN CAST(r.energie_week_end_mj AS DOUBLE) / CAST(r.energie_jours_mj AS DOUBLE)
    END AS part_week_end,
    r.part_estimee,
    CASE WHEN r.poste = 'total' AND q.pue > 1.0005 AND q.pue <= 10 THEN q.pue END AS pue,
    CASE WHEN r.poste = 'total' AND q.pue > 1.0005 AND q.pue <= 10 THEN q.categorie END AS categorie_mesure_it,
    r.synthetique
FROM reunis AS r
LEFT JOIN ratios AS q ON q.id_centre = r.id_centre AND q.synthetique = r.synthetique AND q.mois = r.mois
ORDER BY r.id_centre, mois, r.poste
