-- One row is a Sozialraum whose residents changed far out of line with the others between two Stichtage.
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag_vorher, ' to ', stichtag) AS einheit,
    concat(merkmal, ' ', wert_vorher, ' to ', wert, ' (', round(abstand, 1), ' quartile distances)') AS gefunden,
    concat('a change within ', c, ' quartile distances of the median change') AS erwartet
FROM _hidiroglou_berthelot
WHERE merkmal = 'einwohner' AND abstand > c
ORDER BY stichtag, raum_id
