-- One row per base unit that a source should have listed at a Stichtag and did not: its counts are unknown.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Every base unit is listed by every source that does not leave out what is empty
-- expected_de: Jede Basiseinheit steht in jeder Quelle, die Leeres nicht auslässt
-- reason: A unit without a row is unknown, not empty; the sum of its Sozialraum lacks it.
-- reason_de: Eine Einheit ohne Zeile ist unbekannt, nicht leer; in der Summe ihres Sozialraums fehlt sie.
-- what_to_do: Ask the supplier for the row, or say unlisted = "zero" in sources.toml if the office leaves out what is
--   empty.
-- what_to_do_de: Die Zeile beim Lieferanten anfordern, oder in sources.toml unlisted = "zero" setzen, wenn das Amt
--   Leeres auslässt.
-- units_public: false
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag) AS einheit,
    concat('no row for ', string_agg(merkmal, ', ' ORDER BY merkmal)) AS gefunden,
    'a row, or unlisted = "zero" in sources.toml' AS erwartet
FROM luecke
WHERE grund = 'ungelistet'
GROUP BY basis, basis_id, stichtag
ORDER BY stichtag, basis_id
