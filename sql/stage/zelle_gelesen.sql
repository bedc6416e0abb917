-- One row per cell, read: its number or the status of its missing-value sign, and the rule that it breaks (or NULL).
-- A figure beside a mark is the figure, or the status that the mark states. A count that a spreadsheet computed may be
-- off a whole number by its noise, of which a thousand millionth is far more than there can be.
WITH zelle_marke AS (
    SELECT
        zelle.*,
        fehlzeichen.status AS zeichen_status,
        marke.muster,
        marke.status AS marke_status
    FROM zelle
    LEFT JOIN fehlzeichen ON zelle.zelltext = fehlzeichen.zeichen
    LEFT JOIN marke ON fehlzeichen.zeichen IS NULL AND regexp_full_match(zelle.zelltext, marke.muster)
),

figur AS (
    SELECT
        * EXCLUDE (muster, marke_status, zeichen_status),
        coalesce(zeichen_status, marke_status) AS zeichen_status,
        CASE
            WHEN muster IS NULL THEN zelltext
            ELSE regexp_extract(zelltext, muster, 1)
        END AS figurtext
    FROM zelle_marke
),

zahlen AS (
    SELECT
        * EXCLUDE (figurtext),
        CASE -- most cells are plain digits or a sign; only the rest need the pattern
            WHEN zeichen_status IS NOT NULL THEN NULL
            WHEN strlen(figurtext) BETWEEN 1 AND 15 AND trim(figurtext, '0123456789') = ''
                THEN try_cast(figurtext AS DOUBLE)
            WHEN regexp_full_match(figurtext, getvariable('zahl_muster'))
                THEN
                    try_cast(
                        replace(
                            ohne_tausender(figurtext), getvariable('dezimal'), '.'
                        ) AS DOUBLE
                    )
        END AS zahl
    FROM figur
),

ganzzahlig AS (
    SELECT
        spalte_merkmal.spalte,
        bool_and(merkmal.ganzzahlig) AS ganzzahlig,
        max(faktor.faktor) AS faktor
    FROM katalog.spalte_merkmal
    INNER JOIN katalog.merkmal ON spalte_merkmal.merkmal = merkmal.merkmal
    LEFT JOIN faktor ON spalte_merkmal.spalte = faktor.spalte
    WHERE spalte_merkmal.quelle = getvariable('quelle')
    GROUP BY spalte_merkmal.spalte
),

skaliert AS (
    SELECT
        zahlen.* EXCLUDE (zahl),
        ganzzahlig.ganzzahlig,
        CASE
            WHEN
                ganzzahlig.faktor IS NULL AND zahlen.einheit_faktor = 1 AND ganzzahlig.ganzzahlig
                AND abs(zahlen.zahl - round(zahlen.zahl)) <= 1e-9
                THEN round(zahlen.zahl) + 0
            WHEN ganzzahlig.faktor IS NULL AND zahlen.einheit_faktor = 1 THEN zahlen.zahl
            ELSE round(zahlen.zahl * coalesce(ganzzahlig.faktor, 1) * zahlen.einheit_faktor, 6)
        END AS zahl
    FROM zahlen
    INNER JOIN ganzzahlig ON zahlen.spalte = ganzzahlig.spalte
)

SELECT
    datei,
    zeile,
    spalte,
    zelltext,
    CASE WHEN zeichen_status = 'nichts' THEN 0 ELSE zahl END AS wert,
    coalesce(zeichen_status, 'ok') AS status,
    CASE
        WHEN zeichen_status IS NOT NULL THEN NULL
        WHEN einheit_faktor IS NULL THEN 'a unit that sources.toml names (`long.units`)'
        WHEN zahl IS NULL THEN 'a number as sources.toml writes them, or a known missing-value sign'
        WHEN zahl < 0 THEN 'a count of at least 0'
        WHEN ganzzahlig AND zahl <> floor(zahl) THEN 'a whole number'
    END AS regel
FROM skaliert
