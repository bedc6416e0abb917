-- One row a part of a unit of one Zuschnitt that lies in a unit of another, with its share of the residents.
-- Both directions; a unit where nobody lives is shared by its base units.
WITH beide AS (
    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        stichtag,
        raumebene,
        von_id,
        nach_id,
        basiseinheiten,
        einwohner
    FROM uebergang

    UNION ALL

    SELECT
        nach_zuschnitt AS von_zuschnitt,
        von_zuschnitt AS nach_zuschnitt,
        stichtag,
        raumebene,
        nach_id AS von_id,
        von_id AS nach_id,
        basiseinheiten,
        einwohner
    FROM uebergang
)

SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    von_id,
    nach_id,
    'einwohner' AS merkmal,
    stichtag,
    einwohner,
    CASE
        WHEN sum(einwohner) OVER quelle > 0 THEN einwohner / sum(einwohner) OVER quelle
        ELSE basiseinheiten / sum(basiseinheiten) OVER quelle
    END AS anteil,
    'exact' AS methode
FROM beide
WINDOW quelle AS (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, von_id)
