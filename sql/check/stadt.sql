-- One row per Stichtag of the whole city: residents, their age structure in percent, and figures per 1,000 residents.
-- The bounds stand in expectations/stadt.json. NULL = the city has no source for it.
WITH zahl AS (
    SELECT
        merkmal_raum.raumebene,
        merkmal_raum.raum_id,
        merkmal_raum.stichtag,
        map(list(merkmal_raum.merkmal), list(merkmal_raum.wert)) AS wert,
        nullif(max(merkmal_raum.wert) FILTER (WHERE merkmal_raum.merkmal = 'einwohner'), 0) AS einwohner
    FROM merkmal_raum
    SEMI JOIN stichtag
        ON merkmal_raum.zuschnitt = stichtag.zuschnitt AND merkmal_raum.stichtag = stichtag.stichtag
    WHERE
        merkmal_raum.raumebene
        = (SELECT ebene.groebste FROM _ebene AS ebene)
    GROUP BY merkmal_raum.raumebene, merkmal_raum.raum_id, merkmal_raum.stichtag
)

SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag) AS einheit,
    coalesce(einwohner, 0) AS einwohner,
    100 * wert['weiblich'] / einwohner AS weiblich,
    100 * wert['einwohner_0_2'] / einwohner AS alter_0_2,
    100 * wert['einwohner_3_5'] / einwohner AS alter_3_5,
    100 * wert['einwohner_6_9'] / einwohner AS alter_6_9,
    100 * wert['einwohner_10_17'] / einwohner AS alter_10_17,
    100 * wert['einwohner_18_26'] / einwohner AS alter_18_26,
    100 * wert['einwohner_27_66'] / einwohner AS alter_27_66,
    100 * wert['einwohner_67_plus'] / einwohner AS alter_67_plus,
    100 * wert['einwohner_80_plus'] / einwohner AS alter_80_plus,
    100 * wert['einwohner_0_17'] / nullif(wert['einwohner_18_64'], 0) AS jugendquotient,
    100 * wert['einwohner_65_plus'] / nullif(wert['einwohner_18_64'], 0) AS altenquotient,
    1000 * wert['geburten'] / einwohner AS geburten,
    1000 * wert['sterbefaelle'] / einwohner AS sterbefaelle,
    wert['personen_in_haushalten'] / nullif(wert['haushalte'], 0) AS personen_je_haushalt
FROM zahl
ORDER BY stichtag
