-- One row per part of a complete division of a Merkmal: the parts add up to the whole (codebook.toml, [division]).
SELECT
    gliederung,
    ganzes,
    teil AS merkmal,
    count(*) OVER (PARTITION BY gliederung) AS gruppen
FROM katalog.gliederung
