-- One row per method by which a count comes onto a Zuschnitt, from the surest (1) to the least sure.
SELECT
    verfahren.rang,
    verfahren.methode
FROM (
    VALUES (1, 'exact'), (2, 'overlap'), (3, 'building_weighted'), (4, 'population_weighted'), (5, 'area_weighted')
) AS verfahren (rang, methode)
