-- One row per file that describes space: how many of its rows stand whole in the staged tables.
-- A row makes several entries (one a Raumebene or numbering); equal ones are numbered, so that each finds its own. What
-- several rows assign alike is staged once, and all of them find that: a city has too many to number them.
WITH geliefert AS (
    SELECT
        quelle,
        datei,
        zeile,
        'raum_name' AS tabelle,
        [zuschnitt, raumebene, raum_id, name] AS eintrag
    FROM roh_raum_name
    WHERE zeile IS NOT NULL

    UNION ALL

    SELECT
        quelle,
        datei,
        zeile,
        CASE WHEN raumebene IS NULL THEN 'geometrie' ELSE 'raum_geometrie' END AS tabelle,
        [zuschnitt, coalesce(raumebene, basis), basis_id] AS eintrag
    FROM polygon

    UNION ALL

    SELECT
        quelle,
        datei,
        zeile,
        'barriere' AS tabelle,
        [quelle, datei, zeile::VARCHAR] AS eintrag
    FROM linie
),

angekommen AS (
    SELECT
        'raum_name' AS tabelle,
        [zuschnitt, raumebene, raum_id, name] AS eintrag
    FROM stage.raum_name

    UNION ALL

    SELECT
        'geometrie' AS tabelle,
        [zuschnitt, basis, basis_id] AS eintrag
    FROM stage.geometrie

    UNION ALL

    SELECT
        'raum_geometrie' AS tabelle,
        [zuschnitt, raumebene, raum_id] AS eintrag
    FROM stage.raum_geometrie

    UNION ALL

    SELECT
        'barriere' AS tabelle,
        [quelle, datei, zeile::VARCHAR] AS eintrag
    FROM stage.barriere
),

geliefert_nummeriert AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY tabelle, eintrag) AS vorkommen
    FROM geliefert
),

angekommen_nummeriert AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY tabelle, eintrag) AS vorkommen
    FROM angekommen
),

eintraege AS (
    SELECT
        geliefert.quelle,
        geliefert.datei,
        geliefert.zeile,
        angekommen.vorkommen IS NOT NULL AS da
    FROM geliefert_nummeriert AS geliefert
    LEFT JOIN angekommen_nummeriert AS angekommen
        ON
            geliefert.tabelle = angekommen.tabelle
            AND geliefert.eintrag = angekommen.eintrag
            AND geliefert.vorkommen = angekommen.vorkommen

    UNION ALL

    SELECT
        geliefert.quelle,
        geliefert.datei,
        geliefert.zeile,
        angekommen.zuschnitt IS NOT NULL AS da
    FROM roh_zuordnung AS geliefert
    LEFT JOIN stage.zuordnung AS angekommen
        ON
            geliefert.zuschnitt = angekommen.zuschnitt
            AND geliefert.basis = angekommen.basis
            AND geliefert.basis_id = angekommen.basis_id
            AND geliefert.raumebene = angekommen.raumebene
            AND geliefert.raum_id = angekommen.raum_id
),

zeilen AS (
    SELECT
        quelle,
        datei,
        zeile,
        bool_and(da) AS ganz
    FROM eintraege
    GROUP BY quelle, datei, zeile
)

SELECT
    quelle,
    datei,
    count_if(ganz) AS zeilen
FROM zeilen
GROUP BY ALL
