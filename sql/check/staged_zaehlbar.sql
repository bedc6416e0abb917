-- One row per delivered count that is below zero or no number.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Every count is a number and not below zero
-- reason: A negative count is a sign for a missing value or an error in the export; in a sum it takes people away.
-- what_to_do: Name the sign as missing in the dialect of the source in sources.toml, or have the source corrected.
-- units_public: false
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag, ', ', merkmal, ' from ', quelle) AS einheit,
    concat(wert) AS gefunden,
    '0 or more' AS erwartet
FROM _basis_wert
WHERE wert < 0 OR NOT isfinite(wert)
ORDER BY stichtag, merkmal, basis_id
