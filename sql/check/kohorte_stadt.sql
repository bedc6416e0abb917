-- One row per cohort of the city that grew or shrank beyond its bounds between two Stichtage.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: No cohort of the city changes beyond its bounds
-- expected_de: In der Stadt ändert sich keine Kohorte über ihre Grenzen hinaus
-- reason: The same people are some years older: a band that is far from what it came from was cut or counted otherwise.
-- reason_de: Dieselben Menschen sind einige Jahre älter: eine Altersgruppe weit entfernt von der, aus der sie kam,
--   wurde anders geschnitten oder gezählt.
-- what_to_do: Compare the age columns of both deliveries, and what age means in them (at the Stichtag or in the year).
-- what_to_do_de: Die Altersspalten beider Lieferungen vergleichen, und was Alter in ihnen bedeutet (am Stichtag oder im
--   Jahr).
-- units_public: true
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag_vorher, ' to ', stichtag, ', ', merkmal) AS einheit,
    concat(wert_vorher, ' to ', wert, ', ratio ', round(wert / nullif(wert_vorher, 0), 3)) AS gefunden,
    concat('a ratio of ', mindestens, ' to ', hoechstens) AS erwartet
FROM _kohorten_paar
WHERE
    raumebene = (SELECT ebene.groebste FROM _ebene AS ebene)
    AND wert_vorher >= (SELECT parameter.mindestens FROM _hidiroglou_berthelot_parameter AS parameter)
    AND (wert < mindestens * wert_vorher OR wert > hoechstens * wert_vorher)
ORDER BY stichtag, merkmal
