-- One row per count that a corrected Lieferung changed, since a release published it, by less than may be published:
-- with the new figure, the change would be known. In a unit of 10,000 residents a change of one household identifies
-- nobody; an estimate changes with every new fit of its key.
WITH einwohnerzahl AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        wert AS einwohner
    FROM angabe
    WHERE seite = 'einwohner'
)

SELECT DISTINCT
    angabe.zuschnitt,
    angabe.raumebene,
    angabe.raum_id,
    angabe.stichtag,
    angabe.seite
FROM angabe
INNER JOIN angabe_frueher
    ON
        angabe.zuschnitt = angabe_frueher.zuschnitt
        AND angabe.raumebene = angabe_frueher.raumebene
        AND angabe.raum_id = angabe_frueher.raum_id
        AND angabe.stichtag = angabe_frueher.stichtag
        AND angabe.seite = angabe_frueher.seite
LEFT JOIN einwohnerzahl
    ON
        angabe.zuschnitt = einwohnerzahl.zuschnitt
        AND angabe.raumebene = einwohnerzahl.raumebene
        AND angabe.raum_id = einwohnerzahl.raum_id
        AND angabe.stichtag = einwohnerzahl.stichtag
WHERE
    zu_klein(abs(angabe.wert - angabe_frueher.wert), angabe.mindestens)
    AND NOT angabe_frueher.geschaetzt
    AND coalesce(einwohnerzahl.einwohner, 0) < 10000
