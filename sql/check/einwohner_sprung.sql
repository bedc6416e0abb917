-- One row per Sozialraum whose residents changed far out of line with the others between two Stichtage.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: No Sozialraum's residents change far out of line with the others (U = 0.5, A = 0.05, C = 20)
-- expected_de: In keinem Sozialraum ändert sich die Einwohnerzahl weit anders als in den übrigen (U = 0,5, A = 0,05, C
--   = 20)
-- reason: A jump is a new building area, a demolished estate, or blocks that were assigned to another unit by mistake.
-- reason_de: Ein Sprung ist ein Neubaugebiet, eine abgerissene Siedlung, oder Blöcke wurden versehentlich einer anderen
--   Einheit zugeordnet.
-- what_to_do: Look at the base units of the Sozialraum in both years; if the change is real, say so in the notes of the
--   release.
-- what_to_do_de: Die Basiseinheiten des Sozialraums in beiden Jahren ansehen; ist die Änderung wirklich, in den
--   Hinweisen der Fortschreibung davon schreiben.
-- units_public: true
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag_vorher, ' to ', stichtag) AS einheit,
    concat(merkmal, ' ', wert_vorher, ' to ', wert, ' (', round(abstand, 1), ' quartile distances)') AS gefunden,
    concat('a change within ', c, ' quartile distances of the median change') AS erwartet
FROM _hidiroglou_berthelot
WHERE merkmal = 'einwohner' AND abstand > c
ORDER BY stichtag, raum_id
