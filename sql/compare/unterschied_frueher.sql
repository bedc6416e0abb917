-- One row per figure that differs, of a Stichtag that both releases have; `heutig` where it stands on the newest
-- Zuschnitt of its Raumebene and Stichtag, so that a figure that stands on several is counted once.
WITH juengster AS (
    SELECT
        raumebene,
        stichtag,
        max(zuschnitt) AS zuschnitt
    FROM zahl_heute
    GROUP BY raumebene, stichtag
)

SELECT
    unterschied.zuschnitt,
    unterschied.raumebene,
    unterschied.raum_id,
    unterschied.stichtag,
    unterschied.indikator_id,
    unterschied.alt,
    unterschied.neu,
    unterschied.status_alt,
    unterschied.status_neu,
    unterschied.art,
    unterschied.cause,
    coalesce(unterschied.zuschnitt = juengster.zuschnitt, TRUE) AS heutig
FROM unterschied
LEFT JOIN juengster ON unterschied.raumebene = juengster.raumebene AND unterschied.stichtag = juengster.stichtag
WHERE unterschied.cause <> 'stichtag'
