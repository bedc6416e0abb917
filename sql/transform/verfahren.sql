-- One row per method by which a count comes onto a Zuschnitt, from the surest (1) to the least sure.
SELECT
    rang,
    methode
FROM katalog.methode
