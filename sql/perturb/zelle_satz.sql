-- One row per piece of a unit and a Merkmal at a Stichtag: how often it is counted, and the sum of its record keys.
-- No source delivers record keys, and the register is counted while it is read. So the key of what is counted in a base
-- unit, which is what the keys of its records would add up to, is drawn from the secret: it is the same wherever the
-- base unit is added, on every Zuschnitt and in every release, and another one where another number is counted.
-- It reads the variables `geheimnis` and `schluesselraum` (how many keys there are).
WITH grundeinheit AS (
    SELECT
        zaehlung.stichtag,
        zaehlung.merkmal,
        kombination.kombination,
        zaehlung.wert AS anzahl,
        (
            '0x' || left(
                sha256(
                    concat_ws(
                        chr(31), getvariable('geheimnis'), zaehlung.basis, zaehlung.basis_id, zaehlung.merkmal,
                        zaehlung.stichtag, zaehlung.wert
                    )
                ), 8
            )
        )::BIGINT % getvariable('schluesselraum') AS schluessel
    FROM stage.zaehlung
    INNER JOIN merkmal_veraendert
        ON zaehlung.merkmal = merkmal_veraendert.merkmal AND merkmal_veraendert.verfahren = 'ueberlagern'
    INNER JOIN kombination ON zaehlung.basis = kombination.basis AND zaehlung.basis_id = kombination.basis_id
    WHERE zaehlung.wert > 0
),

stueck AS (
    SELECT
        grundeinheit.stichtag,
        grundeinheit.merkmal,
        grundeinheit.kombination,
        sum(grundeinheit.anzahl) AS anzahl,
        sum(grundeinheit.schluessel) AS schluessel
    FROM grundeinheit
    GROUP BY ALL
)

SELECT
    zelle_nummer.zelle,
    coalesce(stueck.anzahl, 0)::BIGINT AS anzahl,
    coalesce(stueck.schluessel, 0)::BIGINT AS schluessel
FROM zelle_nummer
LEFT JOIN kombination_raum
    ON
        zelle_nummer.zuschnitt = kombination_raum.zuschnitt
        AND zelle_nummer.raumebene = kombination_raum.raumebene
        AND zelle_nummer.raum_id = kombination_raum.raum_id
LEFT JOIN stueck
    ON
        kombination_raum.kombination = stueck.kombination
        AND zelle_nummer.stichtag = stueck.stichtag
        AND zelle_nummer.merkmal = stueck.merkmal
