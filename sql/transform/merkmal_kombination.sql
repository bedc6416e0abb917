-- One row a Merkmal of a combination at a Stichtag on a Zuschnitt: summed over its base units.
WITH register_breit AS (
    SELECT
        stichtag_zuschnitt.zuschnitt,
        kombination.kombination,
        register.*
    FROM stage.register
    INNER JOIN stichtag_zuschnitt ON register.stichtag = stichtag_zuschnitt.stichtag
    INNER JOIN kombination
        ON
            stichtag_zuschnitt.zuschnitt = kombination.zuschnitt
            AND register.basis_id = kombination.basis_id
),

register_summe AS (
    SELECT
        zuschnitt,
        stichtag,
        kombination,
        count(*) AS teile,
        sum(columns(* EXCLUDE (zuschnitt, stichtag, kombination, quelle, basis, basis_id)))::BIGINT
    FROM register_breit
    GROUP BY zuschnitt, stichtag, kombination
),

register_lang AS (
    UNPIVOT register_summe
    ON COLUMNS(* EXCLUDE (zuschnitt, stichtag, kombination, teile))
    INTO NAME merkmal VALUE wert
),

tabelle_summe AS (
    SELECT
        stichtag_zuschnitt.zuschnitt,
        zaehlung.stichtag,
        kombination.kombination,
        zaehlung.merkmal,
        count(*) AS teile,
        coalesce(sum(zaehlung.wert), 0) AS wert,
        list(zaehlung.basis_id) FILTER (zaehlung.wert IS NULL) AS unbekannte
    FROM stage.zaehlung
    INNER JOIN stichtag_zuschnitt ON zaehlung.stichtag = stichtag_zuschnitt.stichtag
    INNER JOIN kombination
        ON
            stichtag_zuschnitt.zuschnitt = kombination.zuschnitt
            AND zaehlung.basis_id = kombination.basis_id
    GROUP BY ALL
)

SELECT
    zuschnitt,
    stichtag,
    kombination,
    merkmal,
    teile,
    wert::DOUBLE AS wert,
    NULL::VARCHAR [] AS unbekannte
FROM register_lang

UNION ALL

SELECT
    zuschnitt,
    stichtag,
    kombination,
    merkmal,
    teile,
    wert,
    unbekannte
FROM tabelle_summe
