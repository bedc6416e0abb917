-- One row is a Sozialraum where cohorts changed far out of line with the same cohorts of the other Sozialräume.
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag) AS einheit,
    string_agg(
        concat(merkmal, ' since ', stichtag_vorher, ': ', wert_vorher, ' to ', wert, ' (', round(abstand, 1), ')'),
        '; ' ORDER BY merkmal
    ) AS gefunden,
    concat('ratios within ', any_value(c), ' quartile distances of the median ratio') AS erwartet
FROM _hidiroglou_berthelot
WHERE
    reihe = 'kohorte'
    AND abstand > c
    AND greatest(wert, wert_vorher)
    >= (SELECT parameter.mindestens FROM _hidiroglou_berthelot_parameter AS parameter)
GROUP BY raumebene, raum_id, stichtag
ORDER BY stichtag, raum_id
