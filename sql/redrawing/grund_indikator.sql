-- One row per trait of a base unit: numerator and denominator, averaged over the pooled Stichtage at which all of their
-- Merkmale are known.
WITH teil AS (
    SELECT
        grund_merkmal.stichtag,
        indikator_teil.indikator_id,
        grund_merkmal.basis_id,
        round(sum(grund_merkmal.wert) FILTER (indikator_teil.rolle = 'zaehler'), 6) AS zaehler,
        round(sum(grund_merkmal.wert) FILTER (indikator_teil.rolle = 'nenner'), 6) AS nenner,
        count(*) FILTER (grund_merkmal.wert IS NULL) AS unbekannt,
        count(*) AS teile
    FROM grund_merkmal
    INNER JOIN katalog.indikator_teil ON grund_merkmal.merkmal = indikator_teil.merkmal
    WHERE list_contains(getvariable('indikatoren'), indikator_teil.indikator_id)
    GROUP BY grund_merkmal.stichtag, indikator_teil.indikator_id, grund_merkmal.basis_id
),

ganz AS (
    SELECT
        indikator_id,
        count(*) AS teile
    FROM katalog.indikator_teil
    GROUP BY indikator_id
)

SELECT
    teil.indikator_id,
    teil.basis_id,
    round(avg(teil.zaehler), 9) AS zaehler, -- below that it depends on the order of adding
    round(avg(teil.nenner), 9) AS nenner,
    count(*) AS stichtage
FROM teil
INNER JOIN ganz ON teil.indikator_id = ganz.indikator_id AND teil.teile = ganz.teile
WHERE teil.unbekannt = 0
GROUP BY teil.indikator_id, teil.basis_id
