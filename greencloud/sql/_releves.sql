-- One row = one current reading, with the last day covered by the earlier readings of the same meter (NULL: none).
-- A reading that begins on that day or before it overlaps them; one that begins the day after it continues them.
SELECT
    *,
    max(date_fin) OVER (
        PARTITION BY id_centre, poste ORDER BY date_debut ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS fin_precedente
FROM consommations
ORDER BY id_centre, poste, date_debut
