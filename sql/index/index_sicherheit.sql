-- One row per class of an index that a unit may be in: how probable that is. A class without a row has no chance.
WITH klasse AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        index_id,
        index_version,
        massstab,
        unnest(sicherheit) AS wahrscheinlichkeit,
        generate_subscripts(sicherheit, 1)::INTEGER AS klasse
    FROM index_ergebnis
)

SELECT *
FROM klasse
WHERE wahrscheinlichkeit > 0
