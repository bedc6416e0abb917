-- One row a person of a register extract: typed, with `gut` = every field keeps the contract.
-- Never stored: the register is counted while it is read (register.sql).
-- Reads roh_person (text as delivered); the codes of the office are variables set from sources.toml.
WITH gelesen AS (
    SELECT
        *,
        try_cast(alter_text AS UTINYINT) AS alter_jahre,
        try_cast(dauer_text AS UTINYINT) AS dauer_jahre
    FROM roh_person
)

SELECT
    *,
    list_contains(getvariable('weiblich'), geschlecht) AS ist_weiblich,
    list_contains(getvariable('nichtdeutsch'), nation) AS ist_nichtdeutsch,
    list_contains(getvariable('migriert'), migration) AS hat_migration,
    coalesce(
        alter_jahre <= 120
        AND dauer_jahre <= alter_jahre + 1
        AND list_contains(getvariable('geschlechter'), geschlecht)
        AND list_contains(getvariable('nationen'), nation)
        AND list_contains(getvariable('migrationen'), migration),
        FALSE
    ) AS gut
FROM gelesen
