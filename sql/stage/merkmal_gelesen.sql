-- One row per Merkmal of a base unit, or of a unit with a total of its own, at a Stichtag, from rows that were read by
-- cell and keep their contract.
-- Columns that make the same Merkmale are added first, so that 101 ages cost no more than their bands. Where a long
-- table lacks a column of a Merkmal for a unit, or a part of a column that is a sum of parts, the sum is unknown,
-- unless its source leaves out what is empty and no row of the unit fell out. Of several missing-value signs below
-- one sum the first status of cities/vocabulary.toml counts.
-- `datei` is the file that the rows are from; the first of them where they are from several.
WITH gute_zeile AS (
    SELECT zeile_gelesen.*
    FROM zeile_gelesen
    ANTI JOIN zeile_verletzt
        ON zeile_gelesen.datei = zeile_verletzt.datei AND zeile_gelesen.zeile = zeile_verletzt.zeile
),

spalte_gruppe AS (
    SELECT
        spalte,
        string_agg(merkmal, ' ' ORDER BY merkmal) AS gruppe
    FROM katalog.spalte_merkmal
    WHERE quelle = getvariable('quelle')
    GROUP BY spalte
),

gruppe_summe AS (
    SELECT
        gute_zeile.stichtag,
        gute_zeile.basis,
        gute_zeile.basis_id,
        gute_zeile.raumebene,
        gute_zeile.raum_id,
        spalte_gruppe.gruppe,
        min(gute_zeile.datei) AS datei,
        count(*) AS spalten,
        sum(zelle_gelesen.wert) AS wert,
        min(status.rang) FILTER (zelle_gelesen.status <> 'ok') AS offen,
        bool_and(zelle_gelesen.status = 'nichts') AS nichts
    FROM zelle_gelesen
    INNER JOIN gute_zeile
        ON zelle_gelesen.datei = gute_zeile.datei AND zelle_gelesen.zeile = gute_zeile.zeile
    INNER JOIN spalte_gruppe ON zelle_gelesen.spalte = spalte_gruppe.spalte
    LEFT JOIN katalog.status ON zelle_gelesen.status = status.status
    GROUP BY ALL
),

gruppe_merkmal AS (
    SELECT DISTINCT
        spalte_gruppe.gruppe,
        unnest(string_split(spalte_gruppe.gruppe, ' ')) AS merkmal
    FROM spalte_gruppe
),

noetig AS (
    SELECT
        spalte_merkmal.merkmal,
        count(*) * getvariable('teile') AS spalten,
        any_value(quelle.ungelistet_null) AS ungelistet_null
    FROM katalog.spalte_merkmal
    INNER JOIN katalog.quelle ON spalte_merkmal.quelle = quelle.quelle
    WHERE spalte_merkmal.quelle = getvariable('quelle')
    GROUP BY spalte_merkmal.merkmal
),

entfallen AS (
    SELECT DISTINCT
        stichtag,
        basis_id
    FROM je_datei_entfallen_einheit
    WHERE basis_id IS NOT NULL
),

von_irgendeiner AS (
    SELECT count(*) > 0 AS entfallen
    FROM je_datei_entfallen_einheit
    WHERE basis_id IS NULL
),

merkmal_summe AS (
    SELECT
        gruppe_summe.stichtag,
        gruppe_summe.basis,
        gruppe_summe.basis_id,
        gruppe_summe.raumebene,
        gruppe_summe.raum_id,
        gruppe_merkmal.merkmal,
        min(gruppe_summe.datei) AS datei,
        sum(gruppe_summe.spalten) AS spalten,
        sum(gruppe_summe.wert) AS wert,
        min(gruppe_summe.offen) AS offen,
        bool_and(gruppe_summe.nichts) AS nichts
    FROM gruppe_summe
    INNER JOIN gruppe_merkmal ON gruppe_summe.gruppe = gruppe_merkmal.gruppe
    GROUP BY ALL
),

beurteilt AS (
    SELECT
        merkmal_summe.*,
        coalesce(
            grund.status,
            CASE
                WHEN
                    merkmal_summe.spalten < noetig.spalten
                    AND (NOT noetig.ungelistet_null OR entfallen.basis_id IS NOT NULL OR von_irgendeiner.entfallen)
                    THEN 'unbekannt'
                WHEN merkmal_summe.nichts THEN 'nichts'
                ELSE 'ok'
            END
        ) AS status
    FROM merkmal_summe
    LEFT JOIN noetig ON merkmal_summe.merkmal = noetig.merkmal
    LEFT JOIN katalog.status AS grund ON merkmal_summe.offen = grund.rang
    LEFT JOIN entfallen
        ON merkmal_summe.stichtag = entfallen.stichtag AND merkmal_summe.basis_id = entfallen.basis_id
    CROSS JOIN von_irgendeiner
)

SELECT
    getvariable('quelle') AS quelle,
    stichtag,
    basis,
    basis_id,
    raumebene,
    raum_id,
    merkmal,
    CASE WHEN status IN ('ok', 'nichts') THEN wert END AS wert,
    status,
    datei
FROM beurteilt
