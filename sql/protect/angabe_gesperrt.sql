-- One row per count of a unit that a class never publishes there: what an Indikator of the class counts.
SELECT DISTINCT
    angabe.zuschnitt,
    angabe.raumebene,
    angabe.raum_id,
    angabe.stichtag,
    angabe.seite
FROM angabe
INNER JOIN indikator_seite ON angabe.seite = indikator_seite.seite AND indikator_seite.rolle = 'zaehler'
INNER JOIN katalog.indikator ON indikator_seite.indikator_id = indikator.indikator_id
INNER JOIN raum_gesperrt
    ON
        indikator.schutzklasse = raum_gesperrt.schutzklasse
        AND angabe.zuschnitt = raum_gesperrt.zuschnitt
        AND angabe.raumebene = raum_gesperrt.raumebene
        AND angabe.raum_id = raum_gesperrt.raum_id
