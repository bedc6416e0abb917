-- One row per Sozialraum and Stichtag, as in sozialraum_breit: the status of each figure in the column of its name.
WITH zelle AS (
    SELECT
        zuschnitt,
        sozialraum_id,
        name,
        stichtag,
        indikator_id,
        status
    FROM sozialraum_feld
)

PIVOT zelle
ON indikator_id
USING any_value(status)
GROUP BY zuschnitt, sozialraum_id, name, stichtag
