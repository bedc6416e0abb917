-- One row per Merkmal of a base unit at a pooled Stichtag that the traits are made of; NULL where the count is unknown.
-- A base unit without a row has 0 where its source leaves out what is empty, unless a row of it fell out.
WITH gesucht AS (
    SELECT DISTINCT merkmal
    FROM katalog.indikator_teil
    WHERE list_contains(getvariable('indikatoren'), indikator_id)
    UNION
    SELECT unnest(getvariable('weitere_merkmale'))
),

gezaehlt AS (
    SELECT
        zaehlung.stichtag,
        zaehlung.merkmal,
        zaehlung.basis_id,
        round(sum(zaehlung.wert), 6) AS wert, -- below that it depends on the order of adding
        bool_and(quelle.ungelistet_null) AS ungelistet_null
    FROM stage.zaehlung
    INNER JOIN katalog.quelle ON zaehlung.quelle = quelle.quelle
    SEMI JOIN gesucht ON zaehlung.merkmal = gesucht.merkmal
    SEMI JOIN katalog.zuschnitt
        ON zaehlung.basis = zuschnitt.basis AND zuschnitt.zuschnitt = getvariable('zuschnitt')
    WHERE list_contains(getvariable('stichtage'), zaehlung.stichtag::VARCHAR)
    GROUP BY zaehlung.stichtag, zaehlung.merkmal, zaehlung.basis_id
),

geliefert AS (
    SELECT
        stichtag,
        merkmal,
        bool_and(ungelistet_null) AS ungelistet_null
    FROM gezaehlt
    GROUP BY stichtag, merkmal
),

entfallen AS (
    SELECT DISTINCT
        geliefert.stichtag,
        geliefert.merkmal,
        grund_einheit.basis_id
    FROM stage.entfallen_einheit
    INNER JOIN katalog.quelle_merkmal ON entfallen_einheit.quelle = quelle_merkmal.quelle
    INNER JOIN geliefert
        ON
            quelle_merkmal.merkmal = geliefert.merkmal
            AND coalesce(entfallen_einheit.stichtag, geliefert.stichtag) = geliefert.stichtag
    INNER JOIN grund_einheit
        ON coalesce(entfallen_einheit.basis_id, grund_einheit.basis_id) = grund_einheit.basis_id
),

flaeche AS (
    SELECT
        gesucht.merkmal,
        grund_flaeche.basis_id,
        grund_flaeche.flaeche_km2 AS wert,
        unnest(getvariable('stichtage'))::DATE AS stichtag
    FROM grund_flaeche
    INNER JOIN gesucht ON gesucht.merkmal = 'flaeche_km2'
)

SELECT
    geliefert.stichtag,
    geliefert.merkmal,
    grund_einheit.basis_id,
    CASE
        WHEN gezaehlt.basis_id IS NOT NULL THEN gezaehlt.wert
        WHEN geliefert.ungelistet_null AND entfallen.basis_id IS NULL THEN 0
    END AS wert
FROM geliefert
CROSS JOIN grund_einheit
LEFT JOIN gezaehlt
    ON
        geliefert.stichtag = gezaehlt.stichtag
        AND geliefert.merkmal = gezaehlt.merkmal
        AND grund_einheit.basis_id = gezaehlt.basis_id
LEFT JOIN entfallen
    ON
        geliefert.stichtag = entfallen.stichtag
        AND geliefert.merkmal = entfallen.merkmal
        AND grund_einheit.basis_id = entfallen.basis_id

UNION ALL

SELECT
    stichtag,
    merkmal,
    basis_id,
    wert
FROM flaeche
