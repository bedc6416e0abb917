-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt that says how much the largest single case contributes to
-- a sum (codebook: largest): the most in any of its base units; where the sum is estimated, in any unit that gives to
-- it. It is unknown (NULL) where it is for one of them that has a part of the sum.
WITH gesucht AS (
    SELECT
        merkmal,
        groesster
    FROM merkmal_beitrag
    WHERE hoechst_beitrag IS NOT NULL
),

noetig AS (
    SELECT merkmal FROM gesucht
    UNION
    SELECT groesster FROM gesucht
),

basis_wert AS (
    SELECT
        zaehlung_liste.stichtag,
        zaehlung_liste.basis,
        zaehlung_liste.basis_id,
        noetig.merkmal,
        zaehlung_liste.werte[list_position(zaehlung_liste.merkmale, noetig.merkmal)] AS wert
    FROM stage.zaehlung_liste
    INNER JOIN noetig ON list_contains(zaehlung_liste.merkmale, noetig.merkmal)

    UNION ALL

    SELECT
        zaehlung_lose.stichtag,
        zaehlung_lose.basis,
        zaehlung_lose.basis_id,
        zaehlung_lose.merkmal,
        zaehlung_lose.wert
    FROM stage.zaehlung_lose
    SEMI JOIN noetig ON zaehlung_lose.merkmal = noetig.merkmal
),

basis_beitrag AS (
    SELECT
        summe.stichtag,
        summe.basis,
        summe.basis_id,
        gesucht.groesster AS merkmal,
        CASE WHEN summe.wert = 0 THEN 0 ELSE groesster.wert END AS wert
    FROM basis_wert AS summe
    INNER JOIN gesucht ON summe.merkmal = gesucht.merkmal
    LEFT JOIN basis_wert AS groesster
        ON
            summe.stichtag = groesster.stichtag
            AND summe.basis = groesster.basis
            AND summe.basis_id = groesster.basis_id
            AND gesucht.groesster = groesster.merkmal
),

gezaehlt AS (
    SELECT
        kombination_raum.zuschnitt,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        basis_beitrag.stichtag,
        basis_beitrag.merkmal,
        CASE WHEN count(*) = count(basis_beitrag.wert) THEN max(basis_beitrag.wert) END AS wert
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
        CASE WHEN count(*) = count(gezaehlt.wert) THEN max(gezaehlt.wert) END AS wert
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
