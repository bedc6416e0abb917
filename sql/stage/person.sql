-- One row per person of a register extract: typed, with `gut` = every field keeps the contract.
-- Never stored: the register is counted while it is read (register.sql).
-- Reads roh_person (text as delivered); the codes of the office are variables set from sources.toml.
-- A cast alone would take 3.7 for 4 and 1e1 for 10; years are whole when the text has just as many digits.
WITH gewandelt AS (
    SELECT
        *,
        try_cast(alter_text AS UTINYINT) AS alter_zahl,
        try_cast(dauer_text AS UTINYINT) AS dauer_zahl
    FROM roh_person
),

gelesen AS (
    SELECT
        * EXCLUDE (alter_zahl, dauer_zahl),
        CASE
            WHEN
                strlen(alter_text) = 1 + (alter_zahl >= 10)::INTEGER + (alter_zahl >= 100)::INTEGER
                AND alter_text NOT IN ('1e2', '1E2')
                THEN alter_zahl
            WHEN regexp_full_match(alter_text, '\d+') THEN alter_zahl
        END AS alter_jahre,
        CASE
            WHEN
                strlen(dauer_text) = 1 + (dauer_zahl >= 10)::INTEGER + (dauer_zahl >= 100)::INTEGER
                AND dauer_text NOT IN ('1e2', '1E2')
                THEN dauer_zahl
            WHEN regexp_full_match(dauer_text, '\d+') THEN dauer_zahl
        END AS dauer_jahre
    FROM gewandelt
)

SELECT
    *,  -- noqa: AM04
    list_contains(getvariable('weiblich'), geschlecht) AS ist_weiblich,
    list_contains(getvariable('nichtdeutsch'), nation) AS ist_nichtdeutsch,
    list_contains(getvariable('migriert'), migration) AS hat_migration,
    coalesce(
        alter_jahre <= 120
        AND dauer_jahre <= alter_jahre::SMALLINT + 1
        AND list_contains(getvariable('geschlechter'), geschlecht)
        AND list_contains(getvariable('nationen'), nation)
        AND list_contains(getvariable('migrationen'), migration),
        FALSE
    ) AS gut
FROM gelesen
