-- One row per unit of the finest Raumebene among those that moved most between the last two Stichtage of a release (the
-- variable `hoechstens` of them), with the Indikator by which it moved most. A movement is measured against chance: a
-- count by its square root, a rate by that of its denominator; then against the median of its Indikator. Estimates,
-- and Indikatoren that are changes themselves or stand still in half of the units, are left out; no Indikator is there
-- more than three times.
WITH fein AS (
    SELECT
        arg_min(raumebene, rang) AS raumebene,
        arg_max(raumebene, rang) AS stadt
    FROM fortschreibung.raumebene
),

bekannt AS (
    SELECT zahl_heute.*
    FROM zahl_heute
    WHERE zahl_heute.wert IS NOT NULL AND list_contains(getvariable('gezaehlt'), zahl_heute.methode)
),

tag AS (
    SELECT
        bekannt.stichtag AS jetzt,
        lag(bekannt.stichtag) OVER (ORDER BY bekannt.stichtag) AS davor,
        max(bekannt.zuschnitt) AS zuschnitt
    FROM bekannt
    INNER JOIN fein USING (raumebene)
    GROUP BY bekannt.stichtag
    QUALIFY row_number() OVER (ORDER BY bekannt.stichtag DESC) = 1
),

paar AS (
    SELECT
        jetzt.raumebene,
        jetzt.zuschnitt,
        jetzt.raum_id,
        jetzt.indikator_id,
        tag.davor AS stichtag_before,
        tag.jetzt AS stichtag,
        davor.wert AS before,
        jetzt.wert AS after,
        indikator.label_de,
        indikator.nachkommastellen AS decimals,
        (jetzt.wert - davor.wert) * CASE
            WHEN indikator.typ = 'anzahl' THEN 1 / sqrt(greatest(jetzt.wert, davor.wert, 1))
            ELSE sqrt(least(jetzt.nenner, davor.nenner))
        END AS weg
    FROM tag
    INNER JOIN bekannt AS jetzt ON tag.jetzt = jetzt.stichtag AND tag.zuschnitt = jetzt.zuschnitt
    INNER JOIN bekannt AS davor
        ON
            tag.davor = davor.stichtag
            AND jetzt.zuschnitt = davor.zuschnitt
            AND jetzt.raumebene = davor.raumebene
            AND jetzt.raum_id = davor.raum_id
            AND jetzt.indikator_id = davor.indikator_id
    INNER JOIN fortschreibung.indikator AS indikator ON jetzt.indikator_id = indikator.indikator_id
    WHERE indikator.typ <> 'veraenderung'
),

ueblich AS (
    SELECT
        paar.*,
        median(abs(paar.weg)) OVER (PARTITION BY paar.indikator_id) AS ueblicher_weg
    FROM paar
    INNER JOIN fein USING (raumebene)
),

gemessen AS (
    SELECT
        *,
        abs(weg) / ueblicher_weg AS gewicht
    FROM ueblich
    WHERE ueblicher_weg > 0 AND weg <> 0
),

weitester AS (
    SELECT *
    FROM gemessen
    QUALIFY row_number() OVER (PARTITION BY raum_id ORDER BY gewicht DESC, indikator_id ASC) = 1
),

stadt AS (
    SELECT
        paar.indikator_id,
        paar.before AS city_before,
        paar.after AS city_after
    FROM paar
    INNER JOIN fein ON paar.raumebene = fein.stadt
)

SELECT
    weitester.raumebene,
    weitester.zuschnitt,
    weitester.raum_id,
    einheit_name.name,
    weitester.indikator_id,
    weitester.label_de,
    weitester.decimals,
    weitester.stichtag_before,
    weitester.stichtag,
    weitester.before,
    weitester.after,
    stadt.city_before,
    stadt.city_after
FROM weitester
LEFT JOIN stadt USING (indikator_id)
LEFT JOIN einheit_name USING (zuschnitt, raumebene, raum_id)
QUALIFY row_number() OVER (PARTITION BY indikator_id ORDER BY weitester.gewicht DESC, weitester.raum_id ASC) <= 3
ORDER BY weitester.gewicht DESC, weitester.raum_id ASC
LIMIT getvariable('hoechstens')
