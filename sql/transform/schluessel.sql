-- One row per part of a unit of one Zuschnitt that lies in a unit of another, with its share of the residents.
-- Both directions; a unit where nobody lives is shared by its base units. There is a key only if both Zuschnitte
-- assign every base unit with residents: without one of them, its people would be spread over the others.
WITH vollstaendig AS (
    SELECT uebergang.*
    FROM uebergang
    SEMI JOIN stichtag_zuschnitt AS alt
        ON uebergang.stichtag = alt.stichtag AND uebergang.von_zuschnitt = alt.zuschnitt
    SEMI JOIN stichtag_zuschnitt AS neu
        ON uebergang.stichtag = neu.stichtag AND uebergang.nach_zuschnitt = neu.zuschnitt
),

beide AS (
    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        stichtag,
        raumebene,
        von_id,
        nach_id,
        basiseinheiten,
        einwohner
    FROM vollstaendig

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
    FROM vollstaendig
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
