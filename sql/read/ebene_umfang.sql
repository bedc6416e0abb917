-- One row per Raumebene, from fine to coarse: how many units it has on the Zuschnitt of the release.
SELECT
    raumebene.label_de,
    raumebene.label_en,
    count(DISTINCT wert.raum_id) AS einheiten
FROM raumebene
CROSS JOIN _release
LEFT JOIN wert ON raumebene.raumebene = wert.raumebene AND _release.zuschnitt = wert.zuschnitt
GROUP BY raumebene.label_de, raumebene.label_en, raumebene.rang
ORDER BY raumebene.rang
