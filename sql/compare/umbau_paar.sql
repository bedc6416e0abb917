-- One row per old and a new unit that the redraw to a Zuschnitt (variable nach_zuschnitt) connects.
SELECT
    raum_ereignis.raumebene,
    raum_ereignis.vorgang,
    raum_ereignis.vorgang_art,
    raum_ereignis.grundlage,
    raum_ereignis.ereignis,
    raum_ereignis.von_id,
    raum_ereignis.nach_id,
    raum_ereignis.fortgefuehrt,
    raum_ereignis.flaeche_km2,
    raum_ereignis.einwohner,
    raum_ereignis.beschreibung
FROM raum_ereignis
INNER JOIN raumebene ON raum_ereignis.raumebene = raumebene.raumebene
WHERE
    raum_ereignis.von_zuschnitt = getvariable('von_zuschnitt')
    AND raum_ereignis.nach_zuschnitt = getvariable('nach_zuschnitt')
ORDER BY
    raumebene.rang, raum_ereignis.vorgang, raum_ereignis.von_id NULLS LAST, raum_ereignis.nach_id NULLS LAST
