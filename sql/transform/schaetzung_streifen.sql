-- One row per unit of a Zuschnitt that counts of another are estimated on, and that won or lost a strip when a line
-- moved by less than counts as a change: how large the strips are against the unit. The people of a strip count where
-- those of its unit of before do. A strip inside a coarser unit is none for that.
-- Nothing here is counted: else the uncertainty of one unit would tell how many live in the next.
WITH ziel_anteil AS (
    SELECT
        schluessel.von_zuschnitt,
        schluessel.nach_zuschnitt,
        schluessel.raumebene AS von_ebene,
        schluessel.von_id,
        ziel.ziel_ebene AS raumebene,
        ziel.ziel_id AS raum_id,
        sum(schluessel.anteil) AS anteil
    FROM schluessel_geschaetzt AS schluessel
    INNER JOIN schaetzung_ziel AS ziel
        ON
            schluessel.nach_zuschnitt = ziel.zuschnitt
            AND schluessel.raumebene = ziel.raumebene
            AND schluessel.nach_id = ziel.raum_id
    WHERE schluessel.entlehnt
    GROUP BY ALL
),

streifen AS ( -- with the unit of each Raumebene in which it lies now
    SELECT
        schluessel_streifen.von_zuschnitt,
        schluessel_streifen.nach_zuschnitt,
        schluessel_streifen.raumebene AS von_ebene,
        schluessel_streifen.von_id,
        ziel.ziel_ebene AS raumebene,
        ziel.ziel_id AS raum_id,
        schluessel_streifen.flaeche_km2
    FROM schluessel_streifen
    INNER JOIN schaetzung_ziel AS ziel
        ON
            schluessel_streifen.nach_zuschnitt = ziel.zuschnitt
            AND schluessel_streifen.raumebene = ziel.raumebene
            AND schluessel_streifen.nach_id = ziel.raum_id
),

gewechselt AS (
    SELECT
        streifen.von_zuschnitt,
        streifen.nach_zuschnitt,
        streifen.raumebene,
        streifen.raum_id,
        streifen.flaeche_km2 * (1 - coalesce(ziel_anteil.anteil, 0)) AS hinein,
        0 AS hinaus
    FROM streifen
    LEFT JOIN ziel_anteil
        ON
            streifen.von_zuschnitt = ziel_anteil.von_zuschnitt
            AND streifen.nach_zuschnitt = ziel_anteil.nach_zuschnitt
            AND streifen.von_ebene = ziel_anteil.von_ebene
            AND streifen.von_id = ziel_anteil.von_id
            AND streifen.raumebene = ziel_anteil.raumebene
            AND streifen.raum_id = ziel_anteil.raum_id

    UNION ALL

    SELECT
        ziel_anteil.von_zuschnitt,
        ziel_anteil.nach_zuschnitt,
        ziel_anteil.raumebene,
        ziel_anteil.raum_id,
        0 AS hinein,
        streifen.flaeche_km2 * ziel_anteil.anteil AS hinaus
    FROM streifen
    INNER JOIN ziel_anteil
        ON
            streifen.von_zuschnitt = ziel_anteil.von_zuschnitt
            AND streifen.nach_zuschnitt = ziel_anteil.nach_zuschnitt
            AND streifen.von_ebene = ziel_anteil.von_ebene
            AND streifen.von_id = ziel_anteil.von_id
            AND streifen.raumebene = ziel_anteil.raumebene
            AND streifen.raum_id <> ziel_anteil.raum_id
),

summe AS (
    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        raumebene,
        raum_id,
        round(greatest(sum(hinein), sum(hinaus)), 9) AS flaeche_km2
    FROM gewechselt
    GROUP BY von_zuschnitt, nach_zuschnitt, raumebene, raum_id
)

SELECT
    summe.von_zuschnitt,
    summe.nach_zuschnitt AS zuschnitt,
    summe.raumebene,
    summe.raum_id,
    least(1, summe.flaeche_km2 / raum.flaeche_km2) AS anteil
FROM summe
INNER JOIN raum
    ON
        summe.nach_zuschnitt = raum.zuschnitt
        AND summe.raumebene = raum.raumebene
        AND summe.raum_id = raum.raum_id
WHERE summe.flaeche_km2 > 0
