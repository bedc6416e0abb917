-- One row is an official total that came more than once for a Stichtag: in two files, or from two sources.
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag, ', ', merkmal) AS einheit,
    concat(count(*), ' times, from ', string_agg(DISTINCT quelle, ' and ' ORDER BY quelle)) AS gefunden,
    'once' AS erwartet
FROM stage.amtlich
GROUP BY raumebene, raum_id, stichtag, merkmal
HAVING count(*) > 1
ORDER BY stichtag, merkmal, raum_id
