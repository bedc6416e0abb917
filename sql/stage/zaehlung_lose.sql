-- One row per Merkmal of a base unit at a Stichtag whose count came on its own, or beside one that is unknown: a view.
-- What a row in quarantine names is unknown, whatever another row says of it.
WITH unterbrochen AS (
    SELECT
        zaehlung_reihe.quelle,
        zaehlung_reihe.stichtag,
        zaehlung_reihe.basis,
        zaehlung_reihe.basis_id,
        zaehlung_reihe.mit_zeichen,
        unnest(quelle_reihe.merkmale) AS merkmal,
        unnest(zaehlung_reihe.werte) AS wert
    FROM stage.zaehlung_reihe
    INNER JOIN katalog.quelle_reihe ON zaehlung_reihe.quelle = quelle_reihe.quelle
    SEMI JOIN stage.ungewiss
        ON
            zaehlung_reihe.quelle = ungewiss.quelle
            AND zaehlung_reihe.stichtag = ungewiss.stichtag
            AND zaehlung_reihe.basis_id = ungewiss.basis_id
),

gelesen AS (
    SELECT
        quelle,
        stichtag,
        basis,
        basis_id,
        merkmal,
        wert,
        CASE WHEN wert = 0 AND mit_zeichen THEN 'nichts' ELSE 'ok' END AS status
    FROM unterbrochen

    UNION ALL

    SELECT
        quelle,
        stichtag,
        basis,
        basis_id,
        merkmal,
        wert,
        status
    FROM stage.zaehlung_einzeln
)

SELECT gelesen.*
FROM gelesen
ANTI JOIN stage.ungewiss
    ON
        gelesen.quelle = ungewiss.quelle
        AND gelesen.stichtag = ungewiss.stichtag
        AND gelesen.basis_id = ungewiss.basis_id
        AND gelesen.merkmal = ungewiss.merkmal

UNION ALL

SELECT
    quelle,
    stichtag,
    basis,
    basis_id,
    merkmal,
    NULL AS wert,
    'unbekannt' AS status
FROM stage.ungewiss
WHERE basis_id IS NOT NULL
