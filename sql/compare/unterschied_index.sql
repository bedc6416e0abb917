-- One row per version of an index that one release has only, that is defined in another way, or of which scores,
-- classes or their reasons differ at Stichtage that both releases have.
WITH zeile AS (
    SELECT
        'vorher' AS fassung,
        index_id,
        index_version,
        label_de,
        concat_ws(
            ' ', standardisierung, rundung, verdichtung, nachskalierung, klassierung, basisstichtag,
            mindest_einwohner, abstand_jahre, verbleib
        ) AS inhalt
    FROM vorher.index_definition
    UNION ALL
    SELECT
        'heute' AS fassung,
        index_id,
        index_version,
        label_de,
        concat_ws(
            ' ', standardisierung, rundung, verdichtung, nachskalierung, klassierung, basisstichtag,
            mindest_einwohner, abstand_jahre, verbleib
        ) AS inhalt
    FROM fortschreibung.index_definition
    UNION ALL
    SELECT
        'vorher' AS fassung,
        index_id,
        index_version,
        NULL AS label_de,
        concat_ws(' ', indikator_id, gewicht, richtung) AS inhalt
    FROM vorher.index_komponente
    UNION ALL
    SELECT
        'heute' AS fassung,
        index_id,
        index_version,
        NULL AS label_de,
        concat_ws(' ', indikator_id, gewicht, richtung) AS inhalt
    FROM fortschreibung.index_komponente
    UNION ALL
    SELECT
        'vorher' AS fassung,
        index_id,
        index_version,
        NULL AS label_de,
        concat_ws(' ', klassenart, klasse, klassengrenze) AS inhalt
    FROM vorher.index_klasse
    UNION ALL
    SELECT
        'heute' AS fassung,
        index_id,
        index_version,
        NULL AS label_de,
        concat_ws(' ', klassenart, klasse, klassengrenze) AS inhalt
    FROM fortschreibung.index_klasse
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
    OR zahlen.reasons > 0
ORDER BY rechnung.index_id, rechnung.index_version
