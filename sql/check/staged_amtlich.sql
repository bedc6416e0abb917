-- One row per official total that came more than once for a Stichtag: in two files, or from two sources.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: An official total comes once for a Stichtag
-- expected_de: Eine amtliche Gesamtzahl kommt für einen Stichtag einmal
-- reason: Of two totals one would be taken, and nobody would know which.
-- reason_de: Von zweien würde eine genommen, und niemand wüsste welche.
-- what_to_do: Leave one of the files out, or take the rows out by an entry in the corrections register.
-- what_to_do_de: Eine der Dateien weglassen, oder die Zeilen durch einen Eintrag im Korrekturregister herausnehmen.
-- units_public: true
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag, ', ', merkmal) AS einheit,
    concat(count(*), ' times, from ', string_agg(DISTINCT quelle, ' and ' ORDER BY quelle)) AS gefunden,
    'once' AS erwartet
FROM stage.amtlich
GROUP BY raumebene, raum_id, stichtag, merkmal
HAVING count(*) > 1
ORDER BY stichtag, merkmal, raum_id
