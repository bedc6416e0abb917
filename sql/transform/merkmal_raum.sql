-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt where it can be added: the sum over its base units.
-- Where a source leaves out what is empty (katalog.quelle), an unlisted unit has 0; elsewhere it has no row, and
-- an unlisted part of it is unknown. Where `herkunft` is amtlich, the figure is the official total of the city, which
-- counts other people than the register does: no figure is computed from both.
-- Sums are rounded to a millionth, below which they depend on the order of adding.
WITH summe AS (
    SELECT
        kombination_raum.zuschnitt,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        merkmal_kombination.stichtag,
        merkmal_kombination.merkmal,
        round(sum(merkmal_kombination.wert), 6) AS wert,
        sum(merkmal_kombination.teile)::BIGINT AS teile,
        list_sort(flatten(list(merkmal_kombination.unbekannte) FILTER (merkmal_kombination.unbekannte IS NOT NULL)))
            AS unbekannte
    FROM merkmal_kombination
    INNER JOIN stichtag_zuschnitt ON merkmal_kombination.stichtag = stichtag_zuschnitt.stichtag
    INNER JOIN kombination_raum
        ON
            stichtag_zuschnitt.zuschnitt = kombination_raum.zuschnitt
            AND merkmal_kombination.kombination = kombination_raum.kombination
    GROUP BY ALL
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

ungelistet AS (
    SELECT
        stichtag_zuschnitt.zuschnitt,
        raum.raumebene,
        raum.raum_id,
        nullbar.stichtag,
        nullbar.merkmal
    FROM nullbar
    INNER JOIN stichtag_zuschnitt ON nullbar.stichtag = stichtag_zuschnitt.stichtag
    INNER JOIN raum ON stichtag_zuschnitt.zuschnitt = raum.zuschnitt
    ANTI JOIN summe
        ON
            stichtag_zuschnitt.zuschnitt = summe.zuschnitt
            AND raum.raumebene = summe.raumebene
            AND raum.raum_id = summe.raum_id
            AND nullbar.stichtag = summe.stichtag
            AND nullbar.merkmal = summe.merkmal
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    wert,
    teile,
    coalesce(len(unbekannte), 0) AS teile_unbekannt,
    unbekannte,
    'gezaehlt' AS herkunft
FROM summe

UNION ALL

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    0.0 AS wert,
    0 AS teile,
    0 AS teile_unbekannt,
    NULL AS unbekannte,
    'gezaehlt' AS herkunft
FROM ungelistet

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
