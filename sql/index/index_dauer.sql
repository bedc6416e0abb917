-- One row per unit of the newest Zuschnitt of its Raumebene that had the same line on an earlier one: its id there.
WITH heute AS (
    SELECT raum_dauer.*
    FROM raum_dauer
    QUALIFY raum_dauer.zuschnitt = max(raum_dauer.zuschnitt) OVER (PARTITION BY raum_dauer.raumebene)
)

SELECT
    heute.raumebene,
    heute.raum_id,
    davor.zuschnitt AS von_zuschnitt,
    davor.raum_id AS von_id
FROM heute
INNER JOIN raum_dauer AS davor
    ON
        heute.raumebene = davor.raumebene
        AND heute.dauer_id = davor.dauer_id
        AND heute.zuschnitt <> davor.zuschnitt
