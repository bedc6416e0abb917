-- One row per Lieferung and a Merkmal that is read from it; without a Merkmal, a Lieferung that describes space.
-- The contract of a source applies to each of its files: all of them have every column that it names.
-- Official totals are an origin only where one of them is published: those that are merely compared with are not.
WITH gelesen AS (
    SELECT
        quelle_merkmal.quelle,
        quelle_merkmal.merkmal,
        'stage.zaehlung_liste' AS tabelle
    FROM katalog.quelle_merkmal
    INNER JOIN katalog.quelle ON quelle_merkmal.quelle = quelle.quelle
    SEMI JOIN katalog.merkmal ON quelle_merkmal.merkmal = merkmal.merkmal
    WHERE quelle.art IN ('matrix', 'register')

    UNION ALL

    SELECT DISTINCT
        quelle,
        merkmal,
        'stage.amtlich' AS tabelle
    FROM amtlich_raum

    UNION ALL

    SELECT
        quelle,
        'flaeche_km2' AS merkmal,
        'stage.geometrie' AS tabelle
    FROM katalog.quelle
    WHERE art = 'geometry'

    UNION ALL

    SELECT
        quelle,
        NULL AS merkmal,
        CASE art WHEN 'assignment' THEN 'stage.zuordnung' ELSE 'stage.raum_name' END AS tabelle
    FROM katalog.quelle
    WHERE art IN ('assignment', 'names')
)

SELECT
    gelesen.merkmal,
    gelesen.quelle,
    quelle.titel_de,
    quelle.titel_en,
    datei.datei,
    datei.sha256,
    gelesen.tabelle
FROM gelesen
INNER JOIN katalog.quelle ON gelesen.quelle = quelle.quelle
INNER JOIN stage.datei ON gelesen.quelle = datei.quelle
