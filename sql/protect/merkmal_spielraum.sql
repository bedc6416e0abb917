-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt that was changed for confidentiality: how far the counted
-- one may lie below (unter) and above (ueber) what is published. Where it is estimated, so far may the estimate from
-- counted numbers lie from that from changed ones; parts of people are rounded to whole ones, which is 1 more.
WITH gezaehlt AS (
    SELECT
        kombination_raum.zuschnitt,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        kombination_spielraum.stichtag,
        kombination_spielraum.merkmal,
        sum(kombination_spielraum.unter) AS unter,
        sum(kombination_spielraum.ueber) AS ueber
    FROM kombination_spielraum
    INNER JOIN kombination_raum ON kombination_spielraum.kombination = kombination_raum.kombination
    ANTI JOIN zu_schaetzen
        ON
            kombination_spielraum.stichtag = zu_schaetzen.stichtag
            AND kombination_raum.zuschnitt = zu_schaetzen.nach_zuschnitt
    GROUP BY ALL

    UNION ALL

    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        merkmal,
        unter,
        ueber
    FROM zelle_spielraum
),

geschaetzt AS (
    SELECT
        stueck_geschaetzt.zuschnitt,
        stueck_geschaetzt.raumebene,
        stueck_geschaetzt.raum_id,
        stueck_geschaetzt.stichtag,
        stueck_geschaetzt.merkmal,
        ceil(round(sum(gezaehlt.unter * stueck_geschaetzt.anteil), 6)) + bool_or(stueck_geschaetzt.anteil < 1)::INTEGER
            AS unter,
        ceil(round(sum(gezaehlt.ueber * stueck_geschaetzt.anteil), 6)) + bool_or(stueck_geschaetzt.anteil < 1)::INTEGER
            AS ueber
    FROM stueck_geschaetzt
    INNER JOIN gezaehlt
        ON
            stueck_geschaetzt.von_zuschnitt = gezaehlt.zuschnitt
            AND stueck_geschaetzt.von_ebene = gezaehlt.raumebene
            AND stueck_geschaetzt.von_id = gezaehlt.raum_id
            AND stueck_geschaetzt.stichtag = gezaehlt.stichtag
            AND stueck_geschaetzt.merkmal = gezaehlt.merkmal
    GROUP BY ALL
)

FROM gezaehlt
WHERE unter > 0 OR ueber > 0

UNION ALL

FROM geschaetzt
WHERE unter > 0 OR ueber > 0
