-- One row per delivered count that is below zero or no number.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Every count is a number and not below zero
-- expected_de: Jede Anzahl ist eine Zahl und nicht kleiner als null
-- reason: A negative count is a sign for a missing value or an error in the export; in a sum it takes people away.
-- reason_de: Eine negative Anzahl ist ein Zeichen für einen fehlenden Wert oder ein Fehler des Abzugs; in einer Summe
--   nimmt sie Menschen weg.
-- what_to_do: Name the sign as missing in the dialect of the source in sources.toml, or have the source corrected.
-- what_to_do_de: Das Zeichen in sources.toml als fehlend benennen, oder die Quelle berichtigen lassen.
-- units_public: false
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag, ', ', merkmal, ' from ', quelle) AS einheit,
    concat(wert) AS gefunden,
    '0 or more' AS erwartet
FROM _basis_wert
WHERE wert < 0 OR NOT isfinite(wert)
ORDER BY stichtag, merkmal, basis_id
