-- One row: the Stichtag that a report is about (the newest with residents of Sozialräume), the one before, and the
-- Raumebene of the whole city.
WITH mit_einwohnern AS (
    SELECT DISTINCT stichtag
    FROM wert
    WHERE indikator_id = 'einwohner' AND raumebene = 'sozialraum' AND wert IS NOT NULL
),

neuester AS (
    SELECT
        max(stichtag) AS stichtag,
        arg_max(stichtag, stichtag, 2) AS letzte
    FROM mit_einwohnern
),

groesste AS (
    SELECT arg_max(raumebene, rang) AS stadtebene
    FROM raumebene
)

SELECT
    neuester.stichtag,
    neuester.letzte[2] AS vorher,
    groesste.stadtebene
FROM neuester
CROSS JOIN groesste
