-- One row per Indikator of a unit at a Stichtag on a Zuschnitt to which a part is missing, with the reason: the status
-- that its missing-value sign states. Of several the first in cities/vocabulary.toml counts.
WITH offen AS (
    SELECT
        stichtag,
        basis,
        basis_id,
        merkmal,
        status
    FROM stage.zaehlung_lose
    WHERE wert IS NULL

    UNION ALL

    SELECT
        stichtag,
        basis,
        basis_id,
        merkmal,
        'unbekannt' AS status
    FROM luecke
),

raum_offen AS (
    SELECT
        kombination_raum.zuschnitt,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        offen.stichtag,
        offen.merkmal,
        offen.status
    FROM offen
    INNER JOIN kombination ON offen.basis = kombination.basis AND offen.basis_id = kombination.basis_id
    INNER JOIN kombination_raum ON kombination.kombination = kombination_raum.kombination
    SEMI JOIN stichtag_zuschnitt
        ON
            offen.stichtag = stichtag_zuschnitt.stichtag
            AND kombination_raum.zuschnitt = stichtag_zuschnitt.zuschnitt

    UNION ALL

    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        merkmal,
        status
    FROM amtlich_raum
    WHERE wert IS NULL
),

gleichzeitig AS (
    SELECT
        raum_offen.*,
        indikator_teil.indikator_id
    FROM raum_offen
    INNER JOIN katalog.indikator_teil ON raum_offen.merkmal = indikator_teil.merkmal
),

frueher AS (
    SELECT
        gleichzeitig.* REPLACE (
            (gleichzeitig.stichtag + 1 + to_years(indikator.abstand_jahre))::DATE - 1 AS stichtag
        )
    FROM gleichzeitig
    INNER JOIN katalog.indikator ON gleichzeitig.indikator_id = indikator.indikator_id
    WHERE indikator.typ = 'veraenderung'
),

beide AS (
    FROM gleichzeitig
    UNION ALL
    FROM frueher
)

SELECT
    beide.zuschnitt,
    beide.raumebene,
    beide.raum_id,
    beide.stichtag,
    beide.indikator_id,
    arg_min(status.status, status.rang) AS status
FROM beide
INNER JOIN katalog.status ON beide.status = status.status
GROUP BY beide.zuschnitt, beide.raumebene, beide.raum_id, beide.stichtag, beide.indikator_id
