-- One row is a unit without a row for a Merkmal delivered at the Stichtag, or a row of a unit the Zuschnitt lacks.
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
        basis_wert.merkmal
    FROM stichtag
    INNER JOIN _basis_wert AS basis_wert
        ON stichtag.stichtag = basis_wert.stichtag AND stichtag.basis = basis_wert.basis
    INNER JOIN katalog.merkmal AS merkmal
        ON basis_wert.merkmal = merkmal.merkmal
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
