-- One row per unit that a redraw touched, with the connected set of units of its Raumebene to which it belongs. Units
-- are connected if a smallest place lies in both. A set with a single unit in each Zuschnitt is a place that no
-- redraw ever touched, and is left out.
WITH RECURSIVE einheit AS (
    SELECT
        gruppe,
        traeger,
        zuschnitt,
        raumebene,
        raum_id,
        zuschnitt || '/' || raum_id AS knoten
    FROM traeger
),

nachbar AS (
    SELECT DISTINCT
        eine.gruppe,
        eine.raumebene,
        eine.knoten,
        andere.knoten AS anderer
    FROM einheit AS eine
    INNER JOIN einheit AS andere
        ON eine.gruppe = andere.gruppe AND eine.traeger = andere.traeger AND eine.raumebene = andere.raumebene
),

erreicht AS (
    SELECT
        gruppe,
        raumebene,
        knoten,
        anderer
    FROM nachbar

    UNION

    SELECT
        erreicht.gruppe,
        erreicht.raumebene,
        erreicht.knoten,
        nachbar.anderer
    FROM erreicht
    INNER JOIN nachbar
        ON
            erreicht.gruppe = nachbar.gruppe
            AND erreicht.raumebene = nachbar.raumebene
            AND erreicht.anderer = nachbar.knoten
),

menge AS (
    SELECT
        gruppe,
        raumebene,
        knoten,
        min(anderer) AS komponente
    FROM erreicht
    GROUP BY gruppe, raumebene, knoten
),

mitglied AS (
    SELECT DISTINCT
        einheit.gruppe,
        einheit.zuschnitt,
        einheit.raumebene,
        einheit.raum_id,
        menge.komponente
    FROM einheit
    INNER JOIN menge
        ON einheit.gruppe = menge.gruppe AND einheit.raumebene = menge.raumebene AND einheit.knoten = menge.knoten
)

SELECT *
FROM mitglied
QUALIFY
    count(*) OVER (PARTITION BY gruppe, raumebene, komponente)
    > count(DISTINCT zuschnitt) OVER (PARTITION BY gruppe, raumebene, komponente)
