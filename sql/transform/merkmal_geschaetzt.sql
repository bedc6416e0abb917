-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt where its counts cannot be added: the count that an
-- estimated key (schluessel_geschaetzt) brings there, its 90 % interval and its hard bounds.
-- A Merkmal without a key of its own goes through that of the residents. Whole counts stay whole: inside an island of
-- units that exchange nobody the largest remainders are rounded up, so that its total is kept. A coarser unit is the
-- sum of the finer ones inside it, and what an old unit gives to several of them counts as one share: a unit that went
-- wholly into one Stadtteil is exact there, however it was cut.
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
        merkmal_raum.*,
        zu_schaetzen.nach_zuschnitt,
        bool_and(merkmal_raum.wert = round(merkmal_raum.wert))
            OVER (PARTITION BY merkmal_raum.zuschnitt, merkmal_raum.raumebene, merkmal_raum.merkmal) AS ganzzahlig
    FROM merkmal_raum
    INNER JOIN zu_schaetzen
        ON merkmal_raum.stichtag = zu_schaetzen.stichtag AND merkmal_raum.zuschnitt = zu_schaetzen.von_zuschnitt
    WHERE merkmal_raum.merkmal <> 'flaeche_km2'
),

teil AS (
    SELECT
        weg.nach_zuschnitt AS zuschnitt,
        gezaehlt.raumebene,
        schluessel_geschaetzt.nach_id AS raum_id,
        gezaehlt.raum_id AS von_id,
        gezaehlt.stichtag,
        gezaehlt.merkmal,
        gezaehlt.ganzzahlig,
        schluessel_geschaetzt.insel,
        schluessel_geschaetzt.methode,
        gezaehlt.teile,
        gezaehlt.unbekannte,
        gezaehlt.wert AS ganzes,
        schluessel_geschaetzt.anteil,
        schluessel_geschaetzt.ungeteilt AND schluessel_geschaetzt.methode = 'area_weighted' AS ausserhalb,
        schluessel_geschaetzt.faktor,
        schluessel_geschaetzt.relativ,
        CASE
            WHEN schluessel_geschaetzt.nah_am IS NULL THEN 1
            ELSE greatest(0.5, abs(gezaehlt.stichtag - schluessel_geschaetzt.nah_am) / 365.25)
        END AS jahre
    FROM gezaehlt
    INNER JOIN weg
        ON
            gezaehlt.zuschnitt = weg.von_zuschnitt
            AND gezaehlt.nach_zuschnitt = weg.nach_zuschnitt
            AND gezaehlt.raumebene = weg.raumebene
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
        round(sum(ganzes * anteil), 6) AS wert -- below that it depends on the order of adding
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

ziel AS ( -- the units that a new unit counts for: itself, and those that it lies in and that have no key of their own
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        raumebene AS ziel_ebene,
        raum_id AS ziel_id
    FROM raum

    UNION ALL

    SELECT
        raum.zuschnitt,
        raum.raumebene,
        raum.raum_id,
        ober.ziel_ebene,
        raum.eltern[ober.ziel_ebene] AS ziel_id
    FROM raum
    INNER JOIN schaetzung_ebene AS ober ON raum.zuschnitt = ober.nach_zuschnitt AND raum.raumebene = ober.raumebene
    WHERE raum.eltern[ober.ziel_ebene] IS NOT NULL
),

ziel_wert AS (
    SELECT
        abgerundet.zuschnitt,
        ziel.ziel_ebene AS raumebene,
        ziel.ziel_id AS raum_id,
        abgerundet.stichtag,
        abgerundet.merkmal,
        sum(
            CASE
                WHEN abgerundet.ganzzahlig THEN abgerundet.unten + abgerundet.aufrunden::INTEGER ELSE abgerundet.wert
            END
        ) AS wert
    FROM abgerundet
    INNER JOIN ziel
        ON
            abgerundet.zuschnitt = ziel.zuschnitt
            AND abgerundet.raumebene = ziel.raumebene
            AND abgerundet.raum_id = ziel.raum_id
    GROUP BY ALL
),

ziel_teil AS (
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
    FROM teil
    INNER JOIN ziel
        ON teil.zuschnitt = ziel.zuschnitt AND teil.raumebene = ziel.raumebene AND teil.raum_id = ziel.raum_id
    GROUP BY ALL
),

gemessen AS (
    SELECT
        ziel_teil.*,
        verfahren.rang,
        (ziel_teil.anteil < 1 OR ziel_teil.ausserhalb)
        AND ziel_teil.ganzes > 0
        AND raumebene.zugehoerigkeit <> 'city' -- who lives in the city is in it, wherever
            AS geschaetzt,
        ziel_teil.ganzes * ziel_teil.anteil * (1 - ziel_teil.anteil) AS muenzen
    FROM ziel_teil
    INNER JOIN verfahren ON ziel_teil.methode = verfahren.methode
    INNER JOIN katalog.raumebene ON ziel_teil.raumebene = raumebene.raumebene
),

ziel_mass AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        merkmal,
        sum(ganzes * anteil) AS genau,
        coalesce(
            sqrt(sum(jahre * faktor * faktor * (muenzen + relativ * muenzen * muenzen)) FILTER (geschaetzt)), 0
        ) AS breite,
        coalesce(sum(ganzes) FILTER (anteil >= 1), 0) AS mindestens,
        sum(ganzes) AS hoechstens,
        sum(teile)::BIGINT AS teile,
        list_sort(list_distinct(flatten(list(unbekannte) FILTER (unbekannte IS NOT NULL)))) AS unbekannte,
        arg_max(methode, rang) FILTER (geschaetzt) AS methode
    FROM gemessen
    GROUP BY zuschnitt, raumebene, raum_id, stichtag, merkmal
)

SELECT
    ziel_mass.zuschnitt,
    ziel_mass.raumebene,
    ziel_mass.raum_id,
    ziel_mass.stichtag,
    ziel_mass.merkmal,
    round(ziel_wert.wert, 6) AS wert,
    round(ziel_mass.breite, 6) AS halbe_breite,
    round(least(ziel_wert.wert, greatest(ziel_mass.genau - ziel_mass.breite, ziel_mass.mindestens)), 6) AS untergrenze,
    round(greatest(ziel_wert.wert, least(ziel_mass.genau + ziel_mass.breite, ziel_mass.hoechstens)), 6) AS obergrenze,
    ziel_mass.mindestens,
    ziel_mass.hoechstens,
    ziel_mass.teile,
    coalesce(len(ziel_mass.unbekannte), 0) AS teile_unbekannt,
    ziel_mass.unbekannte,
    coalesce(ziel_mass.methode, 'exact') AS methode
FROM ziel_mass
INNER JOIN ziel_wert
    ON
        ziel_mass.zuschnitt = ziel_wert.zuschnitt
        AND ziel_mass.raumebene = ziel_wert.raumebene
        AND ziel_mass.raum_id = ziel_wert.raum_id
        AND ziel_mass.stichtag = ziel_wert.stichtag
        AND ziel_mass.merkmal = ziel_wert.merkmal
