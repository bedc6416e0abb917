-- One row per Merkmal and Stichtag that was counted, or can be added exactly, on a Zuschnitt (variables zuschnitt,
-- raumebene): the counts of the units in the list `einheiten` (a variable), each with its place in that list (from 0).
WITH einheit AS (
    SELECT
        unnest(getvariable('einheiten')::VARCHAR[]) AS raum_id,
        unnest(range(len(getvariable('einheiten')::VARCHAR[]))) AS platz
)

SELECT
    merkmal_raum.merkmal,
    merkmal_raum.stichtag,
    coalesce(list(einheit.platz ORDER BY einheit.platz) FILTER (einheit.platz IS NOT NULL), []) AS plaetze,
    coalesce(list(merkmal_raum.wert ORDER BY einheit.platz) FILTER (einheit.platz IS NOT NULL), []) AS werte
FROM merkmal_raum
LEFT JOIN einheit ON merkmal_raum.raum_id = einheit.raum_id
WHERE
    merkmal_raum.zuschnitt = getvariable('zuschnitt')
    AND merkmal_raum.raumebene = getvariable('raumebene')
    AND merkmal_raum.merkmal <> 'flaeche_km2'
GROUP BY merkmal_raum.merkmal, merkmal_raum.stichtag
ORDER BY merkmal_raum.merkmal, merkmal_raum.stichtag
