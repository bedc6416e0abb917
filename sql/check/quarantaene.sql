-- One row per row that broke its source's contract and was set aside, of a source with too many of them.
-- A row of a file with a column for each Stichtag may be there once for each; allowed are so many rows of files.
-- station: extract
-- owner: Statistikstelle
-- severity: critical
-- expected: No row is in quarantine
-- expected_de: Keine Zeile steht in Quarantäne
-- reason: Every row set aside is missing from the figures.
-- reason_de: Jede zurückgestellte Zeile fehlt in den Zahlen.
-- what_to_do: Look up file, line and column in quarantine.csv of the run; have the source corrected, enter a correction
--   with its reason, or change the contract in sources.toml.
-- what_to_do_de: Datei, Zeile und Spalte in quarantine.csv des Laufs nachschlagen; die Quelle berichtigen lassen, eine
--   Korrektur mit Begründung eintragen oder den Vertrag in sources.toml ändern.
-- units_public: false
WITH zu_viele AS (
    SELECT
        quarantaene.quelle,
        coalesce(quelle.quarantaene_erlaubt, 0) AS erlaubt
    FROM stage.quarantaene
    LEFT JOIN katalog.quelle ON quarantaene.quelle = quelle.quelle
    GROUP BY quarantaene.quelle, quelle.quarantaene_erlaubt
    HAVING count(DISTINCT row(quarantaene.datei, quarantaene.zeile)) > coalesce(quelle.quarantaene_erlaubt, 0)
)

SELECT
    concat(beiseite.quelle, ': ', beiseite.datei, ', line ', beiseite.zeile, ', column ', beiseite.spalte) AS einheit,
    coalesce('"' || beiseite.wert || '"', 'nothing') AS gefunden,
    beiseite.regel AS erwartet
FROM stage.quarantaene AS beiseite
SEMI JOIN zu_viele ON beiseite.quelle = zu_viele.quelle
ORDER BY beiseite.quelle, beiseite.datei, beiseite.zeile, beiseite.spalte
