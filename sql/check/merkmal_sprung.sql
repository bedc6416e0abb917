-- One row per Sozialraum where counts other than the residents changed far out of line with the other Sozialräume.
-- Where its residents jump as well, that explains the rest, and einwohner_sprung reports it.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: No other count of a Sozialraum changes far out of line with the others (U = 0.5, A = 0.05, C = 20, from 20
--   on)
-- expected_de: In keinem Sozialraum ändert sich eine andere Zahl weit anders als in den übrigen (U = 0,5, A = 0,05, C =
--   20, ab 20)
-- reason: A count that jumps while the residents do not is a new definition, a wrong column, or a building.
-- reason_de: Eine Zahl, die springt, während die Einwohnerzahl bleibt, ist eine neue Definition, eine falsche Spalte
--   oder ein Gebäude.
-- what_to_do: Look at the Merkmal at the base units of the Sozialraum in both years; if the change is real, waive it
--   with the reason.
-- what_to_do_de: Das Merkmal in den Basiseinheiten des Sozialraums in beiden Jahren ansehen; ist die Änderung wirklich,
--   mit Begründung eine Ausnahme eintragen.
-- units_public: false
WITH sprung AS (
    SELECT *
    FROM _hidiroglou_berthelot
    WHERE
        reihe = 'merkmal'
        AND abstand > c
        AND greatest(wert, wert_vorher)
        >= (SELECT parameter.mindestens FROM _hidiroglou_berthelot_parameter AS parameter)
),

ausgezogen AS (
    SELECT *
    FROM sprung
    WHERE merkmal = 'einwohner'
)

SELECT
    concat(sprung.raumebene, ' ', sprung.raum_id, ', ', sprung.stichtag_vorher, ' to ', sprung.stichtag) AS einheit,
    string_agg(
        concat(sprung.merkmal, ' ', sprung.wert_vorher, ' to ', sprung.wert, ' (', round(sprung.abstand, 1), ')'),
        '; ' ORDER BY sprung.merkmal
    ) AS gefunden,
    concat('changes within ', any_value(sprung.c), ' quartile distances of the median change') AS erwartet
FROM sprung
ANTI JOIN ausgezogen
    ON sprung.raum_id = ausgezogen.raum_id AND sprung.stichtag = ausgezogen.stichtag
GROUP BY sprung.raumebene, sprung.raum_id, sprung.stichtag_vorher, sprung.stichtag
ORDER BY sprung.stichtag, sprung.raum_id
