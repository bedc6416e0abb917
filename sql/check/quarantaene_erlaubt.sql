-- One row per source with rows in quarantine, no more of them than sources.toml allows.
-- station: extract
-- owner: Statistikstelle
-- severity: warning
-- expected: No row is in quarantine, even where some are allowed
-- expected_de: Keine Zeile steht in Quarantäne, auch wo einige erlaubt sind
-- reason: What is set aside is missing from the figures, though the source may have as much of it.
-- reason_de: Was zurückgestellt ist, fehlt in den Zahlen, auch wenn die Quelle so viel davon haben darf.
-- what_to_do: Look at quarantine.csv of the run and ask the source to correct it; lower `quarantine` in sources.toml
--   when it has.
-- what_to_do_de: quarantine.csv des Laufs ansehen und die Quelle um Berichtigung bitten; danach `quarantine` in
--   sources.toml senken.
-- units_public: false
SELECT
    quarantaene.quelle AS einheit,
    concat(count(DISTINCT row(quarantaene.datei, quarantaene.zeile)), ' rows in quarantine') AS gefunden,
    concat('none, though up to ', quelle.quarantaene_erlaubt, ' are allowed') AS erwartet
FROM stage.quarantaene
INNER JOIN katalog.quelle ON quarantaene.quelle = quelle.quelle
GROUP BY quarantaene.quelle, quelle.quarantaene_erlaubt
HAVING count(DISTINCT row(quarantaene.datei, quarantaene.zeile)) <= quelle.quarantaene_erlaubt
ORDER BY quarantaene.quelle
