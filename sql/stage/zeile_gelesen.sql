-- One row per delivered row: its base unit and Stichtag, whether these can be read (`benannt`), and the first rule that
-- it breaks (or NULL).
-- A row with a total of its own (`totals` of the contract) has the Raumebene and unit that it is about; its text, which
-- is no id of a base unit, stands in basis_id.
-- Where units are called by name, name_gelesen says of which base unit a row is.
-- Dates and ids are looked at once each, however many rows they stand in; a filter on `passt` would undo that.
WITH zeilen AS (
    SELECT
        datei,
        zeile,
        stichtag_text,
        basis_text,
        NULL AS spalte_lang
    FROM zeile_zahlen

    UNION ALL

    SELECT
        datei,
        zeile::BIGINT AS zeile,
        stichtag_text,
        basis_text,
        CASE WHEN getvariable('lang') THEN concat_ws(chr(31), spalte_lang, teil) END AS spalte_lang
    FROM roh
),

datum AS (
    SELECT DISTINCT
        datei,
        stichtag_text
    FROM zeilen
),

tag AS (
    SELECT
        datum.datei,
        datum.stichtag_text,
        coalesce(
            datei_stichtag.stichtag,
            gelesener_stichtag(datum.stichtag_text)
        ) AS stichtag
    FROM datum
    LEFT JOIN datei_stichtag ON datum.datei = datei_stichtag.datei
),

tag_basis AS (
    SELECT
        tag.*,
        nummerierung.basis,
        nummerierung.basis_muster
    FROM tag
    ASOF LEFT JOIN katalog.nummerierung ON tag.stichtag >= nummerierung.gueltig_ab
),

datiert AS (
    SELECT
        zeilen.*,
        tag_basis.stichtag,
        tag_basis.basis,
        tag_basis.basis_muster,
        kontrollzeile.raumebene,
        kontrollzeile.raum_id,
        name_gelesen.regel AS name_regel,
        CASE
            WHEN kontrollzeile.raum_id IS NOT NULL THEN zeilen.basis_text
            WHEN getvariable('ebene_der_namen') IS NOT NULL THEN name_gelesen.basis_id
            ELSE gelesene_kennung(zeilen.basis_text)
        END AS basis_id
    FROM zeilen
    INNER JOIN tag_basis
        ON zeilen.datei = tag_basis.datei AND zeilen.stichtag_text IS NOT DISTINCT FROM tag_basis.stichtag_text
    LEFT JOIN kontrollzeile ON zeilen.basis_text = kontrollzeile.basis_text
    LEFT JOIN name_gelesen
        ON
            zeilen.basis_text = name_gelesen.basis_text
            AND tag_basis.stichtag >= name_gelesen.von
            AND tag_basis.stichtag < name_gelesen.bis
),

einheit AS (
    SELECT DISTINCT
        basis_id,
        basis_muster
    FROM datiert
),

kennung AS (
    SELECT
        *,
        regexp_full_match(basis_id, basis_muster) AS passt
    FROM einheit
),

mehrfach AS (
    SELECT
        stichtag,
        basis_id,
        spalte_lang
    FROM datiert
    GROUP BY stichtag, basis_id, spalte_lang
    HAVING count(*) > 1
),

wiederholt AS (
    SELECT
        datiert.datei,
        datiert.zeile
    FROM datiert
    SEMI JOIN mehrfach
        ON
            datiert.stichtag IS NOT DISTINCT FROM mehrfach.stichtag
            AND datiert.basis_id IS NOT DISTINCT FROM mehrfach.basis_id
            AND datiert.spalte_lang IS NOT DISTINCT FROM mehrfach.spalte_lang
    QUALIFY
        row_number() OVER (
            PARTITION BY datiert.stichtag, datiert.basis_id, datiert.spalte_lang ORDER BY datiert.datei, datiert.zeile
        ) > 1
)

SELECT
    datiert.datei,
    datiert.zeile,
    datiert.basis,
    datiert.basis_text,
    datiert.basis_id,
    datiert.stichtag,
    datiert.raumebene,
    datiert.raum_id,
    datiert.basis IS NOT NULL
    AND (NOT getvariable('einheiten') OR datiert.raum_id IS NOT NULL OR coalesce(kennung.passt, FALSE)) AS benannt,
    CASE
        WHEN datiert.stichtag IS NULL THEN 'a Stichtag in the format of sources.toml'
        WHEN datiert.basis IS NULL THEN 'a Stichtag that lies in a Zuschnitt of city.toml'
        WHEN getvariable('einheiten') AND datiert.raum_id IS NULL AND NOT coalesce(kennung.passt, FALSE)
            THEN coalesce(datiert.name_regel, 'the id of a base unit as city.toml writes them')
        WHEN wiederholt.zeile IS NOT NULL THEN 'one row for each base unit and Stichtag'
    END AS regel,
    CASE
        WHEN datiert.stichtag IS NULL OR datiert.basis IS NULL OR NOT getvariable('einheiten')
            THEN coalesce(getvariable('spalte_stichtag')::VARCHAR, '')
        ELSE getvariable('spalte_basis')::VARCHAR
    END AS spalte,
    CASE
        WHEN datiert.stichtag IS NULL OR datiert.basis IS NULL OR NOT getvariable('einheiten')
            THEN coalesce(datiert.stichtag_text, datiert.stichtag::VARCHAR)
        ELSE datiert.basis_text
    END AS beleg
FROM datiert
LEFT JOIN kennung ON datiert.basis_id = kennung.basis_id AND datiert.basis_muster = kennung.basis_muster
LEFT JOIN wiederholt ON datiert.datei = wiederholt.datei AND datiert.zeile = wiederholt.zeile
