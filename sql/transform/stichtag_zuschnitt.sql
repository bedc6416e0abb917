-- One row per Stichtag and a Zuschnitt on which its counts can be added exactly, through common base units.
-- On a Zuschnitt other than its own only if that one assigns every base unit where somebody was, or may have been,
-- counted.
WITH gezaehlt AS (
    SELECT
        stichtag,
        basis,
        basis_id
    FROM stage.zaehlung_liste
    WHERE list_max(werte) > 0

    UNION ALL

    SELECT
        stichtag,
        basis,
        basis_id
    FROM stage.zaehlung_lose
    WHERE wert > 0 OR wert IS NULL
),

ohne_zuordnung AS (
    SELECT DISTINCT
        gezaehlt.stichtag,
        zuschnitt.zuschnitt
    FROM gezaehlt
    INNER JOIN katalog.zuschnitt ON gezaehlt.basis = zuschnitt.basis
    LEFT JOIN kombination ON gezaehlt.basis = kombination.basis AND gezaehlt.basis_id = kombination.basis_id
    ANTI JOIN zugeordnet
        ON zuschnitt.zuschnitt = zugeordnet.zuschnitt AND kombination.kombination = zugeordnet.kombination
)

SELECT
    stichtag.stichtag,
    zuschnitt.zuschnitt,
    stichtag.zuschnitt = zuschnitt.zuschnitt AS eigener
FROM stichtag
INNER JOIN katalog.zuschnitt ON stichtag.basis = zuschnitt.basis
ANTI JOIN ohne_zuordnung
    ON
        stichtag.stichtag = ohne_zuordnung.stichtag
        AND zuschnitt.zuschnitt = ohne_zuordnung.zuschnitt
        AND stichtag.zuschnitt <> zuschnitt.zuschnitt
