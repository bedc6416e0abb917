-- One row per GeoJSON file: how many features its collection has.
SELECT json_array_length(ltrim(content, chr(65279)), '$.features') AS einheiten
FROM read_text(getvariable('sammlung'))
