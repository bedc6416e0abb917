-- One row per total of the office, delivered among the rows of base units, that our sum does not reach.
-- Rounded or perturbed counts may be off by as much as their source says, in each part and in the total. Where a part
-- is unknown, only a sum above the total is wrong.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: The office's own totals are the sums of their units
-- expected_de: Die Gesamtzahlen des Amtes sind die Summen ihrer Einheiten
-- reason: A unit may be missing from the file, stand in another Raumebene there, or be assigned to the wrong one here;
--   or the office counts people whom it can place in no unit.
-- reason_de: Eine Einheit kann in der Datei fehlen, dort in einer anderen Raumebene stehen oder hier falsch zugeordnet
--   sein; oder das Amt zählt Menschen, die es keiner Einheit zuordnen kann.
-- what_to_do: Add up the parts in the delivered file. Ask the supplier what the total holds beside them, or correct the
--   Zuordnung.
-- what_to_do_de: Die Teile in der gelieferten Datei zusammenzählen. Den Lieferanten fragen, was die Gesamtzahl außerdem
--   enthält, oder die Zuordnung berichtigen.
-- units_public: true
WITH eigene AS (
    SELECT merkmal_raum.*
    FROM merkmal_raum
    SEMI JOIN stichtag
        ON merkmal_raum.zuschnitt = stichtag.zuschnitt AND merkmal_raum.stichtag = stichtag.stichtag
    WHERE merkmal_raum.herkunft = 'gezaehlt'
),

vergleich AS (
    SELECT
        summe.*,
        eigene.wert AS eigener_wert,
        eigene.teile_unbekannt,
        coalesce(_abweichung.abweichung, 0) * (eigene.teile + 1) + 0.000000001 * abs(summe.wert) AS spielraum
    FROM stage.kontrollsumme AS summe
    LEFT JOIN eigene
        ON
            summe.stichtag = eigene.stichtag
            AND summe.merkmal = eigene.merkmal
            AND summe.raumebene = eigene.raumebene
            AND summe.raum_id = eigene.raum_id
    LEFT JOIN _abweichung ON summe.quelle = _abweichung.quelle AND summe.merkmal = _abweichung.merkmal
    WHERE summe.wert IS NOT NULL
)

SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag, ', ', merkmal, ', ', quelle) AS einheit,
    coalesce(round(eigener_wert, 6) || ' from its base units', 'no figure of this unit') AS gefunden,
    concat(round(wert, 6), ' in its own row of the file') AS erwartet
FROM vergleich
WHERE
    eigener_wert IS NULL
    OR eigener_wert - wert > spielraum
    OR (teile_unbekannt = 0 AND wert - eigener_wert > spielraum)
ORDER BY stichtag, merkmal, raumebene, raum_id, quelle
