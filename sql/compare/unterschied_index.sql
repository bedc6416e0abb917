-- One row per version of an index that one release has only, that is defined in another way, or of which scores,
-- classes, ranks or their reasons differ at Stichtage that both releases have. Columns but texts are the definition.
WITH definition AS (
    SELECT
        'vorher' AS fassung,
        *
    FROM vorher.index_definition
    UNION ALL BY NAME
    SELECT
        'heute' AS fassung,
        *
    FROM fortschreibung.index_definition
),

komponente AS (
    SELECT
        'vorher' AS fassung,
        *
    FROM vorher.index_komponente
    UNION ALL BY NAME
    SELECT
        'heute' AS fassung,
        *
    FROM fortschreibung.index_komponente
),

klasse AS (
    SELECT
        'vorher' AS fassung,
        *
    FROM vorher.index_klasse
    UNION ALL BY NAME
    SELECT
        'heute' AS fassung,
        *
    FROM fortschreibung.index_klasse
),

zeile AS (
    SELECT
        fassung,
        index_id,
        index_version,
        label_de,
        row(
            *COLUMNS(
                * EXCLUDE (
                    fassung, position, label_de, label_en, beschreibung_de, beschreibung_en, einschraenkung_de,
                    einschraenkung_en, wortwahl_de, wortwahl_en, quelle
                )
            )
        )::VARCHAR AS inhalt
    FROM definition
    UNION ALL
    SELECT
        fassung,
        index_id,
        index_version,
        NULL AS label_de,
        row(*COLUMNS(* EXCLUDE (fassung, position)))::VARCHAR AS inhalt
    FROM komponente
    UNION ALL
    SELECT
        fassung,
        index_id,
        index_version,
        NULL AS label_de,
        row(*COLUMNS(* EXCLUDE (fassung, label_de, label_en)))::VARCHAR AS inhalt
    FROM klasse
),

rechnung AS (
    SELECT
        index_id,
        index_version,
        max(label_de) AS label_de,
        string_agg(inhalt, '; ' ORDER BY inhalt) FILTER (fassung = 'vorher') AS davor,
        string_agg(inhalt, '; ' ORDER BY inhalt) FILTER (fassung = 'heute') AS jetzt
    FROM zeile
    GROUP BY index_id, index_version
),

zahlen AS (
    SELECT
        jetzt.index_id,
        jetzt.index_version,
        count(*) FILTER (jetzt.punkte IS DISTINCT FROM davor.punkte) AS scores,
        count(*) FILTER (
            jetzt.klasse_von IS DISTINCT FROM davor.klasse_von OR jetzt.klasse_bis IS DISTINCT FROM davor.klasse_bis
        ) AS classes,
        count(*) FILTER (jetzt.klassen_90 IS DISTINCT FROM davor.klassen_90) AS likely_classes,
        count(*) FILTER (
            jetzt.rang_von IS DISTINCT FROM davor.rang_von OR jetzt.rang_bis IS DISTINCT FROM davor.rang_bis
        ) AS ranks,
        count(*) FILTER (jetzt.index_status <> davor.index_status) AS reasons,
        max(abs(jetzt.punkte - davor.punkte)) AS largest
    FROM vorher.index_wert_alle AS davor
    INNER JOIN fortschreibung.index_wert_alle AS jetzt
        USING (zuschnitt, raumebene, raum_id, stichtag, index_id, index_version, massstab)
    GROUP BY jetzt.index_id, jetzt.index_version
)

SELECT
    rechnung.index_id,
    rechnung.index_version,
    rechnung.label_de,
    coalesce(zahlen.scores, 0) AS scores,
    coalesce(zahlen.classes, 0) AS classes,
    coalesce(zahlen.likely_classes, 0) AS likely_classes,
    coalesce(zahlen.ranks, 0) AS ranks,
    coalesce(zahlen.reasons, 0) AS reasons,
    zahlen.largest,
    CASE
        WHEN rechnung.davor IS NULL THEN 'come'
        WHEN rechnung.jetzt IS NULL THEN 'gone'
        WHEN rechnung.davor <> rechnung.jetzt THEN 'definition'
        ELSE 'figures'
    END AS change
FROM rechnung
LEFT JOIN zahlen ON rechnung.index_id = zahlen.index_id AND rechnung.index_version = zahlen.index_version
WHERE
    rechnung.davor IS DISTINCT FROM rechnung.jetzt
    OR zahlen.scores > 0
    OR zahlen.classes > 0
    OR zahlen.likely_classes > 0
    OR zahlen.ranks > 0
    OR zahlen.reasons > 0
ORDER BY rechnung.index_id, rechnung.index_version
