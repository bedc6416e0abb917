-- One row per name in the lookup file of a source whose id no unit of the Raumebene has.
SELECT
    name_einheit.name,
    name_einheit.raum_id
FROM katalog.name_einheit
ANTI JOIN stage.zuordnung
    ON
        name_einheit.raum_id = zuordnung.raum_id
        AND zuordnung.raumebene = getvariable('ebene_der_namen')
WHERE name_einheit.quelle = getvariable('quelle')
ORDER BY name_einheit.name
