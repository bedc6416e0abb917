-- One row per delivered file with a year in its name and a Stichtag in a column that lies in another year.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: The Stichtage of a file lie in the year that its name says
-- reason: Either is wrong; a row dated into another year is missing from its own and stands twice in the other.
-- what_to_do: Look up the date in the delivered file; have the source corrected, or enter a correction. If the file
--   holds several years on purpose, write other_years = true into its `stichtag` in sources.toml.
-- units_public: true
WITH stichtage AS (
    SELECT
        quelle,
        datei,
        namensjahr,
        unnest(stichtage) AS stichtag
    FROM stage.datei
    WHERE namensjahr IS NOT NULL
)

SELECT
    concat(quelle, ': ', datei) AS einheit,
    concat('the Stichtag ', stichtag) AS gefunden,
    concat('one in ', namensjahr) AS erwartet
FROM stichtage
WHERE year(try_cast(stichtag AS DATE)) <> namensjahr
ORDER BY quelle, datei, stichtag
