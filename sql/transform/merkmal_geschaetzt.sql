-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt where its counts cannot be added: its estimated count, the
-- 90 % interval and the hard bounds.
--     wert = sum over the finer units inside of their rounded estimates (schaetzung_wert)
--     interval = genau - breite to genau + breite, cut off at mindestens and hoechstens (schaetzung_spanne),
--                and wide enough for wert
WITH summe AS (
    SELECT
        schaetzung_wert.zuschnitt,
        ziel.ziel_ebene AS raumebene,
        ziel.ziel_id AS raum_id,
        schaetzung_wert.stichtag,
        schaetzung_wert.merkmal,
        round(sum(schaetzung_wert.wert), 6) AS wert
    FROM schaetzung_wert
    INNER JOIN schaetzung_ziel AS ziel
        ON
            schaetzung_wert.zuschnitt = ziel.zuschnitt
            AND schaetzung_wert.raumebene = ziel.raumebene
            AND schaetzung_wert.raum_id = ziel.raum_id
    GROUP BY ALL
)

SELECT
    spanne.zuschnitt,
    spanne.raumebene,
    spanne.raum_id,
    spanne.stichtag,
    spanne.merkmal,
    summe.wert,
    round(spanne.breite, 6) AS halbe_breite,
    round(least(summe.wert, greatest(spanne.genau - spanne.breite, spanne.mindestens)), 6) AS untergrenze,
    round(greatest(summe.wert, least(spanne.genau + spanne.breite, spanne.hoechstens)), 6) AS obergrenze,
    spanne.mindestens,
    spanne.hoechstens,
    spanne.teile,
    coalesce(len(spanne.unbekannte), 0) AS teile_unbekannt,
    spanne.unbekannte,
    spanne.methode
FROM schaetzung_spanne AS spanne
INNER JOIN summe
    ON
        spanne.zuschnitt = summe.zuschnitt
        AND spanne.raumebene = summe.raumebene
        AND spanne.raum_id = summe.raum_id
        AND spanne.stichtag = summe.stichtag
        AND spanne.merkmal = summe.merkmal
