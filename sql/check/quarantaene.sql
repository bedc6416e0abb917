-- One row is a cell that broke its source's contract and was set aside with its row.
SELECT
    concat(quelle, ': ', datei, ', line ', zeile, ', column ', spalte) AS einheit,
    'found ' || coalesce('"' || wert || '"', 'nothing') AS gefunden,
    regel AS erwartet
FROM stage.quarantaene
ORDER BY quelle, datei, zeile, spalte
