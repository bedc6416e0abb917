-- One row is a source with rows in quarantine, no more of them than sources.toml allows.
SELECT
    quarantaene.quelle AS einheit,
    concat(count(*), ' rows in quarantine') AS gefunden,
    concat('none, though up to ', quelle.quarantaene_erlaubt, ' are allowed') AS erwartet
FROM stage.quarantaene
INNER JOIN katalog.quelle ON quarantaene.quelle = quelle.quelle
GROUP BY quarantaene.quelle, quelle.quarantaene_erlaubt
HAVING count(*) <= quelle.quarantaene_erlaubt
ORDER BY quarantaene.quelle
