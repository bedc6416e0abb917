-- One row an Indikator of a unit at a Stichtag, as it may leave the office.
-- Primary suppression: a count below its threshold (0 may be said), a rate whose numerator, denominator or
-- the rest between them is, and a change between two counts of which one is.
WITH klein AS (
    SELECT
        indikator_wert.*,
        CASE schwelle.typ
            WHEN 'veraenderung'
                THEN
                    (indikator_wert.nenner > 0 AND indikator_wert.nenner < schwelle.mindest_zaehler)
                    OR (
                        indikator_wert.nenner + indikator_wert.zaehler > 0
                        AND indikator_wert.nenner + indikator_wert.zaehler < schwelle.mindest_zaehler
                    )
            ELSE
                (indikator_wert.zaehler > 0 AND indikator_wert.zaehler < schwelle.mindest_zaehler)
                OR coalesce(indikator_wert.nenner > 0 AND indikator_wert.nenner < schwelle.mindest_nenner, FALSE)
                OR coalesce(
                    schwelle.typ = 'anteil'
                    AND indikator_wert.nenner - indikator_wert.zaehler > 0
                    AND indikator_wert.nenner - indikator_wert.zaehler < schwelle.mindest_zaehler,
                    FALSE
                )
        END AS zu_klein
    FROM indikator_wert
    INNER JOIN schwelle ON indikator_wert.indikator_id = schwelle.indikator_id
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    CASE WHEN NOT coalesce(zu_klein, FALSE) THEN wert END AS wert,
    CASE WHEN NOT coalesce(zu_klein, FALSE) THEN zaehler END AS zaehler,
    CASE WHEN NOT coalesce(zu_klein, FALSE) THEN nenner END AS nenner,
    CASE WHEN coalesce(zu_klein, FALSE) THEN 'geschuetzt' ELSE status END AS status,
    methode,
    unsicherheit
FROM klein
