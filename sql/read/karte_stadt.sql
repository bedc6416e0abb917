-- One row: the figure of the whole city, which a map of distances is measured by; none where it is not published.
WITH groesste AS (
    SELECT raumebene
    FROM raumebene
    ORDER BY rang DESC
    LIMIT 1
)

SELECT max(wert.wert) AS stadt
FROM wert
INNER JOIN groesste ON wert.raumebene = groesste.raumebene
WHERE wert.indikator_id = getvariable('indikator') AND wert.stichtag = getvariable('stichtag')::DATE
HAVING count(wert.wert) = 1
