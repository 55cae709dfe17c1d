-- One row = one site and one year with the energies kept for it, where they come from and what period they cover.
-- A site and a year exist as soon as there is a declaration, or readings that cover the year exactly. Both energies
-- come from one source, so that their ratio is one measurement: the declaration when it gives both for the full year,
-- else the readings when they give both, else the one that gives either of them, the declaration first.
-- Period: A full calendar year, I other dates, C design, X unknown. A row is declared for a year: an empty date is the
-- first or the last day of that year, as the schema tells the declarant. A power passed off as an energy (nature_valeur
-- puissance_*) covers no period: X.
WITH declarees AS (
    SELECT
        *,
        CASE
            WHEN nature_valeur = 'conception' THEN 'C'
            WHEN nature_valeur IN ('intermediaire', 'partielle') THEN 'I'
            WHEN nature_valeur IN ('puissance_instantanee', 'puissance_crete') THEN 'X'
            WHEN date_debut <> make_date(annee, 1, 1) OR date_fin <> make_date(annee, 12, 31) THEN 'I'
            ELSE 'A'
        END AS periode
    FROM declarations
),

relevees AS (
    SELECT
        id_centre,
        annee,
        max(energie_kwh) FILTER (WHERE poste = 'total' AND exacte) AS energie_totale_kwh,
        max(energie_kwh) FILTER (WHERE poste = 'it' AND exacte) AS energie_it_kwh,
        ['mesure', 'point_change', NULL, 'estime', 'manquant'][
            max(rang_qualite) FILTER (WHERE poste IN ('total', 'it') AND exacte)
        ] AS qualite_mesure,
        coalesce(sum(energie_kwh) FILTER (WHERE poste = 'groupes_secours'), 0) > 0 AS groupes_secours,
        bool_or(chevauchement) AS chevauchement
    FROM _releves_annuels
    GROUP BY id_centre, annee
),

reunies AS (
    SELECT
        coalesce(d.id_centre, r.id_centre) AS id_centre,
        coalesce(d.annee, r.annee) AS annee,
        CASE
            WHEN d.energie_totale_kwh IS NOT NULL AND d.energie_it_kwh IS NOT NULL AND d.periode = 'A'
                THEN 'declaration'
            WHEN r.energie_totale_kwh IS NOT NULL AND r.energie_it_kwh IS NOT NULL THEN 'consommations'
            WHEN coalesce(d.energie_totale_kwh, d.energie_it_kwh) IS NOT NULL THEN 'declaration'
            WHEN coalesce(r.energie_totale_kwh, r.energie_it_kwh) IS NOT NULL THEN 'consommations'
        END AS source_energie,
        d.id_centre IS NOT NULL AS declaree,
        d.periode AS periode_declaree,
        d.date_debut AS debut_declare,
        d.date_fin AS fin_declaree,
        d.energie_totale_kwh AS totale_declaree,
        d.energie_it_kwh AS it_declaree,
        d.qualite_mesure AS qualite_declaree,
        r.energie_totale_kwh AS totale_relevee,
        r.energie_it_kwh AS it_relevee,
        r.qualite_mesure AS qualite_relevee,
        coalesce(d.energie_groupes_secours_kwh > 0, false) OR coalesce(r.groupes_secours, false) AS groupes_secours,
        coalesce(r.chevauchement, false) AS chevauchement
    FROM declarees AS d
    FULL JOIN relevees AS r ON r.id_centre = d.id_centre AND r.annee = d.annee
)

SELECT
    id_centre,
    annee,
    declaree,
    source_energie,
    CASE WHEN source_energie = 'consommations' THEN totale_relevee ELSE totale_declaree END AS energie_totale_kwh,
    CASE WHEN source_energie = 'consommations' THEN it_relevee ELSE it_declaree END AS energie_it_kwh,
    CASE WHEN source_energie = 'consommations' THEN qualite_relevee ELSE qualite_declaree END AS qualite_mesure,
    CASE WHEN source_energie = 'consommations' THEN 'A' ELSE periode_declaree END AS periode,
    CASE WHEN source_energie = 'consommations' THEN make_date(annee, 1, 1) ELSE debut_declare END AS date_debut,
    CASE WHEN source_energie = 'consommations' THEN make_date(annee, 12, 31) ELSE fin_declaree END AS date_fin,
    -- Declared water, heat and renewables may be divided by these energies: same source, or both cover the year.
    source_energie = 'declaration' OR periode_declaree = 'A' AS meme_periode,
    groupes_secours,
    chevauchement,
    -- Two values of one year, more than 5 % of the declared one apart; a declared part of a year is another quantity.
    periode_declaree = 'A'
    AND (
        coalesce(abs(totale_relevee - totale_declaree) > 0.05 * totale_declaree, false)
        OR coalesce(abs(it_relevee - it_declaree) > 0.05 * it_declaree, false)
    ) AS ecart_consommations
FROM reunies
WHERE declaree OR source_energie IS NOT NULL
ORDER BY id_centre, annee
