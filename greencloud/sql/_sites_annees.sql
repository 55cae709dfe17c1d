-- One row = one site and one year: its PUE, its comparability class, and why it is left out of the aggregates.
-- Class C1-D-A-M = measurement category, boundary, period, method. Levels: pleine is ranked within its category;
-- reservee has exactly one reserve (unknown category, allocated or unknown boundary, estimated energy); all else is
-- non_comparable.
-- A PUE is published above 1.0005 and up to 10, the bounds of the rules pue_egal_a_un and ratio_energie_impossible,
-- which declarations have passed but sums of readings have not.
-- nature_pue: a full year is annuel, or partiel (pPUE) when the total is an allocated share of a building; another
-- period is intermediaire (iPUE), a study conception (dPUE), powers in place of energies puissance.
-- lettre_comparabilite sums the class up: A pleine, B reservee, C both energies of a full year with more reserves, D
-- both energies of something else than a full year, E a declared PUE without its energies; NULL without any PUE.
-- heures_periode: hours between the two days, both included (8,784 in a leap year); unknown when a part of a year is
-- declared without its dates.
WITH classes AS (
    SELECT
        e.*,
        s.* EXCLUDE (id_centre, puissance_it_installee_kw),
        coalesce(d.puissance_it_installee_kw, s.puissance_it_installee_kw) AS puissance_it_installee_kw,
        d.pue_declare,
        d.categorie_mesure_it,
        d.perimetre,
        e.energie_totale_kwh IS NOT NULL AND e.energie_it_kwh IS NOT NULL AS deux_energies,
        e.energie_totale_kwh / nullif(e.energie_it_kwh, 0) AS ratio,
        'C' || coalesce(d.categorie_mesure_it, 'X') AS code_categorie,
        CASE
            WHEN e.periode = 'A' OR (e.periode = 'I' AND coalesce(e.date_debut, e.date_fin) IS NOT NULL)
                THEN 24 * (
                    coalesce(e.date_fin, make_date(e.annee, 12, 31)) - coalesce(e.date_debut, make_date(e.annee, 1, 1))
                    + 1
                )
        END AS heures_periode,
        CASE d.perimetre WHEN 'dedie' THEN 'D' WHEN 'mixte_compte' THEN 'M' WHEN 'mixte_reparti' THEN 'P' ELSE 'X' END
            AS code_perimetre,
        CASE
            WHEN e.energie_totale_kwh IS NULL OR e.energie_it_kwh IS NULL
                THEN CASE WHEN d.pue_declare IS NULL THEN 'X' ELSE 'R' END
            WHEN e.qualite_mesure IN ('mesure', 'point_change') THEN 'M'
            WHEN e.qualite_mesure = 'estime' THEN 'E'
            ELSE 'X'
        END AS code_methode
    FROM _energies_annuelles AS e
    INNER JOIN _sites AS s ON s.id_centre = e.id_centre
    LEFT JOIN declarations AS d ON d.id_centre = e.id_centre AND d.annee = e.annee
),

niveaux AS (
    SELECT
        *,
        concat_ws('-', code_categorie, code_perimetre, periode, code_methode) AS classe_comparabilite,
        CASE WHEN ratio > 1.0005 AND ratio <= 10 THEN ratio END AS pue_calcule,
        CAST(code_categorie = 'CX' AS INTEGER)
        + CAST(code_perimetre IN ('P', 'X') AS INTEGER)
        + CAST(code_methode = 'E' AS INTEGER) AS reserves
    FROM classes
),

-- The members of a ring of hosts: none of them is summed, so none of them counts for another site.
anneaux AS (
    SELECT id_centre FROM _hebergements WHERE hote = id_centre
)

SELECT
    n.*,
    coalesce(t.classe_taille, 'TX') AS classe_taille,
    CASE
        WHEN pue_calcule IS NULL OR periode <> 'A' OR code_methode NOT IN ('M', 'E') OR reserves > 1
            THEN 'non_comparable'
        WHEN reserves = 1 THEN 'reservee'
        ELSE 'pleine'
    END AS niveau_comparabilite,
    CASE
        WHEN coalesce(pue_calcule, pue_declare) IS NULL THEN NULL
        WHEN periode = 'C' THEN 'conception'
        WHEN periode = 'X' THEN 'puissance'
        WHEN periode = 'I' THEN 'intermediaire'
        WHEN code_perimetre = 'P' THEN 'partiel'
        ELSE 'annuel'
    END AS nature_pue,
    CASE
        WHEN pue_calcule IS NULL THEN CASE WHEN pue_declare IS NOT NULL THEN 'E' END
        WHEN periode <> 'A' THEN 'D'
        WHEN code_methode NOT IN ('M', 'E') OR reserves > 1 THEN 'C'
        WHEN reserves = 1 THEN 'B'
        ELSE 'A'
    END AS lettre_comparabilite,
    CASE
        WHEN energie_totale_kwh IS NULL THEN 'energie_totale_absente'
        WHEN energie_it_kwh IS NULL THEN 'energie_it_absente'
        WHEN pue_calcule IS NULL THEN 'ratio_energie_impossible'
        WHEN periode <> 'A' THEN 'periode_non_annuelle'
        WHEN n.id_centre IN (FROM anneaux) THEN 'hebergement_circulaire'
        -- The host's meters already hold this energy, if the host gives both energies of the same full year.
        WHEN EXISTS (
            SELECT 1
            FROM _hebergements AS h
            INNER JOIN niveaux AS hote ON hote.id_centre = h.hote
            WHERE h.id_centre = n.id_centre AND h.hote NOT IN (FROM anneaux) AND hote.annee = n.annee
                AND hote.synthetique = n.synthetique AND hote.pue_calcule IS NOT NULL AND hote.periode = 'A'
        ) THEN 'compte_chez_hote'
        -- The same site declared twice, under its former number and under the new one: the new one counts.
        WHEN EXISTS (
            SELECT 1
            FROM niveaux AS suite
            WHERE suite.id_site = n.id_site AND suite.annee = n.annee AND suite.rang_numero > n.rang_numero
                AND suite.pue_calcule IS NOT NULL AND suite.periode = 'A'
        ) THEN 'compte_chez_repreneur'
    END AS motif_exclusion
FROM niveaux AS n
LEFT JOIN _classes_taille AS t
    ON n.puissance_it_installee_kw >= t.kw_min AND n.puissance_it_installee_kw < t.kw_max
ORDER BY n.id_centre, n.annee
