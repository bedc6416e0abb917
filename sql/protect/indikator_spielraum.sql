-- One row per Indikator of a unit at a Stichtag on a Zuschnitt with a count that was changed for confidentiality: how
-- far the counted numbers may lie below and above what is published, above the line and below it. `ueberlagert` says
-- that a cell key changed one of them.
WITH summe AS (
    SELECT
        merkmal_spielraum.zuschnitt,
        merkmal_spielraum.raumebene,
        merkmal_spielraum.raum_id,
        merkmal_spielraum.stichtag,
        indikator_teil.indikator_id,
        indikator_teil.rolle,
        sum(merkmal_spielraum.unter) AS unter,
        sum(merkmal_spielraum.ueber) AS ueber,
        bool_or(merkmal_veraendert.verfahren = 'ueberlagern') AS ueberlagert
    FROM merkmal_spielraum
    INNER JOIN katalog.indikator_teil ON merkmal_spielraum.merkmal = indikator_teil.merkmal
    INNER JOIN merkmal_veraendert ON merkmal_spielraum.merkmal = merkmal_veraendert.merkmal
    GROUP BY ALL
),

-- what a change tells is the later count less the earlier one, above the earlier one
seite AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        indikator_id,
        rolle,
        unter,
        ueber,
        ueberlagert
    FROM summe

    UNION ALL

    SELECT
        summe.zuschnitt,
        summe.raumebene,
        summe.raum_id,
        (summe.stichtag + 1 + to_years(indikator.abstand_jahre))::DATE - 1 AS stichtag,
        summe.indikator_id,
        unnest(['zaehler', 'nenner']) AS rolle,
        unnest([summe.ueber, summe.unter]) AS unter,
        unnest([summe.unter, summe.ueber]) AS ueber,
        summe.ueberlagert
    FROM summe
    INNER JOIN katalog.indikator ON summe.indikator_id = indikator.indikator_id AND indikator.typ = 'veraenderung'
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    coalesce(sum(unter) FILTER (rolle = 'zaehler'), 0) AS zaehler_unter,
    coalesce(sum(ueber) FILTER (rolle = 'zaehler'), 0) AS zaehler_ueber,
    coalesce(sum(unter) FILTER (rolle = 'nenner'), 0) AS nenner_unter,
    coalesce(sum(ueber) FILTER (rolle = 'nenner'), 0) AS nenner_ueber,
    bool_or(ueberlagert) AS ueberlagert
FROM seite
GROUP BY ALL
