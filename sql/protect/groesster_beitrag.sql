-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt that says how much the largest single case contributes to
-- a sum (codebook: largest): the most in any of its base units; where the sum is estimated, in any unit that gives to
-- it.
WITH gesucht AS (
    SELECT DISTINCT groesster AS merkmal
    FROM merkmal_beitrag
    WHERE hoechst_beitrag IS NOT NULL
),

basis_beitrag AS (
    SELECT
        zaehlung_liste.stichtag,
        zaehlung_liste.basis,
        zaehlung_liste.basis_id,
        gesucht.merkmal,
        zaehlung_liste.werte[list_position(zaehlung_liste.merkmale, gesucht.merkmal)] AS wert
    FROM stage.zaehlung_liste
    INNER JOIN gesucht ON list_contains(zaehlung_liste.merkmale, gesucht.merkmal)

    UNION ALL

    SELECT
        zaehlung_lose.stichtag,
        zaehlung_lose.basis,
        zaehlung_lose.basis_id,
        zaehlung_lose.merkmal,
        zaehlung_lose.wert
    FROM stage.zaehlung_lose
    SEMI JOIN gesucht ON zaehlung_lose.merkmal = gesucht.merkmal
),

gezaehlt AS (
    SELECT
        kombination_raum.zuschnitt,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        basis_beitrag.stichtag,
        basis_beitrag.merkmal,
        max(basis_beitrag.wert) AS wert
    FROM basis_beitrag
    INNER JOIN kombination
        ON basis_beitrag.basis = kombination.basis AND basis_beitrag.basis_id = kombination.basis_id
    INNER JOIN kombination_raum ON kombination.kombination = kombination_raum.kombination
    GROUP BY ALL
),

geschaetzt AS (
    SELECT
        stueck_geschaetzt.zuschnitt,
        stueck_geschaetzt.raumebene,
        stueck_geschaetzt.raum_id,
        gezaehlt.stichtag,
        gezaehlt.merkmal,
        max(gezaehlt.wert) AS wert
    FROM stueck_geschaetzt
    INNER JOIN gezaehlt
        ON
            stueck_geschaetzt.stichtag = gezaehlt.stichtag
            AND stueck_geschaetzt.von_zuschnitt = gezaehlt.zuschnitt
            AND stueck_geschaetzt.von_ebene = gezaehlt.raumebene
            AND stueck_geschaetzt.von_id = gezaehlt.raum_id
    GROUP BY ALL
)

FROM gezaehlt

UNION ALL BY NAME

FROM geschaetzt
