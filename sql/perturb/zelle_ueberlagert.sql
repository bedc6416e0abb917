-- One row per cell: its count, its cell key, what the table of perturbations adds to it, and between which counts the
-- true one lies for whoever sees the result and knows that table.
-- A cell without a record has count 0 and key 0, and stays 0. Larger counts than the table has take its last row; of a
-- table of 750 rows they take the last 250 in turns (the rule of the Office for National Statistics).
WITH ende AS (
    SELECT
        max(pcv) AS letzte,
        CASE max(pcv) WHEN 750 THEN 500 ELSE max(pcv) - 1 END AS ab,
        max(ckey) + 1 AS schluesselraum
    FROM ptable
),

zeilen AS (
    SELECT
        ende.letzte,
        ende.ab,
        ende.schluesselraum,
        min(ptable.pvalue) AS am_wenigsten,
        max(ptable.pvalue) AS am_meisten
    FROM ende
    INNER JOIN ptable ON ende.ab < ptable.pcv
    GROUP BY ALL
),

zelle AS (
    SELECT
        satz.zelle,
        sum(satz.anzahl) AS anzahl,
        sum(satz.schluessel) % any_value(zeilen.schluesselraum) AS ckey
    FROM zelle_satz AS satz
    CROSS JOIN zeilen
    GROUP BY satz.zelle
),

gefaltet AS (
    SELECT
        zelle.zelle,
        zelle.anzahl,
        zelle.ckey,
        CASE
            WHEN zelle.anzahl <= zeilen.letzte THEN zelle.anzahl
            ELSE zeilen.ab + 1 + (zelle.anzahl - zeilen.ab - 1) % (zeilen.letzte - zeilen.ab)
        END AS pcv
    FROM zelle
    CROSS JOIN zeilen
),

veraendert AS (
    SELECT
        gefaltet.zelle,
        gefaltet.anzahl,
        gefaltet.ckey,
        gefaltet.pcv,
        coalesce(ptable.pvalue, 0) AS pvalue,
        gefaltet.anzahl + coalesce(ptable.pvalue, 0) AS wert
    FROM gefaltet
    LEFT JOIN ptable ON gefaltet.pcv = ptable.pcv AND gefaltet.ckey = ptable.ckey
),

zeile AS (
    SELECT DISTINCT
        pcv,
        pvalue
    FROM ptable

    UNION ALL

    SELECT
        0 AS pcv,
        0 AS pvalue
),

moeglich AS (
    SELECT
        pcv + pvalue AS wert,
        min(pcv) AS von,
        max(pcv) AS bis
    FROM zeile
    GROUP BY ALL
)

SELECT
    veraendert.zelle,
    veraendert.anzahl,
    veraendert.ckey,
    veraendert.pcv,
    veraendert.pvalue,
    veraendert.wert,
    least(
        moeglich.von,
        CASE
            WHEN veraendert.wert - zeilen.am_wenigsten > zeilen.letzte
                THEN greatest(veraendert.wert - zeilen.am_meisten, zeilen.letzte + 1)
        END
    ) AS von,
    greatest(
        moeglich.bis,
        CASE
            WHEN veraendert.wert - zeilen.am_wenigsten > zeilen.letzte THEN veraendert.wert - zeilen.am_wenigsten
        END
    ) AS bis
FROM veraendert
CROSS JOIN zeilen
LEFT JOIN moeglich ON veraendert.wert = moeglich.wert
