-- One row per Merkmal of a unit with a key of its own at a Stichtag: what its parts (schaetzung_teil) bring together.
-- wert = sum of ganzes * anteil. Whole counts stay whole: inside an island of units that exchange nobody the largest
-- remainders are rounded up, so that its total is kept; of equal remainders that of the lowest id.
WITH summe AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        merkmal,
        any_value(insel) AS insel,
        bool_and(ganzzahlig) AS ganzzahlig,
        round(sum(ganzes * anteil), 6) AS wert -- below that it depends on the order of adding
    FROM schaetzung_teil
    GROUP BY zuschnitt, raumebene, raum_id, stichtag, merkmal
),

abgerundet AS (
    SELECT
        *,
        floor(wert + 1e-7) AS unten,
        row_number() OVER (insel_reihe ORDER BY wert + 1e-7 - floor(wert + 1e-7) DESC, raum_id)
        <= round(sum(wert) OVER insel_reihe) - sum(floor(wert + 1e-7)) OVER insel_reihe AS aufrunden
    FROM summe
    WINDOW insel_reihe AS (PARTITION BY zuschnitt, raumebene, stichtag, merkmal, insel)
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    CASE WHEN ganzzahlig THEN unten + aufrunden::INTEGER ELSE wert END AS wert
FROM abgerundet
