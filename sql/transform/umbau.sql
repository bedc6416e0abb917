-- One row per pair of Zuschnitte that follow each other and share their base units, with a Stichtag to weigh by:
-- the last before the redraw at which residents were counted, else the first after it, else none.
WITH gezaehlt AS (
    SELECT DISTINCT
        stichtag,
        basis
    FROM bewohnt
),

folge AS (
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
        max(gezaehlt.stichtag) FILTER (gezaehlt.stichtag < folge.umbau_am),
        min(gezaehlt.stichtag)
    ) AS stichtag
FROM folge
LEFT JOIN gezaehlt ON folge.basis = gezaehlt.basis
WHERE folge.basis = folge.nach_basis
GROUP BY folge.von_zuschnitt, folge.nach_zuschnitt, folge.basis
