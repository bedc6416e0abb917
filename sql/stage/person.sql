-- One row a person of a register extract: typed, with `gut` = every field keeps the contract.
-- Never stored: the register is counted while it is read (register.sql).
-- Reads roh_person (text as delivered); the codes of the office are variables set from sources.toml.
-- A cast alone would take 3.7 for 4 and 1e1 for 10; years are whole when they are written back as they came.
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
            WHEN alter_zahl::VARCHAR = alter_text THEN alter_zahl
            WHEN lpad(alter_zahl::VARCHAR, length(alter_text)::INTEGER, '0') = alter_text THEN alter_zahl
        END AS alter_jahre,
        CASE
            WHEN dauer_zahl::VARCHAR = dauer_text THEN dauer_zahl
            WHEN lpad(dauer_zahl::VARCHAR, length(dauer_text)::INTEGER, '0') = dauer_text THEN dauer_zahl
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
