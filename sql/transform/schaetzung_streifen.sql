-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt where it is estimated, and where a line beside it moved by
-- less than counts as a change: how many people may live in the strips that it won (hinein) and lost (hinaus).
-- A strip counts for its unit of before, and may hold as large a part of it as schluessel_streifen says.
WITH streifen AS (
    SELECT
        zu_schaetzen.stichtag,
        schluessel_streifen.nach_zuschnitt AS zuschnitt,
        schluessel_streifen.raumebene,
        schluessel_streifen.von_id,
        schluessel_streifen.nach_id,
        schluessel_streifen.anteil
    FROM schluessel_streifen
    INNER JOIN zu_schaetzen
        ON
            schluessel_streifen.von_zuschnitt = zu_schaetzen.von_zuschnitt
            AND schluessel_streifen.nach_zuschnitt = zu_schaetzen.nach_zuschnitt
),

gegeben AS (
    SELECT
        teil.zuschnitt,
        teil.von_ebene,
        teil.von_id,
        teil.stichtag,
        teil.merkmal,
        teil.ganzes,
        teil.raumebene,
        teil.raum_id,
        teil.anteil
    FROM schaetzung_ziel_teil AS teil
    SEMI JOIN streifen
        ON
            teil.zuschnitt = streifen.zuschnitt
            AND teil.von_ebene = streifen.raumebene
            AND teil.von_id = streifen.von_id
            AND teil.stichtag = streifen.stichtag
    WHERE teil.ganzes > 0
),

gezaehlt AS (
    SELECT DISTINCT
        zuschnitt,
        von_ebene,
        von_id,
        stichtag,
        merkmal,
        ganzes
    FROM gegeben
),

menschen AS ( -- of a strip, with the unit of each Raumebene in which it lies now
    SELECT
        streifen.zuschnitt,
        streifen.raumebene AS von_ebene,
        streifen.von_id,
        streifen.stichtag,
        gezaehlt.merkmal,
        ziel.ziel_ebene AS raumebene,
        ziel.ziel_id AS raum_id,
        gezaehlt.ganzes * streifen.anteil AS hoechstens
    FROM streifen
    INNER JOIN gezaehlt
        ON
            streifen.zuschnitt = gezaehlt.zuschnitt
            AND streifen.raumebene = gezaehlt.von_ebene
            AND streifen.von_id = gezaehlt.von_id
            AND streifen.stichtag = gezaehlt.stichtag
    INNER JOIN schaetzung_ziel AS ziel
        ON
            streifen.zuschnitt = ziel.zuschnitt
            AND streifen.raumebene = ziel.raumebene
            AND streifen.nach_id = ziel.raum_id
),

bewegt AS (
    SELECT
        menschen.zuschnitt,
        menschen.raumebene,
        menschen.raum_id,
        menschen.stichtag,
        menschen.merkmal,
        menschen.hoechstens * (1 - coalesce(gegeben.anteil, 0)) AS hinein,
        0 AS hinaus
    FROM menschen
    LEFT JOIN gegeben
        ON
            menschen.zuschnitt = gegeben.zuschnitt
            AND menschen.von_ebene = gegeben.von_ebene
            AND menschen.von_id = gegeben.von_id
            AND menschen.stichtag = gegeben.stichtag
            AND menschen.merkmal = gegeben.merkmal
            AND menschen.raumebene = gegeben.raumebene
            AND menschen.raum_id = gegeben.raum_id

    UNION ALL

    SELECT
        gegeben.zuschnitt,
        gegeben.raumebene,
        gegeben.raum_id,
        gegeben.stichtag,
        gegeben.merkmal,
        0 AS hinein,
        menschen.hoechstens * gegeben.anteil AS hinaus
    FROM menschen
    INNER JOIN gegeben
        ON
            menschen.zuschnitt = gegeben.zuschnitt
            AND menschen.von_ebene = gegeben.von_ebene
            AND menschen.von_id = gegeben.von_id
            AND menschen.stichtag = gegeben.stichtag
            AND menschen.merkmal = gegeben.merkmal
            AND menschen.raumebene = gegeben.raumebene
            AND menschen.raum_id <> gegeben.raum_id
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    sum(hinein) AS hinein,
    sum(hinaus) AS hinaus
FROM bewegt
GROUP BY zuschnitt, raumebene, raum_id, stichtag, merkmal
HAVING sum(hinein) > 0 OR sum(hinaus) > 0
