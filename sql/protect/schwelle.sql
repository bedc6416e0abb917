-- One row an Indikator: the smallest counts above and below the line that may be published.
-- A threshold guards counts of people, households or dwellings, never areas or floor space.
WITH geschuetzt AS (
    SELECT
        indikator_teil.indikator_id,
        indikator_teil.rolle,
        bool_and(merkmal.geschuetzt) AS geschuetzt
    FROM katalog.indikator_teil
    INNER JOIN katalog.merkmal ON indikator_teil.merkmal = merkmal.merkmal
    GROUP BY indikator_teil.indikator_id, indikator_teil.rolle
)

SELECT
    indikator.indikator_id,
    indikator.typ,
    CASE WHEN oben.geschuetzt THEN schutzklasse.mindest_zaehler ELSE 0 END AS mindest_zaehler,
    CASE WHEN coalesce(unten.geschuetzt, FALSE) THEN schutzklasse.mindest_nenner ELSE 0 END AS mindest_nenner
FROM katalog.indikator
INNER JOIN katalog.schutzklasse ON indikator.schutzklasse = schutzklasse.schutzklasse
INNER JOIN geschuetzt AS oben ON indikator.indikator_id = oben.indikator_id AND oben.rolle = 'zaehler'
LEFT JOIN geschuetzt AS unten ON indikator.indikator_id = unten.indikator_id AND unten.rolle = 'nenner'
