-- One row per Merkmal of a combination at a Stichtag: summed over its base units, for every Zuschnitt at once.
-- Counts that came together are added sixteen places of their list at once, which get their names only afterwards:
-- that is six times as fast as adding Merkmal by Merkmal.
-- Kept by stichtag
WITH block AS (
    SELECT
        quelle,
        unnest(range(0, len(merkmale), 16)) AS ab
    FROM katalog.quelle_reihe
),

liste AS (
    SELECT
        zaehlung_liste.quelle,
        zaehlung_liste.stichtag,
        zaehlung_liste.werte,
        kombination.kombination
    FROM stage.zaehlung_liste
    INNER JOIN kombination
        ON
            zaehlung_liste.basis = kombination.basis
            AND zaehlung_liste.basis_id = kombination.basis_id
),

block_summe AS (
    SELECT
        liste.quelle,
        liste.stichtag,
        liste.kombination,
        block.ab,
        count(*) AS teile,
        [
            sum(liste.werte[block.ab + 1]),
            sum(liste.werte[block.ab + 2]),
            sum(liste.werte[block.ab + 3]),
            sum(liste.werte[block.ab + 4]),
            sum(liste.werte[block.ab + 5]),
            sum(liste.werte[block.ab + 6]),
            sum(liste.werte[block.ab + 7]),
            sum(liste.werte[block.ab + 8]),
            sum(liste.werte[block.ab + 9]),
            sum(liste.werte[block.ab + 10]),
            sum(liste.werte[block.ab + 11]),
            sum(liste.werte[block.ab + 12]),
            sum(liste.werte[block.ab + 13]),
            sum(liste.werte[block.ab + 14]),
            sum(liste.werte[block.ab + 15]),
            sum(liste.werte[block.ab + 16])
        ] AS summen
    FROM liste
    INNER JOIN block ON liste.quelle = block.quelle
    GROUP BY liste.quelle, liste.stichtag, liste.kombination, block.ab
),

liste_summe AS (
    SELECT
        quelle,
        stichtag,
        kombination,
        teile,
        unnest(summen) AS wert,
        ab + generate_subscripts(summen, 1) AS stelle
    FROM block_summe
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
        (grund = 'entfallen')::INTEGER AS gelistet -- beside units that are empty since nobody lists them
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
    INNER JOIN katalog.quelle_reihe
        ON liste_summe.quelle = quelle_reihe.quelle AND liste_summe.stelle <= len(quelle_reihe.merkmale)

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
