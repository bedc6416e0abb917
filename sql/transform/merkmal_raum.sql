-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt where it can be added: the sum over its base units.
-- Where a source leaves out what is empty (katalog.quelle), an unlisted unit has 0; elsewhere it has no row, and
-- an unlisted part of it is unknown. Where `herkunft` is amtlich, the figure is the official total of the city, which
-- counts other people than the register does: no figure is computed from both.
-- Sums are rounded to a millionth, below which they depend on the order of adding.
-- Units have numbers in between, which are added faster than names.
-- Kept by stichtag, zuschnitt
WITH einheit AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        row_number() OVER (ORDER BY zuschnitt, raumebene, raum_id) AS nummer
    FROM raum
),

lage AS (
    SELECT
        kombination_raum.kombination,
        einheit.zuschnitt,
        einheit.nummer
    FROM kombination_raum
    INNER JOIN einheit
        ON
            kombination_raum.zuschnitt = einheit.zuschnitt
            AND kombination_raum.raumebene = einheit.raumebene
            AND kombination_raum.raum_id = einheit.raum_id
),

summe AS (
    SELECT
        lage.nummer,
        merkmal_kombination.stichtag,
        merkmal_kombination.merkmal,
        round(sum(merkmal_kombination.wert), 6) AS wert,
        sum(merkmal_kombination.teile)::BIGINT AS teile,
        list_sort(flatten(list(merkmal_kombination.unbekannte) FILTER (merkmal_kombination.unbekannte IS NOT NULL)))
            AS unbekannte
    FROM merkmal_kombination
    INNER JOIN stichtag_zuschnitt ON merkmal_kombination.stichtag = stichtag_zuschnitt.stichtag
    INNER JOIN lage
        ON
            stichtag_zuschnitt.zuschnitt = lage.zuschnitt
            AND merkmal_kombination.kombination = lage.kombination
    GROUP BY lage.nummer, merkmal_kombination.stichtag, merkmal_kombination.merkmal
    HAVING sum(merkmal_kombination.gelistet) > 0
),

nullbar AS (
    SELECT DISTINCT
        merkmal_geliefert.stichtag,
        merkmal_geliefert.merkmal
    FROM merkmal_geliefert
    INNER JOIN katalog.quelle ON merkmal_geliefert.quelle = quelle.quelle
    WHERE quelle.ungelistet_null
),

erwartet AS (
    SELECT
        stichtag,
        count(*) AS merkmale
    FROM nullbar
    GROUP BY stichtag
),

vorhanden AS (
    SELECT
        summe.nummer,
        summe.stichtag,
        count(*) AS merkmale
    FROM summe
    SEMI JOIN nullbar ON summe.stichtag = nullbar.stichtag AND summe.merkmal = nullbar.merkmal
    GROUP BY summe.nummer, summe.stichtag
),

lueckenhaft AS (
    SELECT
        einheit.nummer,
        erwartet.stichtag
    FROM erwartet
    INNER JOIN stichtag_zuschnitt ON erwartet.stichtag = stichtag_zuschnitt.stichtag
    INNER JOIN einheit ON stichtag_zuschnitt.zuschnitt = einheit.zuschnitt
    LEFT JOIN vorhanden ON einheit.nummer = vorhanden.nummer AND erwartet.stichtag = vorhanden.stichtag
    WHERE coalesce(vorhanden.merkmale, 0) < erwartet.merkmale
),

ungelistet AS (
    SELECT
        lueckenhaft.nummer,
        lueckenhaft.stichtag,
        nullbar.merkmal
    FROM lueckenhaft
    INNER JOIN nullbar ON lueckenhaft.stichtag = nullbar.stichtag
    ANTI JOIN summe
        ON
            lueckenhaft.nummer = summe.nummer
            AND lueckenhaft.stichtag = summe.stichtag
            AND nullbar.merkmal = summe.merkmal
),

gezaehlt AS (
    SELECT
        nummer,
        stichtag,
        merkmal,
        wert,
        teile,
        coalesce(len(unbekannte), 0) AS teile_unbekannt,
        unbekannte
    FROM summe

    UNION ALL

    SELECT
        nummer,
        stichtag,
        merkmal,
        0.0 AS wert,
        0 AS teile,
        0 AS teile_unbekannt,
        NULL AS unbekannte
    FROM ungelistet
)

SELECT
    einheit.zuschnitt,
    einheit.raumebene,
    einheit.raum_id,
    gezaehlt.stichtag,
    gezaehlt.merkmal,
    gezaehlt.wert,
    gezaehlt.teile,
    gezaehlt.teile_unbekannt,
    gezaehlt.unbekannte,
    'gezaehlt' AS herkunft
FROM gezaehlt
INNER JOIN einheit ON gezaehlt.nummer = einheit.nummer

UNION ALL

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    coalesce(wert, 0) AS wert,
    1 AS teile,
    (wert IS NULL)::BIGINT AS teile_unbekannt,
    CASE WHEN wert IS NULL THEN [raum_id] END AS unbekannte,
    'amtlich' AS herkunft
FROM amtlich_raum

UNION ALL

SELECT
    raum.zuschnitt,
    raum.raumebene,
    raum.raum_id,
    stichtag_zuschnitt.stichtag,
    'flaeche_km2' AS merkmal,
    raum.flaeche_km2 AS wert,
    1 AS teile,
    0 AS teile_unbekannt,
    NULL AS unbekannte,
    NULL AS herkunft
FROM raum
INNER JOIN stichtag_zuschnitt ON raum.zuschnitt = stichtag_zuschnitt.zuschnitt
WHERE raum.flaeche_km2 IS NOT NULL
