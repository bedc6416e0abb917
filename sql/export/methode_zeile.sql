-- One row per unit and Stichtag on a Zuschnitt that has a figure which is not simply the sum of its base units: the
-- least sure method among its figures. What the city counts itself (without a rank) is surer than any of the others.
WITH unsicherste AS (
    SELECT
        figur.zuschnitt,
        figur.raumebene,
        figur.raum_id,
        figur.stichtag,
        max(coalesce(wort_methode.rang, 1.5)) AS rang
    FROM memory.figur
    INNER JOIN memory.wort_methode ON figur.methode = wort_methode.methode
    WHERE figur.wert IS NOT NULL AND wort_methode.rang IS DISTINCT FROM 1
    GROUP BY figur.zuschnitt, figur.raumebene, figur.raum_id, figur.stichtag
)

SELECT
    unsicherste.zuschnitt,
    unsicherste.raumebene,
    unsicherste.raum_id,
    unsicherste.stichtag,
    wort_methode.methode
FROM unsicherste
INNER JOIN memory.wort_methode ON unsicherste.rang = coalesce(wort_methode.rang, 1.5)
