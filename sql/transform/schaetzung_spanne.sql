-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt where it is estimated: how sure the estimate is.
-- genau = sum of ganzes * anteil, before anything is rounded; breite, half the 90 % interval, = root of the sum of the
-- errors of the shared units (sql/schema/fehler.sql), which are taken as independent. mindestens counts the old units
-- that lie wholly inside, hoechstens these and all that lie partly inside: bounds whatever the method.
-- A unit of old units that went wholly into it is exact, however they were cut, if no line beside it moved; if one did,
-- by less than counts as a change, it is unchanged: it may be wrong by those who live in between (streifen).
WITH gemessen AS (
    SELECT
        teil.*,
        verfahren.rang,
        (teil.anteil < 1 OR teil.ausserhalb)
        AND teil.ganzes > 0
        AND raumebene.zugehoerigkeit <> 'city' -- who lives in the city is in it, wherever
            AS geschaetzt,
        fehler_quadrat(teil.ganzes, teil.anteil, teil.faktor, teil.relativ, teil.jahre) AS fehler
    FROM schaetzung_ziel_teil AS teil
    INNER JOIN verfahren ON teil.methode = verfahren.methode
    INNER JOIN katalog.raumebene ON teil.raumebene = raumebene.raumebene
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
)

SELECT
    summe.zuschnitt,
    summe.raumebene,
    summe.raum_id,
    summe.stichtag,
    summe.merkmal,
    summe.genau,
    coalesce(summe.breite, greatest(streifen.hinein, streifen.hinaus), 0) AS breite,
    round(greatest(0, summe.mindestens - coalesce(streifen.hinaus, 0)), 6) AS mindestens,
    round(summe.hoechstens + coalesce(streifen.hinein, 0), 6) AS hoechstens,
    summe.teile,
    summe.unbekannte,
    coalesce(summe.methode, CASE WHEN streifen.raum_id IS NULL THEN 'exact' ELSE 'unchanged' END) AS methode
FROM summe
LEFT JOIN schaetzung_streifen AS streifen
    ON
        summe.zuschnitt = streifen.zuschnitt
        AND summe.raumebene = streifen.raumebene
        AND summe.raum_id = streifen.raum_id
        AND summe.stichtag = streifen.stichtag
        AND summe.merkmal = streifen.merkmal
