-- One row = one item of a site that is published in its name, and a protected site whose meters, some of them, count there
-- too in the same days: whoever knew the energy of the one might work out that of the other.
SELECT DISTINCT e.id_centre, e.poste, o.id_centre AS id_protege
FROM emplois_compteurs AS e
INNER JOIN emplois_compteurs AS o
    ON o.emetteur IS NOT DISTINCT FROM e.emetteur AND o.synthetique = e.synthetique
    AND o.id_compteur = e.id_compteur AND o.date_debut <= e.date_fin AND o.date_fin >= e.date_debut
INNER JOIN _sites AS p ON p.id_centre = o.id_centre
INNER JOIN _sites AS s ON s.id_centre = e.id_centre
WHERE p.protege AND NOT s.protege
ORDER BY ALL
