-- One row per Merkmal of a base unit at a Stichtag that a source counted: a view of everything that was counted, from
-- the register and from tables alike.
WITH aus_liste AS (
    SELECT
        quelle,
        stichtag,
        basis,
        basis_id,
        mit_zeichen,
        unnest(merkmale) AS merkmal,
        unnest(werte) AS wert
    FROM stage.zaehlung_liste
)

SELECT
    quelle,
    stichtag,
    basis,
    basis_id,
    merkmal,
    wert,
    CASE WHEN wert = 0 AND mit_zeichen THEN 'nichts' ELSE 'ok' END AS status
FROM aus_liste

UNION ALL

SELECT
    quelle,
    stichtag,
    basis,
    basis_id,
    merkmal,
    wert,
    status
FROM stage.zaehlung_lose
