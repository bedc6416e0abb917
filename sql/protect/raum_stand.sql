-- One row per Raumebene and Stichtag: the Zuschnitt on which its figures are published first (`wert`). That is the
-- newest on which the Stichtag has any, which is today's wherever it can be brought there.
SELECT
    raumebene,
    stichtag,
    max(zuschnitt) AS zuschnitt
FROM wert_alle
GROUP BY raumebene, stichtag
