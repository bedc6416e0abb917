-- One row per Indikator of a unit at a Stichtag on a Zuschnitt, as it may leave the office, on every Zuschnitt.
-- Primary suppression: a count below its threshold (0 may be published), a rate whose numerator, denominator or
-- the rest between them is, and a change between two counts of which one is; and what a rule of its class forbids
-- (angabe_regel). Secondary suppression: a row that tells a count which would let such a one be computed
-- (angabe_still). Which of the two it is (selbst_geheim) stays here. A figure of counts that were changed for
-- confidentiality says so by its status.
WITH gezaehlt AS (
    SELECT
        indikator_wert.*,
        schwelle.mindest_zaehler,
        schwelle.mindest_nenner,
        indikator_wert.zaehler + CASE schwelle.typ WHEN 'veraenderung' THEN indikator_wert.nenner ELSE 0 END AS anzahl,
        CASE schwelle.typ WHEN 'anteil' THEN indikator_wert.nenner - indikator_wert.zaehler END AS rest
    FROM indikator_wert
    INNER JOIN schwelle ON indikator_wert.indikator_id = schwelle.indikator_id
),

verraet AS (
    SELECT
        angabe_still.zuschnitt,
        angabe_still.raumebene,
        angabe_still.raum_id,
        (angabe_still.stichtag + 1 + to_years(indikator_seite.jahre_davor))::DATE - 1 AS stichtag,
        indikator_seite.indikator_id,
        bool_or(angabe_regel.seite IS NOT NULL) AS durch_regel
    FROM angabe_still
    INNER JOIN indikator_seite ON angabe_still.seite = indikator_seite.seite
    LEFT JOIN angabe_regel
        ON
            angabe_still.zuschnitt = angabe_regel.zuschnitt
            AND angabe_still.raumebene = angabe_regel.raumebene
            AND angabe_still.raum_id = angabe_regel.raum_id
            AND angabe_still.stichtag = angabe_regel.stichtag
            AND angabe_still.seite = angabe_regel.seite
    GROUP BY ALL
),

geprueft AS (
    SELECT
        gezaehlt.*,
        CASE WHEN coalesce(gezaehlt.methode, '') <> 'amtlich' THEN spielraum.ueberlagert END AS ueberlagert,
        gezaehlt.zaehler IS NOT NULL
        AND (
            zu_klein(gezaehlt.anzahl, gezaehlt.mindest_zaehler)
            OR zu_klein(gezaehlt.nenner, gezaehlt.mindest_nenner)
            OR zu_klein(gezaehlt.rest, gezaehlt.mindest_zaehler)
            OR coalesce(verraet.durch_regel, FALSE)
        ) AS selbst_geheim,
        gezaehlt.zaehler IS NOT NULL AND (verraet.raum_id IS NOT NULL OR selbst_geheim) AS geschuetzt
    FROM gezaehlt
    LEFT JOIN verraet
        ON
            gezaehlt.zuschnitt = verraet.zuschnitt
            AND gezaehlt.raumebene = verraet.raumebene
            AND gezaehlt.raum_id = verraet.raum_id
            AND gezaehlt.stichtag = verraet.stichtag
            AND gezaehlt.indikator_id = verraet.indikator_id
    LEFT JOIN indikator_spielraum AS spielraum
        ON
            gezaehlt.zuschnitt = spielraum.zuschnitt
            AND gezaehlt.raumebene = spielraum.raumebene
            AND gezaehlt.raum_id = spielraum.raum_id
            AND gezaehlt.stichtag = spielraum.stichtag
            AND gezaehlt.indikator_id = spielraum.indikator_id
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    CASE WHEN NOT geschuetzt THEN wert END AS wert,
    CASE WHEN NOT geschuetzt THEN zaehler END AS zaehler,
    CASE WHEN NOT geschuetzt THEN nenner END AS nenner,
    CASE
        WHEN geschuetzt THEN 'geschuetzt'
        WHEN status = 'ok' AND ueberlagert THEN 'ueberlagert'
        WHEN status = 'ok' AND ueberlagert IS NOT NULL THEN 'gerundet'
        ELSE status
    END AS status,
    methode,
    CASE WHEN NOT geschuetzt THEN unsicherheit END AS unsicherheit,
    selbst_geheim
FROM geprueft
