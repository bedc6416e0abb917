-- One row per old and a new unit that the last redraw connects.
SELECT
    vorher.stelle AS von,
    nachher.stelle AS nach,
    raum_ereignis.ereignis,
    raum_ereignis.fortgefuehrt,
    raum_ereignis.flaeche_km2,
    raum_ereignis.einwohner
FROM raum_ereignis
LEFT JOIN atlas_einheit AS vorher
    ON
        raum_ereignis.von_zuschnitt = vorher.zuschnitt
        AND raum_ereignis.raumebene = vorher.raumebene
        AND raum_ereignis.von_id = vorher.raum_id
LEFT JOIN atlas_einheit AS nachher
    ON
        raum_ereignis.nach_zuschnitt = nachher.zuschnitt
        AND raum_ereignis.raumebene = nachher.raumebene
        AND raum_ereignis.nach_id = nachher.raum_id
WHERE raum_ereignis.nach_zuschnitt = (SELECT _release.zuschnitt FROM _release)
ORDER BY vorher.stelle NULLS LAST, nachher.stelle NULLS LAST
