-- One row per person that breaks the contract: where it stands, which field, and the rule.
WITH gelesen AS (
    SELECT
        *,
        try_strptime(stichtag_text, getvariable('stichtag_format'))::DATE AS tag
    FROM person
),

geprueft AS (
    SELECT
        gelesen.*,
        CASE
            WHEN zuschnitt.basis IS NULL THEN 'stichtag_text'
            WHEN NOT coalesce(regexp_full_match(gelesen.basis_text, zuschnitt.basis_muster), FALSE) THEN 'basis_text'
            WHEN NOT coalesce(gelesen.alter_jahre <= 120, FALSE) THEN 'alter_text'
            WHEN NOT coalesce(gelesen.dauer_jahre <= gelesen.alter_jahre::SMALLINT + 1, FALSE) THEN 'dauer_text'
            WHEN NOT coalesce(list_contains(getvariable('geschlechter'), gelesen.geschlecht), FALSE) THEN 'geschlecht'
            WHEN NOT coalesce(list_contains(getvariable('nationen'), gelesen.nation), FALSE) THEN 'nation'
            WHEN NOT coalesce(list_contains(getvariable('migrationen'), gelesen.migration), FALSE) THEN 'migration'
        END AS feld
    FROM gelesen
    ASOF LEFT JOIN katalog.zuschnitt ON gelesen.tag >= zuschnitt.gueltig_ab
)

SELECT
    getvariable('quelle') AS quelle,
    datei,
    zeile::BIGINT AS zeile,
    map(getvariable('felder'), getvariable('feld_spalten'))[feld] AS spalte,
    CASE feld
        WHEN 'stichtag_text' THEN stichtag_text
        WHEN 'basis_text' THEN basis_text
        WHEN 'alter_text' THEN alter_text
        WHEN 'dauer_text' THEN dauer_text
        WHEN 'geschlecht' THEN geschlecht
        WHEN 'nation' THEN nation
        ELSE migration
    END AS wert,
    CASE feld
        WHEN 'stichtag_text' THEN 'a Stichtag in the format of sources.toml, within a Zuschnitt of city.toml'
        WHEN 'basis_text' THEN 'the id of a base unit as city.toml writes them'
        WHEN 'alter_text' THEN 'an age of 0 to 120 years'
        WHEN 'dauer_text' THEN 'a Wohndauer of whole years, at most one above the age'
        ELSE 'one of the codes in sources.toml'
    END AS regel
FROM geprueft
WHERE feld IS NOT NULL
