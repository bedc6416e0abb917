-- One row per base unit at a Stichtag for which a Merkmal was delivered more than once.
-- Found by a set of bits for each: to group all counts by unit and Merkmal would take longer than all other checks.
SELECT DISTINCT einheit
FROM (
    SELECT
        einheit,
        merkmal // 60 AS block,
        count(*) AS zeilen,
        bit_count(bit_or(1::BIGINT << (merkmal % 60))) AS merkmale
    FROM _basis_zeile
    GROUP BY einheit, merkmal // 60
) AS bits
WHERE zeilen > merkmale
