-- One row per text of a column whose rows are added (`long.over`) that stands for the sum of the others: it equals it
-- in all groups of rows that differ in this column only and have a figure each, of which at least three have ten or
-- more. Rounded or perturbed counts may be off by as much as their source says; of two texts they may be equal by
-- chance, so there they must be equal to the unit.
WITH gruppe AS (
    SELECT
        stelle,
        texte[stelle] AS eigener_text,
        wert,
        sum(wert) OVER zusammen AS summe,
        count(*) OVER zusammen AS teile,
        count(wert) OVER zusammen AS mit_wert
    FROM teil_stelle
    WINDOW zusammen AS (
        PARTITION BY
            stichtag, basis_id, spalte, stelle,
            list_concat(list_slice(texte, 1, stelle - 1), list_slice(texte, stelle + 1, len(texte)))
    )
)

SELECT
    stelle,
    eigener_text,
    count(*) AS faelle
FROM gruppe
WHERE teile > 1 AND mit_wert = teile
GROUP BY stelle, eigener_text
HAVING
    count(*) FILTER (summe >= 10) >= 3
    AND bool_and(
        abs(2 * wert - summe)
        <= 0.000001 + CASE WHEN teile > 2 THEN coalesce(getvariable('abweichung'), 0) * teile ELSE 0 END
    )
ORDER BY stelle, eigener_text
LIMIT 1
