-- One row is a count of a unit that fell from at least 20 to zero between two Stichtage.
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag, ', ', merkmal) AS einheit,
    '0' AS gefunden,
    concat('something like the ', wert_vorher, ' of ', stichtag_vorher) AS erwartet
FROM _merkmal_paar
WHERE wert = 0 AND wert_vorher >= 20
ORDER BY stichtag, merkmal, raumebene, raum_id
