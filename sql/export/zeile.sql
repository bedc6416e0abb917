-- One row per unit and Stichtag on a Zuschnitt, with its name and the least sure method of its figures: of the
-- Sozialräume, and `heutig`, these are the rows of the table sozialraum_jahr. The view einheit holds the units.
WITH stand AS (
    SELECT
        raumebene,
        heutig,
        zuschnitt,
        stichtag
    FROM memory.wert_breit

    UNION

    SELECT
        'sozialraum' AS raumebene,
        TRUE AS heutig,
        zuschnitt,
        stichtag
    FROM sozialraum_jahr
),

beziffert AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        coalesce(*COLUMNS(* EXCLUDE (heutig, zuschnitt, raumebene, raum_id, stichtag))) AS eine_zahl
    FROM memory.wert_breit
)

SELECT
    einheit.raumebene,
    stand.heutig,
    einheit.zuschnitt,
    einheit.raum_id,
    einheit.name,
    stand.stichtag,
    CASE WHEN beziffert.eine_zahl IS NOT NULL THEN coalesce(methode_zeile.methode, wort_methode.methode) END AS methode
FROM einheit
INNER JOIN stand ON einheit.raumebene = stand.raumebene AND einheit.zuschnitt = stand.zuschnitt
INNER JOIN memory.wort_methode ON wort_methode.rang = 1
LEFT JOIN beziffert
    ON
        einheit.zuschnitt = beziffert.zuschnitt
        AND einheit.raumebene = beziffert.raumebene
        AND einheit.raum_id = beziffert.raum_id
        AND stand.stichtag = beziffert.stichtag
LEFT JOIN memory.methode_zeile
    ON
        einheit.zuschnitt = methode_zeile.zuschnitt
        AND einheit.raumebene = methode_zeile.raumebene
        AND einheit.raum_id = methode_zeile.raum_id
        AND stand.stichtag = methode_zeile.stichtag
