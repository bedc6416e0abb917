-- One row per sheet of figures, which is a Raumebene on the Zuschnitt on which its Stichtage are read (heutig) or on
-- others: where its rows lie in raum_jahr, and how many of them are of the newest Stichtag.
WITH zeile AS (
    SELECT
        raumebene,
        heutig,
        rowid AS stelle,
        stichtag = max(stichtag) OVER (PARTITION BY raumebene, heutig) AS neueste
    FROM raum_jahr
)

SELECT
    raumebene,
    heutig,
    min(stelle) AS erste,
    count(*) AS zeilen,
    count(*) FILTER (neueste) AS neueste
FROM zeile
GROUP BY raumebene, heutig
