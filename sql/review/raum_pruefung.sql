-- One row per Sozialraum of the reviewed Zuschnitt: its size, how mixed it is, how far it changed, each as one of a few
-- classes. Nothing is said of a unit of which a figure that goes into them is suppressed, changed for confidentiality
-- or withdrawn: what is published then tells size and change anyway, and a class bounds no count.
WITH geheim AS (
    SELECT raum_id
    FROM wert_alle
    WHERE
        raumebene = 'sozialraum'
        AND zuschnitt = getvariable('pruefung_zuschnitt')
        AND status = 'geschuetzt'
        AND list_contains(getvariable('pruefung_stichtage'), stichtag::VARCHAR)
        AND list_contains(getvariable('pruefung_indikatoren'), indikator_id)
    UNION
    SELECT raum_id
    FROM wert_spanne
    WHERE
        raumebene = 'sozialraum'
        AND zuschnitt = getvariable('pruefung_zuschnitt')
        AND (zaehler_von < zaehler_bis OR nenner_von < nenner_bis)
        AND list_contains(getvariable('pruefung_stichtage'), stichtag::VARCHAR)
        AND list_contains(getvariable('pruefung_indikatoren'), indikator_id)
    UNION
    SELECT raum_id
    FROM angabe_entzogen
    WHERE
        raumebene = 'sozialraum'
        AND zuschnitt = getvariable('pruefung_zuschnitt')
        AND list_contains(getvariable('pruefung_stichtage'), stichtag::VARCHAR)
)

SELECT
    pruefung_stand.zuschnitt,
    pruefung_stand.raum_id,
    pruefung_stand.stichtag,
    CASE WHEN geheim.raum_id IS NULL THEN pruefung_stand.groesse END AS groesse,
    CASE WHEN geheim.raum_id IS NULL THEN pruefung_stand.heterogenitaet END AS heterogenitaet,
    CASE WHEN geheim.raum_id IS NULL THEN pruefung_stand.wandel END AS wandel,
    CASE WHEN geheim.raum_id IS NULL THEN 'ok' ELSE 'geschuetzt' END AS status
FROM pruefung_stand
LEFT JOIN geheim ON pruefung_stand.raum_id = geheim.raum_id
