-- One row per Stichtag and a Zuschnitt on which its counts can be added exactly, through common base units.
-- On a Zuschnitt other than its own only if that one assigns every base unit where somebody was, or may have been,
-- counted. Nearly all base units are assigned by all Zuschnitte: counts are only looked at of the others.
-- Kept by stichtag
WITH zuschnitte AS (
    SELECT
        basis,
        count(*) AS anzahl
    FROM katalog.zuschnitt
    GROUP BY basis
),

ueberall AS (
    SELECT
        kombination.basis,
        kombination.basis_id
    FROM kombination
    INNER JOIN zugeordnet ON kombination.kombination = zugeordnet.kombination
    INNER JOIN zuschnitte ON kombination.basis = zuschnitte.basis
    GROUP BY kombination.basis, kombination.basis_id
    HAVING count(*) = min(zuschnitte.anzahl)
),

anderswo AS (
    SELECT DISTINCT
        zaehlung_liste.basis,
        zaehlung_liste.basis_id
    FROM stage.zaehlung_liste
    ANTI JOIN ueberall
        ON zaehlung_liste.basis = ueberall.basis AND zaehlung_liste.basis_id = ueberall.basis_id
),

gezaehlt AS (
    SELECT
        zaehlung_liste.stichtag,
        zaehlung_liste.basis,
        zaehlung_liste.basis_id
    FROM stage.zaehlung_liste
    SEMI JOIN anderswo
        ON zaehlung_liste.basis = anderswo.basis AND zaehlung_liste.basis_id = anderswo.basis_id
    WHERE list_max(zaehlung_liste.werte) > 0

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
