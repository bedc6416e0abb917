-- One row per pair of Zuschnitte that follow each other and share no base units.
WITH folge AS (
    SELECT
        zuschnitt AS von_zuschnitt,
        lead(zuschnitt) OVER (ORDER BY gueltig_ab) AS nach_zuschnitt,
        basis,
        lead(basis) OVER (ORDER BY gueltig_ab) AS nach_basis
    FROM katalog.zuschnitt
)

SELECT
    von_zuschnitt,
    nach_zuschnitt
FROM folge
WHERE basis <> nach_basis
