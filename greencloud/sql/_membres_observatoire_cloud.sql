-- One row = one cell of observatoire_cloud and one site that it counts: what it adds (valeur) and divides by
-- (diviseur).
-- The counts are inventories of 31 December: a site closed before that day has none, a study (conception) none either.
-- Counted once: not at a guest when one of its hosts gives the same count that year, not under a former number when a
-- later one gives it, not in a ring of hosts (_hebergements).
WITH inventaires AS (
    SELECT
        d.id_centre,
        d.annee,
        d.synthetique,
        s.id_site,
        s.rang_numero,
        coalesce(s.type_hebergement, 'inconnu') AS type_hebergement,
        unnest([
            'nb_machines_virtuelles', 'nb_serveurs_physiques', 'stockage_utile_to', 'machines_virtuelles_par_serveur'
        ]) AS indicateur,
        unnest([
            CAST(d.nb_machines_virtuelles AS DOUBLE),
            d.nb_serveurs_physiques,
            d.stockage_utile_to,
            d.nb_machines_virtuelles
        ]) AS valeur,
        unnest([1.0, 1.0, 1.0, nullif(d.nb_serveurs_physiques, 0)]) AS diviseur
    FROM declarations AS d
    INNER JOIN _sites AS s ON s.id_centre = d.id_centre
    WHERE coalesce(d.nature_valeur <> 'conception', true)
        AND coalesce(s.date_fermeture >= make_date(d.annee, 12, 31), true)
),

donnes AS (
    SELECT * FROM inventaires WHERE valeur IS NOT NULL AND diviseur IS NOT NULL
),

anneaux AS (
    SELECT id_centre FROM _hebergements WHERE hote = id_centre
),

comptes AS (
    SELECT *
    FROM donnes AS n
    WHERE n.id_centre NOT IN (FROM anneaux)
        AND NOT EXISTS (
            SELECT 1
            FROM _hebergements AS h
            INNER JOIN donnes AS hote
                ON hote.id_centre = h.hote AND hote.annee = n.annee AND hote.indicateur = n.indicateur
                AND hote.synthetique = n.synthetique
            WHERE h.id_centre = n.id_centre AND h.hote NOT IN (FROM anneaux)
        )
        AND NOT EXISTS (
            SELECT 1
            FROM donnes AS suite
            WHERE suite.id_site = n.id_site AND suite.annee = n.annee AND suite.indicateur = n.indicateur
                AND suite.rang_numero > n.rang_numero
        )
),

cellules AS (
    SELECT
        * EXCLUDE (type_hebergement),
        unnest(['ensemble', 'type_hebergement']) AS dimension,
        unnest(['ensemble', type_hebergement]) AS modalite
    FROM comptes
)

SELECT
    c.annee,
    c.synthetique,
    c.indicateur,
    c.dimension,
    c.modalite,
    c.id_centre,
    e.energie_totale_kwh,
    e.energie_it_kwh,
    c.valeur,
    c.diviseur
FROM cellules AS c
LEFT JOIN _energies_annuelles AS e ON e.id_centre = c.id_centre AND e.annee = c.annee
ORDER BY c.annee, c.synthetique, c.indicateur, c.dimension, c.modalite, c.id_centre
