-- One row = one site and one site that houses it, directly or through another host (itself, when the chain is a ring).
WITH RECURSIVE chaines AS (
    SELECT id_centre, heberge_chez AS hote FROM centres WHERE heberge_chez <> id_centre
    UNION
    SELECT chaines.id_centre, centres.heberge_chez
    FROM chaines
    INNER JOIN centres ON centres.id_centre = chaines.hote
    WHERE centres.heberge_chez <> centres.id_centre
)

SELECT id_centre, hote FROM chaines ORDER BY id_centre, hote
