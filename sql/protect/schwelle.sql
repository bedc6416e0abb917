-- One row per Indikator: the smallest counts above and below the line that may be published.
-- A threshold guards counts of people, households or dwellings, never areas or floor space.
-- What a change divides by is the earlier count of what it counts. A count that a cell key changed has no threshold.
WITH seite AS (
    SELECT
        indikator_teil.indikator_id,
        indikator_teil.rolle,
        max(merkmal_schwelle.mindestens) FILTER (ueberlagert.merkmal IS NULL) AS mindestens,
        bool_or(merkmal.geschuetzt) AND bool_and(ueberlagert.merkmal IS NULL) AS zaehlt
    FROM katalog.indikator_teil
    INNER JOIN merkmal_schwelle ON indikator_teil.merkmal = merkmal_schwelle.merkmal
    INNER JOIN katalog.merkmal ON indikator_teil.merkmal = merkmal.merkmal
    LEFT JOIN merkmal_veraendert AS ueberlagert
        ON indikator_teil.merkmal = ueberlagert.merkmal AND ueberlagert.verfahren = 'ueberlagern'
    GROUP BY indikator_teil.indikator_id, indikator_teil.rolle
)

SELECT
    indikator.indikator_id,
    indikator.typ,
    coalesce(oben.mindestens, 0) AS mindest_zaehler,
    CASE
        WHEN unten.zaehlt THEN greatest(unten.mindestens, schutzklasse.mindest_nenner)
        ELSE 0
    END AS mindest_nenner
FROM katalog.indikator
INNER JOIN katalog.schutzklasse ON indikator.schutzklasse = schutzklasse.schutzklasse
LEFT JOIN seite AS oben ON indikator.indikator_id = oben.indikator_id AND oben.rolle = 'zaehler'
LEFT JOIN seite AS unten
    ON
        indikator.indikator_id = unten.indikator_id
        AND unten.rolle = CASE indikator.typ WHEN 'veraenderung' THEN 'zaehler' ELSE 'nenner' END
