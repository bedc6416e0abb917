-- One row per figure of a Sozialraum in a report: at its Stichtag, with the value of the Stichtag before.
SELECT
    jetzt.raum_id,
    jetzt.indikator_id,
    jetzt.wert,
    jetzt.status,
    jetzt.methode,
    jetzt.unsicherheit,
    vorher.wert AS vorher
FROM wert AS jetzt
LEFT JOIN wert AS vorher
    ON
        jetzt.raumebene = vorher.raumebene
        AND jetzt.zuschnitt = vorher.zuschnitt
        AND jetzt.raum_id = vorher.raum_id
        AND jetzt.indikator_id = vorher.indikator_id
        AND vorher.stichtag = getvariable('vorher')::DATE
WHERE jetzt.raumebene = 'sozialraum' AND jetzt.stichtag = getvariable('stichtag')::DATE
ORDER BY jetzt.raum_id, jetzt.indikator_id
