-- One row per base unit at a Stichtag whose counts of a source came together, all of them known: a view of its Merkmale
-- and, in the same order, their counts.
SELECT
    zaehlung_reihe.quelle,
    zaehlung_reihe.stichtag,
    zaehlung_reihe.basis,
    zaehlung_reihe.basis_id,
    zaehlung_reihe.mit_zeichen,
    quelle_reihe.merkmale,
    zaehlung_reihe.werte
FROM stage.zaehlung_reihe
INNER JOIN katalog.quelle_reihe ON zaehlung_reihe.quelle = quelle_reihe.quelle
ANTI JOIN stage.ungewiss
    ON
        zaehlung_reihe.quelle = ungewiss.quelle
        AND zaehlung_reihe.stichtag = ungewiss.stichtag
        AND zaehlung_reihe.basis_id = ungewiss.basis_id
