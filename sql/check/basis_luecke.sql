-- One row is a base unit that a source should have listed at a Stichtag and did not: its counts are unknown.
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag) AS einheit,
    concat('no row for ', string_agg(merkmal, ', ' ORDER BY merkmal)) AS gefunden,
    'a row, or unlisted = "zero" in sources.toml' AS erwartet
FROM luecke
GROUP BY basis, basis_id, stichtag
ORDER BY stichtag, basis_id
