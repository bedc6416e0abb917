-- One row per source and Stichtag: what its files add up to for the whole city in the Merkmal that is shown.
SELECT
    gezeigt.quelle,
    zaehlung.stichtag,
    sum(zaehlung.wert) AS summe,
    count(*) FILTER (zaehlung.wert IS NULL) AS ohne_wert
FROM gezeigt
INNER JOIN stage.zaehlung ON gezeigt.quelle = zaehlung.quelle AND gezeigt.merkmal = zaehlung.merkmal
GROUP BY gezeigt.quelle, zaehlung.stichtag

UNION ALL

SELECT
    gezeigt.quelle,
    amtlich.stichtag,
    amtlich.wert AS summe,
    (amtlich.wert IS NULL)::BIGINT AS ohne_wert
FROM gezeigt
INNER JOIN stage.amtlich ON gezeigt.quelle = amtlich.quelle AND gezeigt.merkmal = amtlich.merkmal
