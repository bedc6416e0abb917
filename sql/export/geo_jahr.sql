-- One row per unit of a Raumebene (variable raumebene) and Stichtag, on the Zuschnitt on which the Stichtag is read,
-- with its figures.
SELECT COLUMNS(* EXCLUDE (raumebene, heutig)) -- noqa: RF02
FROM memory.zeile
LEFT JOIN memory.wert_breit USING (heutig, zuschnitt, raumebene, raum_id, stichtag)
WHERE raumebene = getvariable('raumebene') AND heutig
ORDER BY zuschnitt, raum_id, stichtag
