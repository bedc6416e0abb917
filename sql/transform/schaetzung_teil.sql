-- One row per Merkmal of a unit at a Stichtag and part of it that an estimated key (schluessel_geschaetzt) sends to a
-- unit of another Zuschnitt: the count of the whole unit, the share of the part, and how wrong the share may be.
-- A Merkmal without a key of its own goes through the key of the residents.
WITH weg AS (
    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        raumebene,
        list(DISTINCT merkmal) FILTER (NOT entlehnt) AS mit_eigenem
    FROM schluessel_geschaetzt
    GROUP BY von_zuschnitt, nach_zuschnitt, raumebene
),

gezaehlt AS (
    SELECT
        merkmal_raum.*,
        zu_schaetzen.nach_zuschnitt,
        bool_and(merkmal_raum.wert = round(merkmal_raum.wert))
            OVER (PARTITION BY merkmal_raum.zuschnitt, merkmal_raum.raumebene, merkmal_raum.merkmal) AS ganzzahlig
    FROM merkmal_raum
    INNER JOIN zu_schaetzen
        ON merkmal_raum.stichtag = zu_schaetzen.stichtag AND merkmal_raum.zuschnitt = zu_schaetzen.von_zuschnitt
    WHERE merkmal_raum.merkmal <> 'flaeche_km2'
)

SELECT
    weg.nach_zuschnitt AS zuschnitt,
    gezaehlt.raumebene,
    schluessel_geschaetzt.nach_id AS raum_id,
    gezaehlt.raum_id AS von_id,
    gezaehlt.stichtag,
    gezaehlt.merkmal,
    gezaehlt.ganzzahlig,
    schluessel_geschaetzt.insel,
    schluessel_geschaetzt.methode,
    gezaehlt.teile,
    gezaehlt.unbekannte,
    gezaehlt.wert AS ganzes,
    schluessel_geschaetzt.anteil,
    schluessel_geschaetzt.ungeteilt AND schluessel_geschaetzt.methode = 'area_weighted' AS ausserhalb,
    schluessel_geschaetzt.faktor,
    schluessel_geschaetzt.relativ,
    jahre_dazwischen(gezaehlt.stichtag, schluessel_geschaetzt.nah_am) AS jahre
FROM gezaehlt
INNER JOIN weg
    ON
        gezaehlt.zuschnitt = weg.von_zuschnitt
        AND gezaehlt.nach_zuschnitt = weg.nach_zuschnitt
        AND gezaehlt.raumebene = weg.raumebene
INNER JOIN schluessel_geschaetzt
    ON
        weg.von_zuschnitt = schluessel_geschaetzt.von_zuschnitt
        AND weg.nach_zuschnitt = schluessel_geschaetzt.nach_zuschnitt
        AND weg.raumebene = schluessel_geschaetzt.raumebene
        AND gezaehlt.raum_id = schluessel_geschaetzt.von_id
        AND schluessel_geschaetzt.entlehnt = NOT list_contains(weg.mit_eigenem, gezaehlt.merkmal)
        AND schluessel_geschaetzt.merkmal
        = CASE WHEN schluessel_geschaetzt.entlehnt THEN 'einwohner' ELSE gezaehlt.merkmal END
