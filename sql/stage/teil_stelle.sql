-- One row per row of a long table whose rows are added (`long.over`) and column over which they are: its texts in all
-- of these columns, the place of the column among them, and its figure.
WITH teil AS (
    SELECT
        zelle_gelesen.spalte,
        zelle_gelesen.wert,
        zeile_gelesen.stichtag,
        zeile_gelesen.basis_id,
        string_split(roh.teil, chr(31)) AS texte
    FROM zelle_gelesen
    INNER JOIN zeile_gelesen
        ON zelle_gelesen.datei = zeile_gelesen.datei AND zelle_gelesen.zeile = zeile_gelesen.zeile
    INNER JOIN roh ON zelle_gelesen.datei = roh.datei AND zelle_gelesen.zeile = roh.zeile::BIGINT
    WHERE zeile_gelesen.regel IS NULL
)

SELECT
    *,
    unnest(generate_series(1, len(texte))) AS stelle
FROM teil
