-- One row per Raumebene whose sum of a Merkmal is not the city's figure.
-- Areas come from geometry and may differ by half a percent, everything else only by the rounding of the machine.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: A Merkmal has the same sum at every Raumebene
-- expected_de: Ein Merkmal hat auf jeder Raumebene dieselbe Summe
-- reason: Different sums mean that units are lost or doubled on one level.
-- reason_de: Verschiedene Summen heißen, dass auf einer Ebene Einheiten fehlen oder doppelt sind.
-- what_to_do: Check the Zuordnung of the Raumebene named.
-- what_to_do_de: Die Zuordnung der genannten Raumebene prüfen.
-- units_public: true
WITH summe AS (
    SELECT
        merkmal_raum.zuschnitt,
        merkmal_raum.stichtag,
        merkmal_raum.merkmal,
        ebene.raumebene,
        ebene.rang,
        coalesce(sum(merkmal_raum.wert), 0) AS wert
    FROM merkmal_raum
    INNER JOIN katalog.raumebene AS ebene
        ON merkmal_raum.raumebene = ebene.raumebene
    WHERE merkmal_raum.herkunft IS DISTINCT FROM 'amtlich'
    GROUP BY ALL
),

vergleich AS (
    SELECT
        *,
        last_value(wert) OVER je_merkmal AS stadt,
        last_value(raumebene) OVER je_merkmal AS stadt_ebene
    FROM summe
    WINDOW
        je_merkmal AS (
            PARTITION BY zuschnitt, stichtag, merkmal
            ORDER BY rang
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        )
)

SELECT
    concat(vergleich.merkmal, ', ', vergleich.stichtag, ', Zuschnitt ', vergleich.zuschnitt) AS einheit,
    concat(round(vergleich.wert, 6), ' over all of ', vergleich.raumebene) AS gefunden,
    concat(round(vergleich.stadt, 6), ' as at ', vergleich.stadt_ebene) AS erwartet
FROM vergleich
LEFT JOIN katalog.merkmal AS merkmal
    ON vergleich.merkmal = merkmal.merkmal
WHERE
    abs(vergleich.wert - vergleich.stadt)
    > CASE merkmal.art WHEN 'flaeche' THEN 0.005 ELSE 0.000000001 END * greatest(abs(vergleich.stadt), 1)
ORDER BY vergleich.stichtag, vergleich.zuschnitt, vergleich.merkmal, vergleich.rang
