-- One row per delivered file and Stichtag of it that lies after the day of the run.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: No Stichtag lies after the day of the run
-- expected_de: Kein Stichtag liegt nach dem Tag des Laufs
-- reason: Nothing can have been counted then; a year with a typing error would make a release that stays the newest for
--   years.
-- reason_de: Dann kann nichts gezählt worden sein; ein Tippfehler in der Jahreszahl machte eine Fortschreibung, die
--   jahrelang die neueste bliebe.
-- what_to_do: Look up the date in the delivered file; have the source corrected, or enter a correction with its reason.
-- what_to_do_de: Das Datum in der gelieferten Datei nachschlagen; die Quelle berichtigen lassen, oder eine Korrektur
--   mit Begründung eintragen.
-- units_public: true
WITH stichtage AS (
    SELECT
        quelle,
        datei,
        unnest(stichtage) AS stichtag
    FROM stage.datei
)

SELECT
    concat(stichtage.quelle, ': ', stichtage.datei) AS einheit,
    concat('the Stichtag ', stichtage.stichtag) AS gefunden,
    concat('none after ', lauf.tag) AS erwartet
FROM stichtage
CROSS JOIN katalog.lauf
ANTI JOIN katalog.quelle AS raum -- a Zuschnitt may lie ahead
    ON stichtage.quelle = raum.quelle AND raum.art IN ('assignment', 'names', 'geometry')
WHERE try_cast(stichtage.stichtag AS DATE) > lauf.tag
ORDER BY stichtage.quelle, stichtage.datei, stichtage.stichtag
