-- One row per estimated count of a unit and a unit of the Stichtag's own Zuschnitt that gives to it: the share that it
-- gives. A Stadtteil is the sum of its Sozialräume, so a unit that gives all its parts to one of them has the share 1.
SELECT
    schaetzung_teil.stichtag,
    schaetzung_teil.zuschnitt,
    schaetzung_ziel.ziel_ebene AS raumebene,
    schaetzung_ziel.ziel_id AS raum_id,
    schaetzung_teil.merkmal,
    zu_schaetzen.von_zuschnitt,
    schaetzung_teil.raumebene AS von_ebene,
    schaetzung_teil.von_id,
    round(sum(schaetzung_teil.anteil), 6) AS anteil
FROM schaetzung_teil
INNER JOIN zu_schaetzen
    ON
        schaetzung_teil.stichtag = zu_schaetzen.stichtag
        AND schaetzung_teil.zuschnitt = zu_schaetzen.nach_zuschnitt
INNER JOIN schaetzung_ziel
    ON
        schaetzung_teil.zuschnitt = schaetzung_ziel.zuschnitt
        AND schaetzung_teil.raumebene = schaetzung_ziel.raumebene
        AND schaetzung_teil.raum_id = schaetzung_ziel.raum_id
WHERE schaetzung_teil.anteil > 0
GROUP BY ALL
