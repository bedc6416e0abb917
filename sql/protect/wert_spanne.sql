-- One row per published figure of which a count was changed for confidentiality: between what the figure of the counted
-- numbers lies, and its numerator and denominator. Nothing is rounded towards the figure: the limits always hold.
-- A figure whose counted denominator may be 0 has no upper limit, unless it is a share of parts at most their whole.
-- Nor has it a lower one where its numerator may be negative, unless it is a change, of which nothing is less than all.
WITH grenze AS (
    SELECT
        wert_alle.zuschnitt,
        wert_alle.raumebene,
        wert_alle.raum_id,
        wert_alle.stichtag,
        wert_alle.indikator_id,
        wert_alle.wert,
        indikator.typ,
        indikator.faktor,
        10.0 ** indikator.nachkommastellen AS stelle,
        wert_alle.zaehler - spielraum.zaehler_unter AS zaehler_von,
        wert_alle.zaehler + spielraum.zaehler_ueber AS zaehler_bis,
        wert_alle.nenner - spielraum.nenner_unter AS nenner_von,
        wert_alle.nenner + spielraum.nenner_ueber AS nenner_bis
    FROM wert_alle
    INNER JOIN indikator_spielraum AS spielraum
        ON
            wert_alle.zuschnitt = spielraum.zuschnitt
            AND wert_alle.raumebene = spielraum.raumebene
            AND wert_alle.raum_id = spielraum.raum_id
            AND wert_alle.stichtag = spielraum.stichtag
            AND wert_alle.indikator_id = spielraum.indikator_id
    INNER JOIN katalog.indikator ON wert_alle.indikator_id = indikator.indikator_id
    WHERE wert_alle.zaehler IS NOT NULL AND coalesce(wert_alle.methode, '') <> 'amtlich'
),

genau AS (
    SELECT
        grenze.*,
        CASE
            WHEN grenze.typ = 'anzahl' THEN grenze.faktor * grenze.zaehler_von
            WHEN grenze.zaehler_von >= 0 THEN grenze.faktor * grenze.zaehler_von / nullif(grenze.nenner_bis, 0)
            WHEN grenze.nenner_von > 0 THEN grenze.faktor * grenze.zaehler_von / grenze.nenner_von
            WHEN grenze.typ = 'veraenderung' THEN -grenze.faktor
        END AS wert_von,
        CASE
            WHEN grenze.typ = 'anzahl' THEN grenze.faktor * grenze.zaehler_bis
            WHEN grenze.zaehler_bis < 0 THEN grenze.faktor * grenze.zaehler_bis / nullif(grenze.nenner_bis, 0)
            WHEN grenze.nenner_von > 0 THEN grenze.faktor * grenze.zaehler_bis / grenze.nenner_von
            WHEN grenze.typ = 'anteil' THEN grenze.faktor
        END AS wert_bis
    FROM grenze
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    CASE
        WHEN wert IS NOT NULL AND wert_von IS NOT NULL THEN least(wert, floor(round(wert_von * stelle, 6)) / stelle)
    END AS wert_von,
    CASE
        WHEN wert IS NOT NULL AND wert_bis IS NOT NULL THEN greatest(wert, ceil(round(wert_bis * stelle, 6)) / stelle)
    END AS wert_bis,
    zaehler_von,
    zaehler_bis,
    nenner_von,
    nenner_bis
FROM genau
