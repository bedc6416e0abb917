-- One row per register source and a Merkmal that is counted from it.
SELECT
    quelle.quelle,
    spalte.column_name AS merkmal
FROM katalog.quelle
CROSS JOIN duckdb_columns() AS spalte
WHERE
    quelle.art = 'register'
    AND spalte.schema_name = 'stage'
    AND spalte.table_name = 'register'
    AND spalte.column_name NOT IN ('quelle', 'stichtag', 'basis', 'basis_id')
