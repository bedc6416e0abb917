-- One row per Merkmal of a combination at a Stichtag: summed over its base units, for every Zuschnitt at once.
-- Counts that came together are added by their place in the list, which is named only afterwards: that is three times
-- as fast.
WITH liste AS (
    SELECT
        zaehlung_liste.quelle,
        zaehlung_liste.stichtag,
        kombination.kombination,
        unnest(zaehlung_liste.werte) AS wert,
        generate_subscripts(zaehlung_liste.werte, 1) AS stelle
    FROM stage.zaehlung_liste
    INNER JOIN kombination
        ON
            zaehlung_liste.basis = kombination.basis
            AND zaehlung_liste.basis_id = kombination.basis_id
),

liste_summe AS (
    SELECT
        quelle,
        stichtag,
        kombination,
        stelle,
        count(*) AS teile,
        sum(wert) AS wert
    FROM liste
    GROUP BY quelle, stichtag, kombination, stelle
),

lose AS (
    SELECT
        stichtag,
        basis,
        basis_id,
        merkmal,
        wert,
        1 AS gelistet
    FROM stage.zaehlung_lose

    UNION ALL

    SELECT
        stichtag,
        basis,
        basis_id,
        merkmal,
        NULL AS wert,
        0 AS gelistet
    FROM luecke
),

teil AS (
    SELECT
        liste_summe.stichtag,
        liste_summe.kombination,
        quelle_reihe.merkmale[liste_summe.stelle] AS merkmal,
        liste_summe.teile,
        liste_summe.teile AS gelistet,
        liste_summe.wert,
        NULL AS basis_id
    FROM liste_summe
    INNER JOIN katalog.quelle_reihe ON liste_summe.quelle = quelle_reihe.quelle

    UNION ALL

    SELECT
        lose.stichtag,
        kombination.kombination,
        lose.merkmal,
        1 AS teile,
        lose.gelistet,
        lose.wert,
        lose.basis_id
    FROM lose
    INNER JOIN kombination
        ON
            lose.basis = kombination.basis
            AND lose.basis_id = kombination.basis_id
)

SELECT
    stichtag,
    kombination,
    merkmal,
    sum(teile)::BIGINT AS teile,
    sum(gelistet)::BIGINT AS gelistet,
    coalesce(sum(wert), 0) AS wert,
    list(basis_id) FILTER (wert IS NULL) AS unbekannte
FROM teil
GROUP BY stichtag, kombination, merkmal
