-- One row per official total of the whole city at a Stichtag.
WITH stadt AS (
    SELECT
        raumebene,
        stadt_raum_id
    FROM katalog.raumebene
    WHERE zugehoerigkeit = 'city'
),

ungewiss AS (
    SELECT DISTINCT
        merkmal,
        stichtag
    FROM je_datei_ungewiss
)

SELECT
    getvariable('quelle') AS quelle,
    zeile_gelesen.stichtag,
    spalte_merkmal.merkmal,
    stadt.raumebene,
    stadt.stadt_raum_id AS raum_id,
    CASE WHEN ungewiss.merkmal IS NULL THEN zelle_gelesen.wert END AS wert,
    CASE WHEN ungewiss.merkmal IS NULL THEN zelle_gelesen.status ELSE 'unbekannt' END AS status,
    zeile_gelesen.datei
FROM zelle_gelesen
INNER JOIN zeile_gelesen
    ON zelle_gelesen.datei = zeile_gelesen.datei AND zelle_gelesen.zeile = zeile_gelesen.zeile
INNER JOIN katalog.spalte_merkmal
    ON
        zelle_gelesen.spalte = spalte_merkmal.spalte
        AND spalte_merkmal.quelle = getvariable('quelle')
LEFT JOIN ungewiss
    ON spalte_merkmal.merkmal = ungewiss.merkmal AND zeile_gelesen.stichtag = ungewiss.stichtag
CROSS JOIN stadt
ANTI JOIN zeile_verletzt
    ON zelle_gelesen.datei = zeile_verletzt.datei AND zelle_gelesen.zeile = zeile_verletzt.zeile
