-- One row per group of rows that differ only in one column whose rows are added (`long.over`), and the texts and
-- figures of these rows; and one per unit, Stichtag and column, with the figures added over all other columns (`rand`).
-- Of each kind the 2,000 largest, of which each row has a figure: a total is one in all of them.
WITH einzeln AS (
    SELECT
        FALSE AS rand,
        stelle,
        stichtag,
        basis_id,
        spalte,
        list_concat(list_slice(texte, 1, stelle - 1), list_slice(texte, stelle + 1, len(texte))) AS andere,
        texte[stelle] AS eigener_text,
        wert
    FROM teil_stelle
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
