-- One row per Merkmal of a base unit at a Stichtag whose count is unknown, not 0, since no row of it was taken over.
-- Its source should have listed it and did not (`ungelistet`), or leaves out what is empty, but a row of the unit fell
-- out, or one of which nobody can read the unit (`entfallen`). A sum over the unit is one of known parts.
-- Kept by stichtag
WITH einheit AS (
    SELECT
        stichtag.stichtag,
        kombination.basis,
        kombination.basis_id
    FROM stichtag
    INNER JOIN zugeordnet ON stichtag.zuschnitt = zugeordnet.zuschnitt
    INNER JOIN kombination ON zugeordnet.kombination = kombination.kombination
),

listend AS (
    SELECT quelle
    FROM katalog.quelle
    WHERE NOT ungelistet_null
),

gelistet AS (
    SELECT
        zaehlung_reihe.stichtag,
        zaehlung_reihe.basis_id,
        unnest(quelle_reihe.merkmale) AS merkmal
    FROM stage.zaehlung_reihe
    INNER JOIN katalog.quelle_reihe ON zaehlung_reihe.quelle = quelle_reihe.quelle
    SEMI JOIN listend ON zaehlung_reihe.quelle = listend.quelle

    UNION ALL

    SELECT
        zaehlung_lose.stichtag,
        zaehlung_lose.basis_id,
        zaehlung_lose.merkmal
    FROM stage.zaehlung_lose
    SEMI JOIN listend ON zaehlung_lose.quelle = listend.quelle
),

geliefert AS (
    SELECT DISTINCT
        merkmal_geliefert.stichtag,
        merkmal_geliefert.merkmal
    FROM merkmal_geliefert
    SEMI JOIN listend ON merkmal_geliefert.quelle = listend.quelle
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
),

genannt AS (
    SELECT DISTINCT
        stichtag,
        basis_id
    FROM entfallen
),

gezaehlt AS ( -- of these few units only: a city has millions of counts
    SELECT
        zaehlung_reihe.stichtag,
        zaehlung_reihe.basis_id,
        unnest(quelle_reihe.merkmale) AS merkmal
    FROM stage.zaehlung_reihe
    INNER JOIN katalog.quelle_reihe ON zaehlung_reihe.quelle = quelle_reihe.quelle
    SEMI JOIN genannt ON zaehlung_reihe.stichtag = genannt.stichtag AND zaehlung_reihe.basis_id = genannt.basis_id

    UNION ALL

    SELECT
        zaehlung_lose.stichtag,
        zaehlung_lose.basis_id,
        zaehlung_lose.merkmal
    FROM stage.zaehlung_lose
    SEMI JOIN genannt ON zaehlung_lose.stichtag = genannt.stichtag AND zaehlung_lose.basis_id = genannt.basis_id
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
ANTI JOIN gezaehlt
    ON
        entfallen.stichtag = gezaehlt.stichtag
        AND entfallen.merkmal = gezaehlt.merkmal
        AND entfallen.basis_id = gezaehlt.basis_id
ANTI JOIN geliefert ON entfallen.stichtag = geliefert.stichtag AND entfallen.merkmal = geliefert.merkmal
