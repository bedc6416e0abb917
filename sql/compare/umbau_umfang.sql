-- One row per Raumebene and a method: how many figures a Zuschnitt (variable nach_zuschnitt) has by it, from Stichtage
-- before it was drawn and since.
WITH zahl AS (
    SELECT
        raumebene,
        stichtag >= getvariable('nach_zuschnitt')::DATE AS seither,
        methode,
        stichtag,
        wert,
        status
    FROM wert_alle
    WHERE zuschnitt = getvariable('nach_zuschnitt')
),

gezaehlt AS (
    SELECT
        raumebene,
        seither,
        methode,
        count(DISTINCT stichtag) AS stichtage,
        count(wert) AS werte,
        count(*) FILTER (status = 'geschuetzt') AS geschuetzt
    FROM zahl
    GROUP BY raumebene, seither, methode
)

SELECT
    gezaehlt.raumebene,
    NOT gezaehlt.seither AS vorher,
    gezaehlt.methode,
    gezaehlt.stichtage,
    gezaehlt.werte,
    gezaehlt.geschuetzt
FROM gezaehlt
INNER JOIN raumebene ON gezaehlt.raumebene = raumebene.raumebene
ORDER BY raumebene.rang, gezaehlt.seither, gezaehlt.methode
