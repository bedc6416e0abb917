-- One row per Merkmal of a source at a Stichtag as a column over the base units that it lists.
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
        quelle,
        stichtag,
        merkmal,
        sum(zeilen) AS zeilen,
        sum(werte) AS werte,
        min(kleinster) AS kleinster,
        max(groesster) AS groesster,
        bit_xor(inhalt) AS inhalt
    FROM _merkmal_umfang
    GROUP BY quelle, stichtag, merkmal
),

gleiche AS (
    SELECT
        spalte.*,
        spalten.spalten,
        first_value(spalte.merkmal) OVER je_inhalt AS erstes,
        first_value(spalten.spalten) OVER je_inhalt AS seine_spalten
    FROM spalte
    LEFT JOIN spalten
        ON spalte.quelle = spalten.quelle AND spalte.merkmal = spalten.merkmal
    WINDOW
        je_inhalt AS (
            PARTITION BY spalte.quelle, spalte.stichtag, spalte.inhalt, spalte.zeilen
            ORDER BY spalte.merkmal
        )
)

SELECT
    concat(quelle, ', ', stichtag, ', ', merkmal) AS einheit,
    werte > 0 AS gefuellt,
    werte < 5 OR groesster > kleinster AS veraenderlich,
    erstes = merkmal
    OR coalesce(groesster - kleinster, 0) < 5
    OR coalesce(spalten = seine_spalten, FALSE) AS eigenstaendig,
    concat(
        werte, ' values in ', zeilen, ' rows from ', kleinster, ' to ', groesster,
        ', first Merkmal with the same content: ', erstes
    ) AS gefunden,
    'values that differ between base units and from those of other columns' AS erwartet
FROM gleiche
ORDER BY quelle, stichtag, merkmal
