-- One row per unit and Stichtag on a Zuschnitt, the newest Stichtag of each Raumebene first, as in zeile, with the
-- method in words, the figures, and the cells of those that look otherwise, and what the main index and first typology
-- say.
WITH beschrieben AS (
    SELECT zeile.* REPLACE (wort_methode.wort AS methode)
    FROM memory.zeile
    LEFT JOIN memory.wort_methode ON zeile.methode = wort_methode.methode
)

SELECT COLUMNS(*) -- noqa: RF02
FROM beschrieben
LEFT JOIN memory.wert_breit USING (heutig, zuschnitt, raumebene, raum_id, stichtag)
LEFT JOIN ausnahme_breit USING (zuschnitt, raumebene, raum_id, stichtag)
LEFT JOIN haupt_breit USING (zuschnitt, raumebene, raum_id, stichtag)
ORDER BY raumebene ASC, heutig ASC, stichtag DESC, zuschnitt DESC, raum_id ASC
