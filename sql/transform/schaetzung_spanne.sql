-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt where it is estimated: how sure the estimate is.
-- genau = sum of ganzes * anteil, before anything is rounded; breite, half the 90 % interval, = root of the sum of the
-- errors of the shared units (sql/schema/fehler.sql), which are taken as independent. mindestens counts the old units
-- that lie wholly inside, hoechstens these and all that lie partly inside: bounds whatever the method.
-- A unit of old units that went wholly into it is exact, however they were cut, if no line beside it moved; if one did,
-- by less than counts as a change, it is unchanged: it may be wrong by those who live in between (streifen).
-- What an old unit gives to several units inside a coarser one counts there as one share.
WITH ziel_teil AS (
    SELECT
        teil.zuschnitt,
        teil.von_id,
        teil.stichtag,
        teil.merkmal,
        teil.methode,
        teil.teile,
        teil.unbekannte,
        teil.ganzes,
        teil.ausserhalb,
        teil.faktor,
        teil.relativ,
        teil.jahre,
        ziel.ziel_ebene AS raumebene,
        ziel.ziel_id AS raum_id,
        least(1, round(sum(teil.anteil), 9)) AS anteil
    FROM schaetzung_teil AS teil
    INNER JOIN schaetzung_ziel AS ziel
        ON teil.zuschnitt = ziel.zuschnitt AND teil.raumebene = ziel.raumebene AND teil.raum_id = ziel.raum_id
    GROUP BY ALL
),

gemessen AS (
    SELECT
        ziel_teil.*,
        methode.rang,
        (ziel_teil.anteil < 1 OR ziel_teil.ausserhalb)
        AND ziel_teil.ganzes > 0
        AND raumebene.zugehoerigkeit <> 'city' -- who lives in the city is in it, wherever
            AS geschaetzt,
        fehler_quadrat(ziel_teil.ganzes, ziel_teil.anteil, ziel_teil.faktor, ziel_teil.relativ, ziel_teil.jahre)
            AS fehler
    FROM ziel_teil
    INNER JOIN katalog.methode ON ziel_teil.methode = methode.methode
    INNER JOIN katalog.raumebene ON ziel_teil.raumebene = raumebene.raumebene
),

summe AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        merkmal,
        sum(ganzes * anteil) AS genau,
        sqrt(sum(fehler) FILTER (geschaetzt)) AS breite,
        coalesce(round(sum(ganzes) FILTER (anteil >= 1), 6), 0) AS mindestens,
        round(sum(ganzes), 6) AS hoechstens,
        sum(teile)::BIGINT AS teile,
        list_sort(list_distinct(flatten(list(unbekannte) FILTER (unbekannte IS NOT NULL)))) AS unbekannte,
        arg_max(methode, rang) FILTER (geschaetzt) AS methode
    FROM gemessen
    GROUP BY zuschnitt, raumebene, raum_id, stichtag, merkmal
),

dazwischen AS (
    SELECT
        summe.*,
        leben_dazwischen(summe.genau, coalesce(streifen.anteil, 0)) AS streifen
    FROM summe
    INNER JOIN zu_schaetzen
        ON summe.stichtag = zu_schaetzen.stichtag AND summe.zuschnitt = zu_schaetzen.nach_zuschnitt
    LEFT JOIN schaetzung_streifen AS streifen
        ON
            summe.methode IS NULL
            AND zu_schaetzen.von_zuschnitt = streifen.von_zuschnitt
            AND summe.zuschnitt = streifen.zuschnitt
            AND summe.raumebene = streifen.raumebene
            AND summe.raum_id = streifen.raum_id
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    genau,
    coalesce(breite, streifen) AS breite,
    round(mindestens - streifen, 6) AS mindestens,
    round(hoechstens + streifen, 6) AS hoechstens,
    teile,
    unbekannte,
    coalesce(methode, CASE WHEN streifen > 0 THEN 'unchanged' ELSE 'exact' END) AS methode
FROM dazwischen
