-- One row is a Merkmal of a source at a Stichtag as a column over the base units that it lists.
WITH spalten AS (
    SELECT
        quelle,
        merkmal,
        list_sort(list(spalte)) AS spalten
    FROM katalog.spalte_merkmal
    GROUP BY quelle, merkmal
),

spalte AS (
    SELECT
        basis_wert.quelle,
        basis_wert.stichtag,
        basis_wert.merkmal,
        spalten.spalten,
        count(*) AS zeilen,
        count(basis_wert.wert) AS werte,
        count(DISTINCT basis_wert.wert) AS verschiedene,
        max(basis_wert.wert) AS groesster,
        bit_xor(hash(basis_wert.basis_id, basis_wert.wert)) AS inhalt
    FROM _basis_wert AS basis_wert
    LEFT JOIN spalten
        ON basis_wert.quelle = spalten.quelle AND basis_wert.merkmal = spalten.merkmal
    GROUP BY basis_wert.quelle, basis_wert.stichtag, basis_wert.merkmal, spalten.spalten
),

gleiche AS (
    SELECT
        *,
        first_value(merkmal) OVER je_inhalt AS erstes,
        first_value(spalten) OVER je_inhalt AS seine_spalten
    FROM spalte
    WINDOW je_inhalt AS (PARTITION BY quelle, stichtag, inhalt, zeilen ORDER BY merkmal)
)

SELECT
    concat(quelle, ', ', stichtag, ', ', merkmal) AS einheit,
    werte > 0 AS gefuellt,
    werte < 5 OR verschiedene > 1 AS veraenderlich,
    erstes = merkmal OR verschiedene < 5 OR spalten IS NOT DISTINCT FROM seine_spalten AS eigenstaendig,
    concat(
        werte, ' values in ', zeilen, ' rows, ', verschiedene, ' different, the largest ', groesster,
        ', first Merkmal with the same content: ', erstes
    ) AS gefunden,
    'values that differ between base units and from those of other columns' AS erwartet
FROM gleiche
ORDER BY quelle, stichtag, merkmal
