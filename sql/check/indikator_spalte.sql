-- One row per delivered Indikator as a column over all units and Stichtage of the finest Raumebene.
WITH spalte AS (
    SELECT
        wert.indikator_id,
        count(wert.wert) AS werte,
        count(DISTINCT wert.wert) AS verschiedene,
        bit_xor(hash(wert.raum_id, wert.stichtag, wert.wert)) AS inhalt
    FROM indikator_wert AS wert
    WHERE wert.raumebene = (SELECT ebene.feinste FROM _ebene AS ebene)
    GROUP BY wert.indikator_id
),

gleiche AS (
    SELECT
        spalte.*,
        first_value(spalte.indikator_id) OVER (PARTITION BY spalte.inhalt ORDER BY spalte.indikator_id) AS erste
    FROM spalte
)

SELECT
    indikator_id AS einheit,
    werte,
    werte < 2 OR verschiedene > 1 AS veraenderlich,
    verschiedene < 2 OR erste = indikator_id AS eigenstaendig,
    concat(werte, ' values, ', verschiedene, ' different, first Indikator with the same content: ', erste) AS gefunden,
    'values that differ between units and from every other Indikator' AS erwartet
FROM gleiche
ORDER BY indikator_id
