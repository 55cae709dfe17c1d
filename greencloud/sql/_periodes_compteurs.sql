-- One row = one meter in one item of one site and one kept period longer than its slots (index, bill), both days included.
SELECT
    e.id_centre,
    e.poste,
    e.signe,
    r.*,
    r.secondes = r.secondes_attendues AS complet
FROM releves AS r
INNER JOIN emplois_compteurs AS e
    ON e.emetteur IS NOT DISTINCT FROM r.emetteur AND e.synthetique = r.synthetique AND e.id_compteur = r.compteur
    AND r.date_debut >= e.date_debut AND r.date_fin <= e.date_fin
WHERE r.nature = 'periode'
