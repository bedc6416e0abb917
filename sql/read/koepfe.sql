-- One row per unit of a Raumebene: how many people an Indikator counts there, and of a suppressed count what the next
-- larger unit with a published one has beyond its other parts, with how many units share it.
WITH zahl AS (
    SELECT
        raumebene,
        raum_id,
        zaehler,
        status
    FROM wert
    WHERE indikator_id = getvariable('koepfe_indikator') AND stichtag = getvariable('koepfe_stichtag')::DATE
),

rest AS (
    SELECT
        raum_liegt_in.ober_ebene,
        raum_liegt_in.ober_id,
        greatest(any_value(ganzes.zaehler) - coalesce(sum(teil.zaehler), 0), 0) AS uebrig,
        count(*) FILTER (teil.zaehler IS NULL) AS offen
    FROM raum_liegt_in
    INNER JOIN zahl AS ganzes
        ON raum_liegt_in.ober_ebene = ganzes.raumebene AND raum_liegt_in.ober_id = ganzes.raum_id
    LEFT JOIN zahl AS teil
        ON raum_liegt_in.raum_id = teil.raum_id AND teil.raumebene = getvariable('koepfe_ebene')
    WHERE ganzes.zaehler IS NOT NULL
    GROUP BY raum_liegt_in.ober_ebene, raum_liegt_in.ober_id
)

SELECT
    raum_liegt_in.raum_id,
    any_value(teil.zaehler) AS koepfe,
    coalesce(any_value(teil.status), 'nicht_geliefert') AS status,
    arg_min(rest.uebrig, raum_liegt_in.rang) AS uebrig,
    arg_min(rest.offen, raum_liegt_in.rang) AS offen
FROM raum_liegt_in
LEFT JOIN zahl AS teil
    ON raum_liegt_in.raum_id = teil.raum_id AND teil.raumebene = getvariable('koepfe_ebene')
LEFT JOIN rest ON raum_liegt_in.ober_ebene = rest.ober_ebene AND raum_liegt_in.ober_id = rest.ober_id
GROUP BY raum_liegt_in.raum_id
ORDER BY raum_liegt_in.raum_id
