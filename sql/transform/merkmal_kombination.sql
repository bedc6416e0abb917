-- One row per Merkmal of a combination at a Stichtag: summed over its base units, for every Zuschnitt at once.
WITH register_breit AS (
    SELECT
        kombination.kombination,
        register.*
    FROM stage.register
    INNER JOIN kombination
        ON
            register.basis = kombination.basis
            AND register.basis_id = kombination.basis_id
),

register_summe AS (
    SELECT
        stichtag,
        kombination,
        count(*) AS teile,
        sum(COLUMNS(* EXCLUDE (stichtag, kombination, quelle, basis, basis_id)))::BIGINT
    FROM register_breit
    GROUP BY stichtag, kombination
),

register_lang AS (
    UNPIVOT register_summe
    ON COLUMNS(* EXCLUDE (stichtag, kombination, teile))
    INTO NAME merkmal VALUE wert
),

tabelle AS (
    SELECT
        stichtag,
        basis,
        basis_id,
        merkmal,
        wert,
        1 AS gelistet
    FROM stage.zaehlung

    UNION ALL

    SELECT
        stichtag,
        basis,
        basis_id,
        merkmal,
        NULL AS wert,
        0 AS gelistet
    FROM luecke
),

tabelle_summe AS (
    SELECT
        tabelle.stichtag,
        kombination.kombination,
        tabelle.merkmal,
        count(*) AS teile,
        sum(tabelle.gelistet)::BIGINT AS gelistet,
        coalesce(sum(tabelle.wert), 0) AS wert,
        list(tabelle.basis_id) FILTER (tabelle.wert IS NULL) AS unbekannte
    FROM tabelle
    INNER JOIN kombination
        ON
            tabelle.basis = kombination.basis
            AND tabelle.basis_id = kombination.basis_id
    GROUP BY ALL
)

SELECT
    stichtag,
    kombination,
    merkmal,
    teile,
    teile AS gelistet,
    wert::DOUBLE AS wert,
    NULL AS unbekannte
FROM register_lang

UNION ALL

SELECT
    stichtag,
    kombination,
    merkmal,
    teile,
    gelistet,
    wert,
    unbekannte
FROM tabelle_summe
