-- One row per Merkmal that one source delivered more than once for the same base unit and Stichtag.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: A source delivers a Merkmal of a base unit once for a Stichtag
-- expected_de: Eine Quelle liefert ein Merkmal einer Basiseinheit für einen Stichtag einmal
-- reason: Rows that come twice are counted twice.
-- reason_de: Zeilen, die zweimal kommen, zählen doppelt.
-- what_to_do: Have the source corrected, or take the doubled file or row out by an entry in the corrections register.
-- what_to_do_de: Die Quelle berichtigen lassen, oder die doppelte Datei oder Zeile durch einen Eintrag im
--   Korrekturregister herausnehmen.
-- units_public: false
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag, ', ', merkmal, ' from ', quelle) AS einheit,
    lieferungen || ' rows' AS gefunden,
    '1 row' AS erwartet
FROM _basis_wert
WHERE lieferungen > 1 AND quelle = andere_quelle
ORDER BY stichtag, merkmal, basis_id
