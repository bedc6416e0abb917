-- One row per group of rows that differ only in one column whose rows are added (`long.over`), and the texts and
-- figures of these rows; and one per unit, Stichtag and column, with the figures added over all other columns (`rand`).
-- Of each kind the 2,000 largest, of which each row has a figure: a total is one in all of them.
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
),

stelle AS (
    SELECT
        *,
        unnest(generate_series(1, len(texte))) AS stelle
    FROM teil
),

einzeln AS (
    SELECT
        FALSE AS rand,
        stelle,
        stichtag,
        basis_id,
        spalte,
        list_concat(list_slice(texte, 1, stelle - 1), list_slice(texte, stelle + 1, len(texte))) AS andere,
        texte[stelle] AS eigener_text,
        wert
    FROM stelle
),

zusammen AS (
    FROM einzeln

    UNION ALL

    SELECT
        TRUE AS rand,
        stelle,
        stichtag,
        basis_id,
        spalte,
        [] AS andere,
        eigener_text,
        CASE WHEN count(wert) = count(*) THEN sum(wert) END AS wert
    FROM einzeln
    WHERE andere <> []
    GROUP BY stelle, stichtag, basis_id, spalte, eigener_text
)

SELECT
    rand,
    stelle,
    list(eigener_text) AS texte,
    list(wert) AS werte
FROM zusammen
GROUP BY rand, stelle, stichtag, basis_id, spalte, andere
HAVING count(wert) = count(*)
QUALIFY
    row_number() OVER (
        PARTITION BY rand, stelle ORDER BY sum(wert) DESC, stichtag ASC, basis_id ASC, spalte ASC, andere ASC
    ) <= 2000
