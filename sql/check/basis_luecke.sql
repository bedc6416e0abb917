-- One row per base unit that a source should have listed at a Stichtag and did not: its counts are unknown.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Every base unit is listed by every source that does not leave out what is empty
-- reason: A unit without a row is unknown, not empty; the sum of its Sozialraum lacks it.
-- what_to_do: Ask the supplier for the row, or say unlisted = "zero" in sources.toml if the office leaves out what is
--   empty.
-- units_public: false
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag) AS einheit,
    concat('no row for ', string_agg(merkmal, ', ' ORDER BY merkmal)) AS gefunden,
    'a row, or unlisted = "zero" in sources.toml' AS erwartet
FROM luecke
WHERE grund = 'ungelistet'
GROUP BY basis, basis_id, stichtag
ORDER BY stichtag, basis_id
