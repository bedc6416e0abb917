-- One row per pair of Merkmale of which the second counts the same people some years later (codebook.toml, [cohort]).
SELECT
    damals,
    heute,
    jahre,
    mindestens,
    hoechstens
FROM katalog.kohorte
