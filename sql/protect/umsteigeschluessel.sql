-- One row a part of a unit of one Zuschnitt that lies in a unit of another, with its share of the residents.
-- Where a part holds fewer residents than may be said, no share of its unit is told: they would give it away.
-- The share of a unit that stays whole is 1, however few live in it.
WITH teil AS (
    SELECT
        schluessel.*,
        schluessel.einwohner > 0 AND schluessel.einwohner < coalesce(merkmal_schwelle.mindestens, 0) AS klein
    FROM schluessel
    LEFT JOIN merkmal_schwelle ON schluessel.merkmal = merkmal_schwelle.merkmal
),

geprueft AS (
    SELECT
        *,
        count(*) OVER einheit > 1 AND bool_or(klein) OVER einheit AS zu_klein
    FROM teil
    WINDOW einheit AS (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, merkmal, von_id)
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
