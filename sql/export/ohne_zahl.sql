-- One row per Indikator that a sheet of figures leaves out, since no unit of its Raumebene has a figure: the sheets,
-- why, and the Merkmale that it waits for, with their sources.
WITH leer AS (
    SELECT
        raumebene,
        indikator_id
    FROM belegt
    WHERE heutig AND zahlen = 0
),

grund AS (
    SELECT
        leer.raumebene,
        leer.indikator_id,
        coalesce(mode(figur.status), 'nicht_geliefert') AS status
    FROM leer
    LEFT JOIN memory.figur ON leer.raumebene = figur.raumebene AND leer.indikator_id = figur.indikator_id
    GROUP BY leer.raumebene, leer.indikator_id
),

wartet AS (
    SELECT
        indikator_id,
        string_agg(merkmal || ' (' || quelle || ')', ', ' ORDER BY merkmal, quelle) AS wartet_auf
    FROM ausstehend
    GROUP BY indikator_id
)

SELECT
    indikator.indikator_id,
    indikator.label_de,
    indikator.einheit,
    string_agg(grund.raumebene || '_jahr', ', ' ORDER BY raumebene.rang) AS blaetter,
    string_agg(DISTINCT wort_grund.wort, ', ' ORDER BY wort_grund.wort) AS grund,
    any_value(wartet.wartet_auf) AS wartet_auf
FROM grund
INNER JOIN memory.wort_grund ON grund.status = wort_grund.status
INNER JOIN raumebene ON grund.raumebene = raumebene.raumebene
INNER JOIN indikator ON grund.indikator_id = indikator.indikator_id
LEFT JOIN wartet ON grund.indikator_id = wartet.indikator_id
GROUP BY indikator.indikator_id, indikator.label_de, indikator.einheit, indikator.position
ORDER BY indikator.position
