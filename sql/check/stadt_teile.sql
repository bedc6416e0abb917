-- One row is a Stichtag at which a part is larger than its whole in the city.
SELECT
    concat(klein.raumebene, ' ', klein.raum_id, ', ', klein.stichtag) AS einheit,
    concat(paar.teil, ' ', klein.wert) AS gefunden,
    concat('at most ', paar.ganzes, ' ', gross.wert) AS erwartet
FROM _teil_ganzes AS paar
INNER JOIN merkmal_raum AS klein
    ON paar.teil = klein.merkmal
INNER JOIN merkmal_raum AS gross
    ON
        paar.ganzes = gross.merkmal
        AND klein.zuschnitt = gross.zuschnitt
        AND klein.raumebene = gross.raumebene
        AND klein.raum_id = gross.raum_id
        AND klein.stichtag = gross.stichtag
SEMI JOIN stichtag
    ON klein.zuschnitt = stichtag.zuschnitt AND klein.stichtag = stichtag.stichtag
WHERE
    klein.raumebene = (SELECT ebene.groebste FROM _ebene AS ebene)
    AND klein.wert > gross.wert
    AND gross.teile_unbekannt = 0
ORDER BY klein.stichtag, paar.teil
