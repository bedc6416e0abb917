-- One row is a cell that broke its source's contract and was set aside with its row, of a source with too many such.
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
