-- One row a delivered row: its base unit and Stichtag, and the first rule that it breaks (or NULL).
WITH zeilen AS (
    SELECT
        roh.datei,
        roh.zeile::BIGINT AS zeile,
        roh.stichtag_text,
        roh.basis_text,
        CASE WHEN getvariable('lang') THEN roh.spalte_lang END AS spalte_lang,
        CASE
            WHEN getvariable('stellen') IS NULL THEN roh.basis_text
            ELSE lpad(roh.basis_text, greatest(getvariable('stellen'), length(roh.basis_text))::INTEGER, '0')
        END AS basis_id,
        coalesce(
            datei_stichtag.stichtag,
            CASE getvariable('stichtag_genauigkeit')
                WHEN 'tag' THEN try_strptime(roh.stichtag_text, getvariable('stichtag_format'))::DATE
                WHEN 'monat' THEN last_day(try_strptime(roh.stichtag_text, getvariable('stichtag_format')))
                ELSE make_date(year(try_strptime(roh.stichtag_text, getvariable('stichtag_format'))), 12, 31)
            END
        ) AS stichtag
    FROM roh
    LEFT JOIN datei_stichtag ON roh.datei = datei_stichtag.datei
),

mit_basis AS (
    SELECT
        zeilen.*,
        zuschnitt.basis,
        zuschnitt.basis_muster
    FROM zeilen
    ASOF LEFT JOIN katalog.zuschnitt ON zeilen.stichtag >= zuschnitt.gueltig_ab
),

wiederholt AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY stichtag, basis_id, spalte_lang ORDER BY datei, zeile) AS vorkommen
    FROM mit_basis
)

SELECT
    datei,
    zeile,
    basis,
    basis_text,
    basis_id,
    stichtag,
    CASE
        WHEN stichtag IS NULL THEN 'a Stichtag in the format of sources.toml'
        WHEN basis IS NULL THEN 'a Stichtag that lies in a Zuschnitt of city.toml'
        WHEN getvariable('einheiten') AND NOT coalesce(regexp_full_match(basis_id, basis_muster), FALSE)
            THEN 'the id of a base unit as city.toml writes them'
        WHEN vorkommen > 1 THEN 'one row for each base unit and Stichtag'
    END AS regel,
    CASE
        WHEN stichtag IS NULL OR basis IS NULL OR NOT getvariable('einheiten')
            THEN coalesce(getvariable('spalte_stichtag')::VARCHAR, '')
        ELSE getvariable('spalte_basis')::VARCHAR
    END AS spalte,
    CASE
        WHEN stichtag IS NULL OR basis IS NULL OR NOT getvariable('einheiten')
            THEN coalesce(stichtag_text, stichtag::VARCHAR)
        ELSE basis_text
    END AS beleg
FROM wiederholt
