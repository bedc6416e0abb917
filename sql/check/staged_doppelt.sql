-- One row is a Merkmal that one source delivered more than once for the same base unit and Stichtag.
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag, ', ', merkmal, ' from ', quelle) AS einheit,
    lieferungen || ' rows' AS gefunden,
    '1 row' AS erwartet
FROM _basis_wert
WHERE lieferungen > 1 AND quelle = andere_quelle
ORDER BY stichtag, merkmal, basis_id
