-- One row per count that a row of an Indikator tells: what stands above its line and what below, and how many years
-- before the row's Stichtag it was counted. `seite` names the Merkmale that are added up; areas are no counts.
WITH teil AS (
    SELECT
        indikator_teil.indikator_id,
        indikator_teil.rolle,
        indikator.typ,
        indikator.abstand_jahre,
        schutzklasse.mindest_gruppe,
        string_agg(indikator_teil.merkmal, '+' ORDER BY indikator_teil.merkmal) AS seite,
        max(merkmal_schwelle.mindestens) AS mindestens
    FROM katalog.indikator_teil
    INNER JOIN katalog.indikator ON indikator_teil.indikator_id = indikator.indikator_id
    INNER JOIN katalog.schutzklasse ON indikator.schutzklasse = schutzklasse.schutzklasse
    LEFT JOIN merkmal_schwelle ON indikator_teil.merkmal = merkmal_schwelle.merkmal
    GROUP BY ALL
    HAVING bool_and(merkmal_schwelle.merkmal IS NOT NULL)
)

SELECT
    indikator_id,
    rolle,
    typ,
    seite,
    mindestens,
    mindest_gruppe,
    0 AS jahre_davor
FROM teil

UNION ALL

SELECT
    indikator_id,
    'nenner' AS rolle,
    typ,
    seite,
    mindestens,
    mindest_gruppe,
    abstand_jahre AS jahre_davor
FROM teil
WHERE typ = 'veraenderung'
