-- One row per source of counts, with a number that the checks compare by.
SELECT
    quelle,
    (row_number() OVER (ORDER BY quelle))::USMALLINT AS nummer
FROM (SELECT DISTINCT quelle FROM _lieferung_umfang) AS geliefert
