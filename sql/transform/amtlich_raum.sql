-- One row an official total of the city that stands as a figure: its Merkmal is counted nowhere at base units.
-- Where it is, the counts are the figures, and the official total only serves the checks.
WITH gezaehlt AS (
    SELECT merkmal FROM stage.zaehlung
    UNION
    SELECT spalte.column_name AS merkmal
    FROM duckdb_columns() AS spalte
    WHERE
        spalte.schema_name = 'stage'
        AND spalte.table_name = 'register'
        AND spalte.column_name NOT IN ('quelle', 'stichtag', 'basis', 'basis_id')
        AND EXISTS (SELECT 1 AS eine FROM stage.register)
)

SELECT
    zuschnitt.zuschnitt,
    zuschnitt.basis,
    amtlich.stichtag,
    amtlich.raumebene,
    amtlich.raum_id,
    amtlich.merkmal,
    amtlich.wert
FROM stage.amtlich
ASOF INNER JOIN katalog.zuschnitt ON amtlich.stichtag >= zuschnitt.gueltig_ab
ANTI JOIN gezaehlt ON amtlich.merkmal = gezaehlt.merkmal
QUALIFY row_number() OVER (PARTITION BY amtlich.stichtag, amtlich.merkmal ORDER BY amtlich.quelle) = 1
