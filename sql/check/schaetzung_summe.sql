-- One row per Merkmal whose sum over the units of another Zuschnitt is not that of its own.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: A converted Merkmal has the city's total of its own Zuschnitt
-- expected_de: Ein umgerechnetes Merkmal hat die Gesamtzahl der Stadt wie auf seinem eigenen Zuschnitt
-- reason: A unit without a key would vanish from every other Zuschnitt.
-- reason_de: Eine Einheit ohne Schlüssel verschwände von jedem anderen Zuschnitt.
-- what_to_do: See which units have counts but no polygon in their Zuschnitt, and add it to the geometry source.
-- what_to_do_de: Ansehen, welche Einheiten Zahlen, aber in ihrem Zuschnitt kein Polygon haben, und es in der Quelle der
--   Geometrie ergänzen.
-- units_public: true
WITH eigene AS (
    SELECT
        merkmal_raum.stichtag,
        merkmal_raum.merkmal,
        zu_schaetzen.nach_zuschnitt,
        sum(merkmal_raum.wert) AS wert
    FROM merkmal_raum
    INNER JOIN zu_schaetzen
        ON merkmal_raum.stichtag = zu_schaetzen.stichtag AND merkmal_raum.zuschnitt = zu_schaetzen.von_zuschnitt
    SEMI JOIN schluessel_geschaetzt
        ON
            zu_schaetzen.von_zuschnitt = schluessel_geschaetzt.von_zuschnitt
            AND zu_schaetzen.nach_zuschnitt = schluessel_geschaetzt.nach_zuschnitt
    SEMI JOIN _ebene ON merkmal_raum.raumebene = _ebene.feinste
    WHERE merkmal_raum.merkmal <> 'flaeche_km2'
    GROUP BY ALL
),

umgerechnet AS (
    SELECT
        merkmal_geschaetzt.stichtag,
        merkmal_geschaetzt.merkmal,
        merkmal_geschaetzt.zuschnitt,
        sum(merkmal_geschaetzt.wert) AS wert
    FROM merkmal_geschaetzt
    SEMI JOIN _ebene ON merkmal_geschaetzt.raumebene = _ebene.feinste
    GROUP BY ALL
)

SELECT
    concat(eigene.merkmal, ', ', eigene.stichtag, ', Zuschnitt ', eigene.nach_zuschnitt) AS einheit,
    concat(round(coalesce(umgerechnet.wert, 0), 6), ' over all units') AS gefunden,
    concat(round(eigene.wert, 6), ' on the own Zuschnitt') AS erwartet
FROM eigene
LEFT JOIN umgerechnet
    ON
        eigene.stichtag = umgerechnet.stichtag
        AND eigene.merkmal = umgerechnet.merkmal
        AND eigene.nach_zuschnitt = umgerechnet.zuschnitt
WHERE abs(coalesce(umgerechnet.wert, 0) - eigene.wert) > 0.00001 * greatest(1, eigene.wert)
ORDER BY eigene.stichtag, eigene.nach_zuschnitt, eigene.merkmal
