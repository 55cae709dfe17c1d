-- One row = one site and one site that houses it, directly or through another host (itself, when the chain is a ring).
-- A host known under several numbers houses its guests under each of them (_identites).
WITH RECURSIVE chaines AS (
    SELECT id_centre, heberge_chez AS hote FROM centres WHERE heberge_chez <> id_centre
    UNION
    SELECT chaines.id_centre, centres.heberge_chez
    FROM chaines
    INNER JOIN centres ON centres.id_centre = chaines.hote
    WHERE centres.heberge_chez <> centres.id_centre
)

SELECT DISTINCT c.id_centre, coalesce(memes.id_centre, c.hote) AS hote
FROM chaines AS c
LEFT JOIN _identites AS i ON i.id_centre = c.hote
LEFT JOIN _identites AS memes ON memes.id_site = i.id_site
ORDER BY c.id_centre, hote
