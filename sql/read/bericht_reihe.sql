-- One row per Sozialraum of today: its residents at every Stichtag, from old to new, and which of them are estimates.
SELECT
    raum_id,
    list(stichtag ORDER BY stichtag) AS stichtage,
    list(wert ORDER BY stichtag) AS einwohner,
    list(coalesce(methode IN (SELECT unnest(getvariable('schaetzungen'))), FALSE) ORDER BY stichtag) AS geschaetzt
FROM wert
WHERE raumebene = 'sozialraum' AND indikator_id = 'einwohner'
GROUP BY raum_id
ORDER BY raum_id
