-- One row a Merkmal of a base unit at a Stichtag that its source should have listed (katalog.quelle) and did not.
-- It is unknown, not 0: a sum over the unit is one of known parts.
WITH geliefert AS (
    SELECT DISTINCT
        zaehlung.stichtag,
        zaehlung.merkmal
    FROM stage.zaehlung
    INNER JOIN katalog.quelle ON zaehlung.quelle = quelle.quelle
    WHERE NOT quelle.ungelistet_null
)

SELECT
    geliefert.stichtag,
    geliefert.merkmal,
    kombination.basis,
    kombination.basis_id
FROM geliefert
INNER JOIN stichtag ON geliefert.stichtag = stichtag.stichtag
INNER JOIN kombination ON stichtag.zuschnitt = kombination.zuschnitt
ANTI JOIN stage.zaehlung
    ON
        geliefert.stichtag = zaehlung.stichtag
        AND geliefert.merkmal = zaehlung.merkmal
        AND kombination.basis_id = zaehlung.basis_id
