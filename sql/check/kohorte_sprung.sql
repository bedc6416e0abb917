-- One row per Sozialraum where cohorts changed far out of line with the same cohorts of the other Sozialräume.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: No cohort of a Sozialraum changes far out of line with the others (U = 0.5, A = 0.05, C = 20)
-- expected_de: In keinem Sozialraum ändert sich eine Kohorte weit anders als in den übrigen (U = 0,5, A = 0,05, C = 20)
-- reason: A cohort that doubles is a new building area, a home that opened, or addresses assigned to another unit.
-- reason_de: Eine Kohorte, die sich verdoppelt, ist ein Neubaugebiet, ein neues Heim, oder Adressen wurden einer
--   anderen Einheit zugeordnet.
-- what_to_do: Look at the base units of the Sozialraum in both years; if the change is real, waive it with the reason.
-- what_to_do_de: Die Basiseinheiten des Sozialraums in beiden Jahren ansehen; ist die Änderung wirklich, mit Begründung
--   eine Ausnahme eintragen.
-- units_public: false
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag) AS einheit,
    string_agg(
        concat(merkmal, ' since ', stichtag_vorher, ': ', wert_vorher, ' to ', wert, ' (', round(abstand, 1), ')'),
        '; ' ORDER BY merkmal
    ) AS gefunden,
    concat('ratios within ', any_value(c), ' quartile distances of the median ratio') AS erwartet
FROM _hidiroglou_berthelot
WHERE
    reihe = 'kohorte'
    AND abstand > c
    AND greatest(wert, wert_vorher)
    >= (SELECT parameter.mindestens FROM _hidiroglou_berthelot_parameter AS parameter)
GROUP BY raumebene, raum_id, stichtag
ORDER BY stichtag, raum_id
