-- One row per combination and a Zuschnitt that assigns its base units.
SELECT DISTINCT
    kombination,
    zuschnitt
FROM kombination_raum
