-- One row a part of a unit of one Zuschnitt that lies in a unit of another, with its share of the residents.
-- Where a part holds fewer residents than may be said, no share of its unit is told: they would give it away.
WITH grenze AS (
    SELECT max(mindest_zaehler) AS mindestens
    FROM schwelle
    WHERE typ = 'anzahl'
),

geprueft AS (
    SELECT
        schluessel.*,
        bool_or(schluessel.einwohner > 0 AND schluessel.einwohner < grenze.mindestens) OVER (
            PARTITION BY schluessel.von_zuschnitt, schluessel.nach_zuschnitt, schluessel.raumebene, schluessel.von_id
        ) AS zu_klein
    FROM schluessel
    CROSS JOIN grenze
)

SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    von_id,
    nach_id,
    merkmal,
    stichtag,
    CASE WHEN NOT zu_klein THEN round(anteil, 6) END AS anteil,
    CASE WHEN zu_klein THEN 'geschuetzt' ELSE 'ok' END AS status,
    methode,
    NULL::DOUBLE AS unsicherheit
FROM geprueft
