-- One row per Zuschnitt and name by which a source may call a unit: the base unit that the unit is made of, or the rule
-- that a row breaks which is called so.
-- The lookup file takes precedence over the names that units have, in each Zuschnitt that has the unit.
WITH nachgeschlagen AS (
    SELECT
        schlichter_name(name) AS name,
        raum_id
    FROM katalog.name_einheit
    WHERE quelle = getvariable('quelle')
),

einheit AS (
    SELECT
        zuschnitt,
        raum_id,
        min(basis_id) AS basis_id,
        count(DISTINCT basis_id) AS basiseinheiten
    FROM stage.zuordnung
    WHERE raumebene = getvariable('ebene_der_namen')
    GROUP BY zuschnitt, raum_id
),

genannt AS (
    SELECT
        raum_name.zuschnitt,
        schlichter_name(raum_name.name) AS name,
        raum_name.raum_id
    FROM stage.raum_name
    ANTI JOIN nachgeschlagen ON schlichter_name(raum_name.name) = nachgeschlagen.name
    WHERE raum_name.raumebene = getvariable('ebene_der_namen')

    UNION

    SELECT
        einheit.zuschnitt,
        nachgeschlagen.name,
        nachgeschlagen.raum_id
    FROM nachgeschlagen
    INNER JOIN einheit ON nachgeschlagen.raum_id = einheit.raum_id
),

zusammen AS (
    SELECT
        genannt.zuschnitt,
        genannt.name,
        count(*) AS einheiten,
        string_agg(genannt.raum_id, ' and ' ORDER BY genannt.raum_id) AS raum_ids,
        min(einheit.basis_id) AS basis_id,
        coalesce(min(einheit.basiseinheiten), 0) AS basiseinheiten
    FROM genannt
    LEFT JOIN einheit ON genannt.zuschnitt = einheit.zuschnitt AND genannt.raum_id = einheit.raum_id
    WHERE genannt.name <> ''
    GROUP BY genannt.zuschnitt, genannt.name
)

SELECT
    zuschnitt,
    name,
    CASE WHEN einheiten = 1 AND basiseinheiten = 1 THEN basis_id END AS basis_id,
    CASE
        WHEN einheiten > 1
            THEN concat('the name of one unit, which this is not: ', raum_ids, ' have it (see `unit_lookup`)')
        WHEN basiseinheiten <> 1
            THEN concat('the name of a unit of one base unit; ', raum_ids, ' has ', basiseinheiten)
    END AS regel
FROM zusammen
