-- One row a Merkmal of a unit at a Stichtag on a Zuschnitt that shares no base units with the Stichtag's own: the count
-- that an estimated key (schluessel_geschaetzt) brings there, its 90 % interval and its hard bounds.
-- A Merkmal without a key of its own goes through that of the residents. Whole counts stay whole: inside an island of
-- units that exchange nobody the largest remainders are rounded up, so that its total is kept.
WITH weg AS (
    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        raumebene,
        list(DISTINCT merkmal) FILTER (NOT entlehnt) AS mit_eigenem
    FROM schluessel_geschaetzt
    GROUP BY von_zuschnitt, nach_zuschnitt, raumebene
),

gezaehlt AS (
    SELECT
        merkmal_raum.zuschnitt,
        merkmal_raum.raumebene,
        merkmal_raum.raum_id,
        merkmal_raum.stichtag,
        merkmal_raum.merkmal,
        merkmal_raum.wert,
        merkmal_raum.teile_unbekannt,
        bool_and(merkmal_raum.wert = round(merkmal_raum.wert))
            OVER (PARTITION BY merkmal_raum.zuschnitt, merkmal_raum.raumebene, merkmal_raum.merkmal) AS ganzzahlig
    FROM merkmal_raum
    INNER JOIN stichtag
        ON merkmal_raum.stichtag = stichtag.stichtag AND merkmal_raum.zuschnitt = stichtag.zuschnitt
    WHERE merkmal_raum.merkmal <> 'flaeche_km2'
),

teil AS (
    SELECT
        schluessel_geschaetzt.nach_zuschnitt AS zuschnitt,
        gezaehlt.raumebene,
        schluessel_geschaetzt.nach_id AS raum_id,
        gezaehlt.stichtag,
        gezaehlt.merkmal,
        gezaehlt.ganzzahlig,
        schluessel_geschaetzt.insel,
        schluessel_geschaetzt.methode,
        gezaehlt.teile_unbekannt,
        gezaehlt.wert AS ganzes,
        gezaehlt.wert * schluessel_geschaetzt.anteil AS wert,
        gezaehlt.wert * schluessel_geschaetzt.anteil * (1 - schluessel_geschaetzt.anteil) AS muenzen,
        schluessel_geschaetzt.faktor,
        schluessel_geschaetzt.relativ,
        schluessel_geschaetzt.ungeteilt,
        CASE
            WHEN schluessel_geschaetzt.nah_am IS NULL THEN 1
            ELSE greatest(0.5, abs(gezaehlt.stichtag - schluessel_geschaetzt.nah_am) / 365.25)
        END AS jahre
    FROM gezaehlt
    INNER JOIN weg
        ON gezaehlt.zuschnitt = weg.von_zuschnitt AND gezaehlt.raumebene = weg.raumebene
    INNER JOIN schluessel_geschaetzt
        ON
            weg.von_zuschnitt = schluessel_geschaetzt.von_zuschnitt
            AND weg.nach_zuschnitt = schluessel_geschaetzt.nach_zuschnitt
            AND weg.raumebene = schluessel_geschaetzt.raumebene
            AND gezaehlt.raum_id = schluessel_geschaetzt.von_id
            AND schluessel_geschaetzt.entlehnt = NOT list_contains(weg.mit_eigenem, gezaehlt.merkmal)
            AND schluessel_geschaetzt.merkmal
            = CASE WHEN schluessel_geschaetzt.entlehnt THEN 'einwohner' ELSE gezaehlt.merkmal END
),

summe AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        merkmal,
        any_value(insel) AS insel,
        bool_and(ganzzahlig) AS ganzzahlig,
        sum(wert) AS wert,
        sqrt(sum(jahre * faktor * faktor * (muenzen + relativ * muenzen * muenzen))) AS halbe_breite,
        coalesce(sum(ganzes) FILTER (ungeteilt), 0) AS mindestens,
        sum(ganzes) AS hoechstens,
        sum(teile_unbekannt) AS teile_unbekannt,
        arg_max(
            methode,
            list_position(
                ['exact', 'overlap', 'building_weighted', 'population_weighted', 'area_weighted'], methode
            )
        ) AS methode
    FROM teil
    GROUP BY zuschnitt, raumebene, raum_id, stichtag, merkmal
),

abgerundet AS (
    SELECT
        *,
        floor(wert + 1e-7) AS unten,
        row_number() OVER (insel_reihe ORDER BY wert + 1e-7 - floor(wert + 1e-7) DESC, raum_id)
        <= round(sum(wert) OVER insel_reihe) - sum(floor(wert + 1e-7)) OVER insel_reihe AS aufrunden
    FROM summe
    WINDOW insel_reihe AS (PARTITION BY zuschnitt, raumebene, stichtag, merkmal, insel)
),

gerundet AS (
    SELECT
        * EXCLUDE (wert),
        wert AS genau,
        CASE WHEN ganzzahlig THEN unten + aufrunden::INTEGER ELSE round(wert, 6) END AS wert
    FROM abgerundet
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    wert,
    round(halbe_breite, 6) AS halbe_breite,
    least(wert, round(greatest(genau - halbe_breite, mindestens), 6)) AS untergrenze,
    greatest(wert, round(least(genau + halbe_breite, hoechstens), 6)) AS obergrenze,
    mindestens,
    hoechstens,
    teile_unbekannt,
    methode
FROM gerundet
