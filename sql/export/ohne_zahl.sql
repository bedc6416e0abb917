-- One row per Indikator that a sheet of figures leaves out, since no unit of its Raumebene has a figure: the sheets,
-- why (variable ohne_zeile where the release has no row), and the Merkmale that it waits for, with their sources.
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
        mode(wort_grund.wort) AS wort
    FROM leer
    LEFT JOIN memory.figur ON leer.raumebene = figur.raumebene AND leer.indikator_id = figur.indikator_id
    LEFT JOIN memory.wort_grund ON figur.status = wort_grund.status
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
    coalesce(any_value(grund.wort), getvariable('ohne_zeile')) AS grund,
    any_value(wartet.wartet_auf) AS wartet_auf
FROM grund
INNER JOIN raumebene ON grund.raumebene = raumebene.raumebene
INNER JOIN indikator ON grund.indikator_id = indikator.indikator_id
LEFT JOIN wartet ON grund.indikator_id = wartet.indikator_id
GROUP BY indikator.indikator_id, indikator.label_de, indikator.einheit, indikator.position
ORDER BY indikator.position
