-- One row per pair of Merkmale of which the first counts a part of the second (codebook.toml, `part_of`).
SELECT
    teil,
    ganzes
FROM katalog.teil_ganzes
