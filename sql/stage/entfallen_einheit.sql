-- One row per base unit and Stichtag of which a rule left out a row, of a source that leaves out what is empty: such a
-- unit is not one that is not listed. A row in quarantine whose unit or Stichtag cannot be read may be of any: NULL.
WITH datiert AS (
    SELECT
        roh_entfallen.datei,
        roh_entfallen.basis_text,
        coalesce(datei_stichtag.stichtag, gelesener_stichtag(roh_entfallen.stichtag_text)) AS stichtag
    FROM roh_entfallen
    LEFT JOIN datei_stichtag ON roh_entfallen.datei = datei_stichtag.datei
),

entfallen AS (
    SELECT
        datiert.datei,
        datiert.stichtag,
        CASE
            WHEN getvariable('ebene_der_namen') IS NOT NULL THEN name_gelesen.basis_id
            ELSE gelesene_kennung(datiert.basis_text)
        END AS basis_id
    FROM datiert
    LEFT JOIN name_gelesen
        ON
            datiert.basis_text = name_gelesen.basis_text
            AND datiert.stichtag >= name_gelesen.von
            AND datiert.stichtag < name_gelesen.bis
)

SELECT DISTINCT
    getvariable('quelle') AS quelle,
    entfallen.stichtag,
    nummerierung.basis,
    entfallen.basis_id,
    entfallen.datei
FROM entfallen
ASOF INNER JOIN katalog.nummerierung ON entfallen.stichtag >= nummerierung.gueltig_ab
WHERE regexp_full_match(entfallen.basis_id, nummerierung.basis_muster)

UNION ALL

SELECT DISTINCT
    getvariable('quelle') AS quelle,
    zeile_gelesen.stichtag,
    NULL AS basis,
    NULL AS basis_id,
    zeile_gelesen.datei
FROM zeile_gelesen
INNER JOIN katalog.quelle ON quelle.quelle = getvariable('quelle') AND quelle.ungelistet_null
SEMI JOIN zeile_verletzt
    ON zeile_gelesen.datei = zeile_verletzt.datei AND zeile_gelesen.zeile = zeile_verletzt.zeile
WHERE
    NOT zeile_gelesen.benannt
    AND zeile_gelesen.raumebene IS NULL
    AND (zeile_gelesen.stichtag IS NULL OR zeile_gelesen.basis IS NOT NULL)
