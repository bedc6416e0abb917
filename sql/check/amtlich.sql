-- One row per figure to compare with the official one: the city's residents at every Stichtag, and what else came.
-- Register, Zensus and official Fortschreibung never agree exactly; the band stands in the city profile.
WITH eigene AS (
    SELECT merkmal_raum.*
    FROM merkmal_raum
    SEMI JOIN stichtag
        ON merkmal_raum.zuschnitt = stichtag.zuschnitt AND merkmal_raum.stichtag = stichtag.stichtag
    WHERE merkmal_raum.herkunft = 'gezaehlt'
),

vergleich AS (
    SELECT
        eigene.raumebene,
        eigene.raum_id,
        eigene.stichtag,
        eigene.merkmal,
        amtlich.quelle,
        amtlich.wert AS amtlicher_wert,
        (eigene.wert - amtlich.wert) / nullif(amtlich.wert, 0) AS abweichung
    FROM eigene
    LEFT JOIN stage.amtlich AS amtlich
        ON
            eigene.stichtag = amtlich.stichtag
            AND eigene.merkmal = amtlich.merkmal
            AND eigene.raumebene = amtlich.raumebene
            AND eigene.raum_id = amtlich.raum_id
    WHERE
        amtlich.wert IS NOT NULL
        OR (
            eigene.merkmal = 'einwohner'
            AND eigene.raumebene = (SELECT ebene.groebste FROM _ebene AS ebene)
        )
)

SELECT
    concat_ws(
        ', ', vergleich.raumebene || ' ' || vergleich.raum_id, vergleich.stichtag, vergleich.merkmal, vergleich.quelle
    ) AS einheit,
    vergleich.amtlicher_wert,
    CASE
        WHEN vergleich.amtlicher_wert IS NOT NULL
            THEN coalesce(abs(vergleich.abweichung) <= stadt.amtlich_band, FALSE)
    END AS im_band,
    coalesce(round(100 * vergleich.abweichung, 2) || ' % from the official figure', 'no official figure') AS gefunden,
    CASE
        WHEN vergleich.amtlicher_wert IS NULL THEN 'an official figure'
        ELSE concat('within ', round(100 * stadt.amtlich_band, 2), ' %')
    END AS erwartet
FROM vergleich
CROSS JOIN katalog.stadt AS stadt
ORDER BY vergleich.stichtag, vergleich.merkmal, vergleich.raum_id
