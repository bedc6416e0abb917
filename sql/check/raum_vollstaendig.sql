-- One row per unit without a row for a Merkmal delivered at the Stichtag, or a row of a unit the Zuschnitt lacks.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: Every unit of the Zuschnitt has a row for every delivered Merkmal at every Stichtag, and no other unit has
-- expected_de: Jede Einheit des Zuschnitts hat zu jedem Stichtag eine Zeile für jedes gelieferte Merkmal, und keine
--   andere Einheit hat eine
-- reason: A missing row reads as zero in many tools; an unknown unit is a wrong Zuschnitt.
-- reason_de: Eine fehlende Zeile lesen viele Programme als null; eine unbekannte Einheit ist ein falscher Zuschnitt.
-- what_to_do: Look whether the unit is in the delivery and in the Zuordnung of the Zuschnitt valid at the Stichtag.
-- what_to_do_de: Ansehen, ob die Einheit in der Lieferung steht und in der Zuordnung des Zuschnitts, der am Stichtag
--   gilt.
-- units_public: true
WITH geliefert AS (
    SELECT DISTINCT
        stichtag.zuschnitt,
        stichtag.stichtag,
        merkmal_raum.merkmal
    FROM stichtag
    INNER JOIN merkmal_raum
        ON stichtag.zuschnitt = merkmal_raum.zuschnitt AND stichtag.stichtag = merkmal_raum.stichtag
    ANTI JOIN katalog.merkmal AS flaeche
        ON merkmal_raum.merkmal = flaeche.merkmal AND flaeche.art = 'flaeche'
    WHERE merkmal_raum.herkunft = 'gezaehlt'
    UNION
    SELECT DISTINCT
        stichtag.zuschnitt,
        stichtag.stichtag,
        umfang.merkmal
    FROM stichtag
    INNER JOIN _merkmal_umfang AS umfang
        ON stichtag.stichtag = umfang.stichtag AND stichtag.basis = umfang.basis
),

soll AS (
    SELECT
        geliefert.zuschnitt,
        raum.raumebene,
        raum.raum_id,
        geliefert.stichtag,
        geliefert.merkmal
    FROM geliefert
    INNER JOIN raum
        ON geliefert.zuschnitt = raum.zuschnitt
),

fehlend AS (
    SELECT
        soll.*,
        'missing' AS gefunden,
        'a row, as for the other units' AS erwartet
    FROM soll
    ANTI JOIN merkmal_raum USING (zuschnitt, raumebene, raum_id, stichtag, merkmal)
),

unerwartet AS (
    SELECT
        merkmal_raum.zuschnitt,
        merkmal_raum.raumebene,
        merkmal_raum.raum_id,
        merkmal_raum.stichtag,
        merkmal_raum.merkmal,
        'a row of a unit that the Zuschnitt does not have' AS gefunden,
        'only units of the table raum' AS erwartet
    FROM merkmal_raum
    ANTI JOIN raum USING (zuschnitt, raumebene, raum_id)
)

SELECT
    concat(raumebene, ' ', raum_id, ', Zuschnitt ', zuschnitt, ', ', stichtag, ', ', merkmal) AS einheit,
    gefunden,
    erwartet
FROM (
    FROM fehlend
    UNION ALL
    FROM unerwartet
) AS abweichung
ORDER BY stichtag, zuschnitt, raumebene, raum_id, merkmal
