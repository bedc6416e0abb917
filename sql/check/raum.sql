-- One row per unit of a Raumebene in a Zuschnitt.
SELECT
    concat(raum.raumebene, ' ', raum.raum_id, ', Zuschnitt ', raum.zuschnitt) AS einheit,
    raum.zuschnitt,
    raum.raumebene,
    raum.raum_id,
    raum.name,
    coalesce(regexp_full_match(raum.raum_id, ebene.id_muster), FALSE) AS kennung_passt,
    raum.flaeche_km2 IS NULL OR raum.flaeche_km2 > 0 AS flaeche_moeglich
FROM raum
LEFT JOIN katalog.raumebene AS ebene
    ON raum.raumebene = ebene.raumebene
ORDER BY raum.zuschnitt, ebene.rang, raum.raum_id
