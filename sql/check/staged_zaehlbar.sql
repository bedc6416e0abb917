-- One row is a delivered count that is below zero or no number.
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag, ', ', merkmal, ' from ', quelle) AS einheit,
    concat(wert) AS gefunden,
    '0 or more' AS erwartet
FROM _basis_wert
WHERE wert < 0 OR NOT isfinite(wert)
ORDER BY stichtag, merkmal, basis_id
