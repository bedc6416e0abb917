-- One row per pair of an old and a new unit that a redraw connects, with what happened in a sentence, and the area and
-- the residents that the two share (counted through base units, or estimated from the map).
-- Where a part of what a redraw connects has too few residents, those of none of its parts are published; nor are any
-- where residents are changed for confidentiality.
WITH einwohner_schwelle AS (
    SELECT coalesce(max(mindestens), 0) AS mindestens
    FROM merkmal_schwelle
    WHERE merkmal = 'einwohner'
),

teil AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, von_id) > 1 AS gibt_ab,
        count(*) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, nach_id) > 1 AS nimmt_auf,
        bool_or(zu_klein(einwohner, (SELECT schwelle.mindestens FROM einwohner_schwelle AS schwelle)))
            OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, vorgang) AS geschuetzt
    FROM ereignis
)

SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    vorgang,
    vorgang_art,
    ereignis,
    von_id,
    nach_id,
    fortgefuehrt,
    flaeche_km2,
    CASE
        WHEN NOT geschuetzt AND 'einwohner' NOT IN (SELECT veraendert.merkmal FROM merkmal_veraendert AS veraendert)
            THEN round(einwohner)
    END AS einwohner,
    grundlage,
    CASE
        WHEN ereignis = 'unveraendert' THEN von_id || ' blieb unverändert.'
        WHEN ereignis = 'umbenannt' THEN von_id || ' hat einen anderen Namen.'
        WHEN ereignis = 'umnummeriert' THEN von_id || ' heißt jetzt ' || nach_id || '.'
        WHEN ereignis = 'geteilt' AND von_id = nach_id THEN von_id || ' wurde geteilt; ein Teil behielt die Nummer.'
        WHEN ereignis = 'geteilt' THEN 'Ein Teil von ' || von_id || ' ist jetzt ' || nach_id || '.'
        WHEN ereignis = 'zusammengelegt' AND von_id = nach_id THEN von_id || ' nahm andere Einheiten auf.'
        WHEN ereignis = 'zusammengelegt' THEN von_id || ' ging in ' || nach_id || ' auf.'
        WHEN ereignis = 'neu' THEN nach_id || ' ist neu.'
        WHEN ereignis = 'aufgeloest' THEN von_id || ' wurde aufgelöst.'
        WHEN von_id <> nach_id THEN 'Ein Teil von ' || von_id || ' gehört jetzt zu ' || nach_id || '.'
        WHEN gibt_ab AND nimmt_auf THEN von_id || ' gab einen Teil ab und erhielt einen anderen.'
        WHEN gibt_ab THEN von_id || ' gab einen Teil ab.'
        ELSE von_id || ' erhielt einen Teil.'
    END AS beschreibung
FROM teil
