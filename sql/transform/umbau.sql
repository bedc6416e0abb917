-- One row a pair of Zuschnitte that follow each other and share their base units, with a Stichtag to weigh by:
-- the last before the redraw, else the first after it.
WITH folge AS (
    SELECT
        zuschnitt AS von_zuschnitt,
        lead(zuschnitt) OVER (ORDER BY gueltig_ab) AS nach_zuschnitt,
        basis,
        lead(basis) OVER (ORDER BY gueltig_ab) AS nach_basis,
        lead(gueltig_ab) OVER (ORDER BY gueltig_ab) AS umbau_am
    FROM katalog.zuschnitt
)

SELECT
    folge.von_zuschnitt,
    folge.nach_zuschnitt,
    folge.basis,
    coalesce(
        max(stichtag.stichtag) FILTER (stichtag.stichtag < folge.umbau_am),
        min(stichtag.stichtag)
    ) AS stichtag
FROM folge
INNER JOIN stichtag ON folge.basis = stichtag.basis
WHERE folge.basis = folge.nach_basis
GROUP BY folge.von_zuschnitt, folge.nach_zuschnitt, folge.basis
