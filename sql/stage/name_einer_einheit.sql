-- One row where the text `ueberschrift` must be the name of a unit that rows are about: no larger area has it, or an
-- empty figure would be taken for 0.
SELECT einheit_name.name
FROM einheit_name
INNER JOIN katalog.quelle ON quelle.quelle = getvariable('quelle')
WHERE
    einheit_name.name = schlichter_name(getvariable('ueberschrift')::VARCHAR)
    AND (
        quelle.ungelistet_null
        OR einheit_name.name NOT IN (
            SELECT schlichter_name(raum_name.name)
            FROM stage.raum_name
            WHERE raum_name.raumebene <> getvariable('ebene_der_namen')
        )
    )
ORDER BY einheit_name.zuschnitt
LIMIT 1
