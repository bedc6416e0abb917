-- One row per cell that broke its source's contract and was set aside with its row, of a source with too many of them.
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
    HAVING count(*) > coalesce(quelle.quarantaene_erlaubt, 0)
)

SELECT
    concat(zelle.quelle, ': ', zelle.datei, ', line ', zelle.zeile, ', column ', zelle.spalte) AS einheit,
    coalesce('"' || zelle.wert || '"', 'nothing') AS gefunden,
    zelle.regel AS erwartet
FROM stage.quarantaene AS zelle
SEMI JOIN zu_viele ON zelle.quelle = zu_viele.quelle
ORDER BY zelle.quelle, zelle.datei, zelle.zeile, zelle.spalte
