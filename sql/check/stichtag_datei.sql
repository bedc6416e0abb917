-- One row per delivered file with a year in its name and a Stichtag in a column that lies in another year.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: The Stichtage of a file lie in the year that its name says
-- expected_de: Die Stichtage einer Datei liegen in dem Jahr, das ihr Name nennt
-- reason: Either is wrong; a row dated into another year is missing from its own and stands twice in the other.
-- reason_de: Eines von beiden ist falsch; eine Zeile mit der Jahreszahl eines anderen Jahres fehlt in ihrem eigenen und
--   steht im anderen doppelt.
-- what_to_do: Look up the date in the delivered file; have the source corrected, or enter a correction. If the file
--   holds several years on purpose, write other_years = true into its `stichtag` in sources.toml.
-- what_to_do_de: Das Datum in der gelieferten Datei nachschlagen; die Quelle berichtigen lassen oder eine Korrektur
--   eintragen. Enthält die Datei mit Absicht mehrere Jahre, other_years = true in ihr `stichtag` in sources.toml
--   schreiben.
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
