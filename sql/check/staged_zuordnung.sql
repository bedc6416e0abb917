-- One row per base unit with something counted in it that belongs to no unit, or to several, of a Raumebene.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Every base unit in which anything was counted belongs to exactly one unit of each Raumebene
-- expected_de: Jede Basiseinheit, in der etwas gezählt wurde, gehört in jeder Raumebene zu genau einer Einheit
-- reason: Counts of a unit without Zuordnung are lost; with two they are counted twice.
-- reason_de: Zahlen einer Einheit ohne Zuordnung gehen verloren; mit zweien zählen sie doppelt.
-- what_to_do: Complete or correct the Zuordnung file of this Zuschnitt.
-- what_to_do_de: Die Zuordnung dieses Zuschnitts vervollständigen oder berichtigen.
-- units_public: false
WITH bewohnt AS (
    SELECT DISTINCT einheit
    FROM _basis_zahl
    WHERE wert > 0
),

gezaehlt AS (
    SELECT
        einheit.basis,
        einheit.basis_id,
        stichtag.zuschnitt,
        min(einheit.stichtag) AS seit
    FROM _basis_einheit AS einheit
    SEMI JOIN bewohnt
        ON einheit.einheit = bewohnt.einheit
    INNER JOIN stichtag
        ON einheit.stichtag = stichtag.stichtag AND einheit.basis = stichtag.basis
    GROUP BY einheit.basis, einheit.basis_id, stichtag.zuschnitt
),

zugehoerig AS (
    SELECT
        zuschnitt,
        basis,
        basis_id,
        raumebene,
        count(raum_id) AS anzahl
    FROM stage.zuordnung
    GROUP BY zuschnitt, basis, basis_id, raumebene
)

SELECT
    concat(gezaehlt.basis, ' ', gezaehlt.basis_id, ', Zuschnitt ', gezaehlt.zuschnitt) AS einheit,
    concat(coalesce(zugehoerig.anzahl, 0), ' units of ', ebene.raumebene, ' (counted since ', gezaehlt.seit, ')')
        AS gefunden,
    'exactly 1 unit of ' || ebene.raumebene AS erwartet
FROM gezaehlt
CROSS JOIN katalog.raumebene AS ebene
LEFT JOIN zugehoerig
    ON
        gezaehlt.zuschnitt = zugehoerig.zuschnitt
        AND gezaehlt.basis = zugehoerig.basis
        AND gezaehlt.basis_id = zugehoerig.basis_id
        AND ebene.raumebene = zugehoerig.raumebene
WHERE coalesce(zugehoerig.anzahl, 0) <> 1
ORDER BY gezaehlt.zuschnitt, gezaehlt.basis_id, ebene.rang
