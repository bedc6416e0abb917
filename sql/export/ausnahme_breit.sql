-- One row per unit and Stichtag on a Zuschnitt that has a figure which is missing, estimated or incomplete, with one
-- column per Indikator (before its name stands ausnahme_): what follows the place of its cell in the XML of a
-- worksheet, that is another face with the number, or with the word that says why there is none (tables gesicht_zahl
-- and gesicht_grund of flows/export/faces.py).
WITH zelle AS (
    SELECT
        figur.zuschnitt,
        figur.raumebene,
        figur.raum_id,
        figur.stichtag,
        figur.indikator_id,
        coalesce(
            CASE WHEN isfinite(figur.wert) THEN gesicht_zahl.anfang || figur.wert || '</v></c>' END,
            gesicht_grund.inhalt
        ) AS inhalt
    FROM memory.figur
    INNER JOIN memory.wort_methode ON figur.methode = wort_methode.methode
    INNER JOIN indikator ON figur.indikator_id = indikator.indikator_id
    INNER JOIN memory.wort_grund ON figur.status = wort_grund.status
    LEFT JOIN gesicht_grund ON figur.status = gesicht_grund.status
    LEFT JOIN gesicht_zahl
        ON
            indikator.nachkommastellen = gesicht_zahl.nachkommastellen
            AND wort_grund.vollstaendig = gesicht_zahl.vollstaendig
            AND wort_methode.gezaehlt = gesicht_zahl.gezaehlt
    WHERE figur.wert IS NULL OR NOT wort_grund.vollstaendig OR NOT wort_methode.gezaehlt
),

breit AS (
    PIVOT zelle
    ON indikator_id IN indikator_folge
    USING any_value(inhalt)
    GROUP BY zuschnitt, raumebene, raum_id, stichtag
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    COLUMNS(* EXCLUDE (zuschnitt, raumebene, raum_id, stichtag)) AS "ausnahme_\0" -- noqa: RF05
FROM breit
