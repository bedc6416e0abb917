-- One row per Merkmal whose delivered counts do not all arrive in the city's figure.
-- What was delivered for other base units than those of the Stichtag counts only where nothing else was delivered.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: The city's figure is the sum of all delivered counts
-- expected_de: Die Zahl der Stadt ist die Summe aller gelieferten Zahlen
-- reason: Anything lost on the way from the base units is missing everywhere.
-- reason_de: Was auf dem Weg von den Basiseinheiten verloren geht, fehlt überall.
-- what_to_do: Check the Zuordnung of base units (staged_zuordnung); if that passes, report a defect of the
--   transformation.
-- what_to_do_de: Die Zuordnung der Basiseinheiten prüfen (staged_zuordnung); ist sie in Ordnung, einen Fehler der
--   Umrechnung melden.
-- units_public: true
WITH geliefert AS (
    SELECT
        stichtag.zuschnitt,
        stichtag.stichtag,
        umfang.merkmal,
        coalesce(
            sum(umfang.wert) FILTER (WHERE umfang.basis = stichtag.basis),
            sum(umfang.wert),
            0
        ) AS wert
    FROM _merkmal_umfang AS umfang
    INNER JOIN stichtag
        ON umfang.stichtag = stichtag.stichtag
    GROUP BY stichtag.zuschnitt, stichtag.stichtag, umfang.merkmal
),

angekommen AS (
    SELECT
        zuschnitt,
        stichtag,
        merkmal,
        sum(wert) AS wert
    FROM merkmal_raum
    WHERE raumebene = (SELECT ebene.groebste FROM _ebene AS ebene)
    GROUP BY zuschnitt, stichtag, merkmal
)

SELECT
    concat(geliefert.merkmal, ', ', geliefert.stichtag) AS einheit,
    concat(coalesce(round(angekommen.wert, 6)::VARCHAR, 'nothing'), ' in the city') AS gefunden,
    concat(round(geliefert.wert, 6), ' delivered') AS erwartet
FROM geliefert
LEFT JOIN angekommen
    ON
        geliefert.zuschnitt = angekommen.zuschnitt
        AND geliefert.stichtag = angekommen.stichtag
        AND geliefert.merkmal = angekommen.merkmal
WHERE abs(geliefert.wert - coalesce(angekommen.wert, 0)) > 0.000000001 * greatest(abs(geliefert.wert), 1)
ORDER BY geliefert.stichtag, geliefert.merkmal
