-- One row a cell, read: its number or the status of its missing-value sign, and the rule that it breaks (or NULL).
WITH zahlen AS (
    SELECT
        zelle.*,
        fehlzeichen.status AS zeichen_status,
        CASE -- most cells are plain digits or a sign; only the rest need the pattern
            WHEN fehlzeichen.status IS NOT NULL THEN NULL
            WHEN strlen(zelle.zelltext) BETWEEN 1 AND 15 AND trim(zelle.zelltext, '0123456789') = ''
                THEN try_cast(zelle.zelltext AS DOUBLE)
            WHEN regexp_full_match(zelle.zelltext, getvariable('zahl_muster'))
                THEN
                    try_cast(
                        replace(
                            replace(zelle.zelltext, getvariable('tausender'), ''), getvariable('dezimal'), '.'
                        ) AS DOUBLE
                    )
        END AS zahl
    FROM zelle
    LEFT JOIN fehlzeichen
        ON zelle.zelltext = fehlzeichen.zeichen
),

ganzzahlig AS (
    SELECT
        spalte_merkmal.spalte,
        bool_and(merkmal.ganzzahlig) AS ganzzahlig
    FROM katalog.spalte_merkmal
    INNER JOIN katalog.merkmal ON spalte_merkmal.merkmal = merkmal.merkmal
    WHERE spalte_merkmal.quelle = getvariable('quelle')
    GROUP BY spalte_merkmal.spalte
),

skaliert AS (
    SELECT
        zahlen.* REPLACE (
            CASE WHEN faktor.faktor IS NULL THEN zahlen.zahl ELSE round(zahlen.zahl * faktor.faktor, 6) END AS zahl
        ),
        zahlen.einheit_text <> '' AND faktor.faktor IS NULL AS einheit_fremd
    FROM zahlen
    LEFT JOIN faktor
        ON zahlen.spalte = coalesce(faktor.spalte, zahlen.spalte) AND zahlen.einheit_text = faktor.einheit
)

SELECT
    zahlen.datei,
    zahlen.zeile,
    zahlen.spalte,
    zahlen.zelltext,
    CASE WHEN zahlen.zeichen_status = 'nichts' THEN 0 ELSE zahlen.zahl END AS wert,
    coalesce(zahlen.zeichen_status, 'ok') AS status,
    CASE
        WHEN zahlen.zeichen_status IS NOT NULL THEN NULL
        WHEN zahlen.einheit_fremd THEN 'a unit that sources.toml names (`long.units`)'
        WHEN zahlen.zahl IS NULL THEN 'a number as sources.toml writes them, or a known missing-value sign'
        WHEN zahlen.zahl < 0 THEN 'a count of at least 0'
        WHEN ganzzahlig.ganzzahlig AND zahlen.zahl <> floor(zahlen.zahl) THEN 'a whole number'
    END AS regel
FROM skaliert AS zahlen
INNER JOIN ganzzahlig ON zahlen.spalte = ganzzahlig.spalte
