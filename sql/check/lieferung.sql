-- One row per delivered file: how many rows it had and where each of them went.
SELECT
    quelle || ': ' || datei AS einheit,
    quelle,
    datei,
    sha256,
    zeilen,
    uebernommen,
    quarantaene,
    entfallen,
    kennungen_ergaenzt,
    zeilen - uebernommen - quarantaene - entfallen AS ohne_verbleib
FROM stage.datei
ORDER BY quelle, datei
