-- One row per Merkmal of a base unit at a Stichtag whose count is unknown, not 0, since no row of it was taken over.
-- Its source should have listed it and did not (`ungelistet`), or leaves out what is empty, but a row of the unit fell
-- out, or one of which nobody can read the unit (`entfallen`). A sum over the unit is one of known parts.
WITH einheit AS (
    SELECT
        stichtag.stichtag,
        kombination.basis,
        kombination.basis_id
    FROM stichtag
    INNER JOIN zugeordnet ON stichtag.zuschnitt = zugeordnet.zuschnitt
    INNER JOIN kombination ON zugeordnet.kombination = kombination.kombination
),

gelistet AS (
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
),

entfallen AS (
    SELECT DISTINCT
        einheit.stichtag,
        merkmal_geliefert.merkmal,
        einheit.basis,
        einheit.basis_id
    FROM stage.entfallen_einheit
    INNER JOIN merkmal_geliefert
        ON
            entfallen_einheit.quelle = merkmal_geliefert.quelle
            AND coalesce(entfallen_einheit.stichtag, merkmal_geliefert.stichtag) = merkmal_geliefert.stichtag
    INNER JOIN einheit
        ON
            merkmal_geliefert.stichtag = einheit.stichtag
            AND coalesce(entfallen_einheit.basis_id, einheit.basis_id) = einheit.basis_id
)

SELECT
    geliefert.stichtag,
    geliefert.merkmal,
    einheit.basis,
    einheit.basis_id,
    'ungelistet' AS grund
FROM geliefert
INNER JOIN einheit ON geliefert.stichtag = einheit.stichtag
ANTI JOIN gelistet
    ON
        geliefert.stichtag = gelistet.stichtag
        AND geliefert.merkmal = gelistet.merkmal
        AND einheit.basis_id = gelistet.basis_id

UNION ALL

SELECT
    entfallen.stichtag,
    entfallen.merkmal,
    entfallen.basis,
    entfallen.basis_id,
    'entfallen' AS grund
FROM entfallen
ANTI JOIN stage.zaehlung
    ON
        entfallen.stichtag = zaehlung.stichtag
        AND entfallen.merkmal = zaehlung.merkmal
        AND entfallen.basis_id = zaehlung.basis_id
ANTI JOIN geliefert ON entfallen.stichtag = geliefert.stichtag AND entfallen.merkmal = geliefert.merkmal
