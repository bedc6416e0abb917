-- One row per Merkmal of a base unit at a Stichtag that its source should have listed (katalog.quelle) and did not.
-- It is unknown, not 0: a sum over the unit is one of known parts.
WITH gelistet AS (
    SELECT
        zaehlung.stichtag,
        zaehlung.merkmal,
        zaehlung.basis_id
    FROM stage.zaehlung
    INNER JOIN katalog.quelle ON zaehlung.quelle = quelle.quelle
    WHERE NOT quelle.ungelistet_null
),

geliefert AS (
    SELECT DISTINCT
        stichtag,
        merkmal
    FROM gelistet
)

SELECT
    geliefert.stichtag,
    geliefert.merkmal,
    kombination.basis,
    kombination.basis_id
FROM geliefert
INNER JOIN stichtag ON geliefert.stichtag = stichtag.stichtag
INNER JOIN zugeordnet ON stichtag.zuschnitt = zugeordnet.zuschnitt
INNER JOIN kombination ON zugeordnet.kombination = kombination.kombination
ANTI JOIN gelistet
    ON
        geliefert.stichtag = gelistet.stichtag
        AND geliefert.merkmal = gelistet.merkmal
        AND kombination.basis_id = gelistet.basis_id
