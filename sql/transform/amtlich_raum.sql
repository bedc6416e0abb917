-- One row per official total of the city that stands as a figure: its Merkmal is not counted at base units on that
-- Stichtag. Where it is, the counts are the figures, and the official total only serves the checks.
WITH gezaehlt AS (
    SELECT
        stichtag,
        merkmal
    FROM stage.zaehlung

    UNION

    SELECT
        register.stichtag,
        spalte.column_name AS merkmal
    FROM stage.register
    INNER JOIN duckdb_columns() AS spalte ON spalte.schema_name = 'stage' AND spalte.table_name = 'register'
    WHERE spalte.column_name NOT IN ('quelle', 'stichtag', 'basis', 'basis_id')
),

allein AS (
    SELECT amtlich.*
    FROM stage.amtlich
    ANTI JOIN gezaehlt ON amtlich.stichtag = gezaehlt.stichtag AND amtlich.merkmal = gezaehlt.merkmal
)

SELECT
    zuschnitt.zuschnitt,
    zuschnitt.basis,
    allein.stichtag,
    allein.raumebene,
    allein.raum_id,
    allein.merkmal,
    allein.wert
FROM allein
ASOF INNER JOIN katalog.zuschnitt ON allein.stichtag >= zuschnitt.gueltig_ab
QUALIFY row_number() OVER (PARTITION BY allein.stichtag, allein.merkmal ORDER BY allein.quelle) = 1
