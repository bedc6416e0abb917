-- One row per Sozialraum of the first map where that shows an Indikator: its figure, or why it has none.
SELECT
    atlas_einheit.stelle,
    atlas_einheit.raum_id,
    atlas_einheit.name,
    wert.wert,
    coalesce(wert.status, 'nicht_geliefert') AS status,
    wert.methode,
    wert.unsicherheit
FROM atlas_einheit
LEFT JOIN wert
    ON
        atlas_einheit.zuschnitt = wert.zuschnitt
        AND atlas_einheit.raumebene = wert.raumebene
        AND atlas_einheit.raum_id = wert.raum_id
        AND wert.indikator_id = getvariable('indikator')
        AND wert.stichtag = getvariable('stichtag')::DATE
WHERE atlas_einheit.raumebene = 'sozialraum' AND atlas_einheit.zuschnitt = getvariable('zuschnitt')
ORDER BY wert.wert DESC NULLS LAST, atlas_einheit.stelle ASC
