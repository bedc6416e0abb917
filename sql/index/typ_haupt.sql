-- One row per Sozialraum and Stichtag on a Zuschnitt: its type in the first typology, whether it is borderline, and the
-- status.
WITH haupt AS (
    SELECT
        ergebnis.typologie_id,
        ergebnis.typologie_version
    FROM typ_ergebnis AS ergebnis
    INNER JOIN katalog.typologie
        ON
            ergebnis.typologie_id = typologie.typologie_id
            AND ergebnis.typologie_version = typologie.typologie_version
    WHERE ergebnis.raumebene = 'sozialraum'
    ORDER BY typologie.position
    LIMIT 1
)

SELECT
    ergebnis.zuschnitt,
    ergebnis.raum_id AS sozialraum_id,
    ergebnis.stichtag,
    ergebnis.typ_id,
    ergebnis.typ_lage,
    ergebnis.typ_status
FROM typ_ergebnis AS ergebnis
INNER JOIN haupt
    ON
        ergebnis.typologie_id = haupt.typologie_id
        AND ergebnis.typologie_version = haupt.typologie_version
WHERE ergebnis.raumebene = 'sozialraum'
