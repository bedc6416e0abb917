-- One row per Merkmal of a base unit at a Stichtag of which a person in quarantine is said to be: its count is unknown.
WITH verletzt AS (
    SELECT DISTINCT
        person.basis_text,
        try_strptime(person.stichtag_text, getvariable('stichtag_format'))::DATE AS tag
    FROM person
    SEMI JOIN stage.quarantaene
        ON
            person.datei = quarantaene.datei
            AND person.zeile::BIGINT = quarantaene.zeile
            AND quarantaene.quelle = getvariable('quelle')
)

SELECT
    quelle_merkmal.quelle,
    verletzt.tag AS stichtag,
    zuschnitt.basis,
    verletzt.basis_text AS basis_id,
    quelle_merkmal.merkmal
FROM verletzt
ASOF INNER JOIN katalog.zuschnitt ON verletzt.tag >= zuschnitt.gueltig_ab
INNER JOIN katalog.quelle_merkmal ON quelle_merkmal.quelle = getvariable('quelle')
WHERE regexp_full_match(verletzt.basis_text, zuschnitt.basis_muster)
