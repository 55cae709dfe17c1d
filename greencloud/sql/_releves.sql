-- One row = one current reading, with the last day covered by the earlier readings of the same item (NULL: none).
-- A reading that begins on that day or before it overlaps them; one that begins the day after it continues them.
-- Beside the deposited lines: what the meters of an item measured, when each of them is complete: runs of days cut at the
-- ends of the months, and periods that all of them give alike; only in months that no deposited line of that item touches.
-- de_compteurs: made of meters, not deposited line by line.
WITH suites AS (
    SELECT
        *,
        date_trunc('month', jour) AS mois,
        jour - CAST(row_number() OVER (PARTITION BY id_centre, poste, synthetique ORDER BY jour) AS INTEGER) AS suite
    FROM _jours_postes
    WHERE mesure
),

mesurees AS (
    SELECT
        id_centre,
        poste,
        synthetique,
        min(jour) AS date_debut,
        max(jour) AS date_fin,
        sum(energie_mj) AS energie_mj,
        bool_or(estime) AS estime,
        arg_min(rang, jour) AS rang,
        arg_min(depot_ligne, jour) AS depot_ligne
    FROM suites
    GROUP BY id_centre, poste, synthetique, mois, suite
    UNION ALL BY NAME
    SELECT
        p.id_centre,
        p.poste,
        p.synthetique,
        p.date_debut,
        p.date_fin,
        sum(p.signe * p.energie_mj) AS energie_mj,
        sum(p.creneaux_estimes) > 0 AS estime,
        min(p.rang) AS rang,
        arg_min(p.depot_ligne, (p.rang, p.depot_ligne)) AS depot_ligne
    FROM _periodes_compteurs AS p
    GROUP BY p.id_centre, p.poste, p.synthetique, p.date_debut, p.date_fin
    HAVING bool_and(p.complet) AND count(*) = (
        SELECT count(*)
        FROM emplois_compteurs AS e
        WHERE e.id_centre = p.id_centre AND e.poste = p.poste AND e.synthetique = p.synthetique
            AND e.date_debut <= p.date_fin AND e.date_fin >= p.date_debut
    )
),

lignes AS (
    SELECT *, false AS de_compteurs
    FROM consommations
    UNION ALL BY NAME
    SELECT
        true AS de_compteurs,
        m.id_centre,
        m.poste,
        m.date_debut,
        m.date_fin,
        kwh(m.energie_mj) AS energie_kwh,
        CASE WHEN m.estime THEN 'estime' ELSE 'mesure' END AS qualite_mesure,
        d.sha256 AS depot_sha256,
        m.depot_ligne,
        CAST(d.recu_le AS DATE) AS depot_recu_le,
        d.emetteur,
        m.synthetique
    FROM mesurees AS m
    INNER JOIN depots AS d ON d.rang = m.rang
    WHERE m.energie_mj >= 0 AND NOT EXISTS (
        FROM consommations AS c
        WHERE c.id_centre = m.id_centre AND c.poste = m.poste
            AND c.date_debut <= last_day(m.date_fin) AND c.date_fin >= date_trunc('month', m.date_debut)
    )
)

SELECT
    *,
    max(date_fin) OVER (
        PARTITION BY id_centre, poste ORDER BY date_debut ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS fin_precedente
FROM lignes
ORDER BY id_centre, poste, date_debut
