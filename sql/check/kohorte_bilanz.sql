-- One row per unit whose residents are not those of the year before with its births, deaths and moves.
-- The balancing equation (Preston, Heuveline and Guillot 2001, ch. 1.1). Register corrections and late notices leave a
-- remainder of up to 1 percent in the city and up to 5 percent and 20 persons in a unit.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: Residents are those of the year before with births, deaths and moves: within 1 percent in the city, within
--   5 percent and 20 persons in a unit
-- expected_de: Die Einwohner sind die des Vorjahres mit Geburten, Sterbefällen und Wanderungen: in der Stadt auf 1
--   Prozent, in einer Einheit auf 5 Prozent und 20 Personen
-- reason: Stock and movements come from one register; a large rest means that one of them is of another year or area.
-- reason_de: Bestand und Bewegungen kommen aus einem Register; ein großer Rest heißt, dass eines davon zu einem anderen
--   Jahr oder Gebiet gehört.
-- what_to_do: Look whether the movements are those of the calendar year of the Stichtag, and complete.
-- what_to_do_de: Ansehen, ob die Bewegungen die des Kalenderjahres des Stichtags sind, und vollständig.
-- units_public: true
WITH zahl AS (
    SELECT
        merkmal_raum.zuschnitt,
        merkmal_raum.raumebene,
        merkmal_raum.raum_id,
        merkmal_raum.stichtag,
        merkmal_raum.herkunft,
        max(merkmal_raum.wert) FILTER (WHERE merkmal_raum.merkmal = 'einwohner') AS einwohner,
        max(merkmal_raum.wert) FILTER (WHERE merkmal_raum.merkmal = 'geburten')
        - max(merkmal_raum.wert) FILTER (WHERE merkmal_raum.merkmal = 'sterbefaelle')
        + max(merkmal_raum.wert) FILTER (WHERE merkmal_raum.merkmal = 'zuzuege')
        - max(merkmal_raum.wert) FILTER (WHERE merkmal_raum.merkmal = 'fortzuege') AS saldo
    FROM merkmal_raum
    WHERE
        merkmal_raum.teile_unbekannt = 0
        AND merkmal_raum.merkmal IN ('einwohner', 'geburten', 'sterbefaelle', 'zuzuege', 'fortzuege')
    GROUP BY
        merkmal_raum.zuschnitt,
        merkmal_raum.raumebene,
        merkmal_raum.raum_id,
        merkmal_raum.stichtag,
        merkmal_raum.herkunft
),

bilanz AS (
    SELECT
        heute.*,
        damals.einwohner + heute.saldo AS fortgeschrieben,
        heute.raumebene = (SELECT ebene.groebste FROM _ebene AS ebene) AS ist_stadt
    FROM zahl AS heute
    SEMI JOIN stichtag
        ON heute.zuschnitt = stichtag.zuschnitt AND heute.stichtag = stichtag.stichtag
    INNER JOIN zahl AS damals
        ON
            heute.zuschnitt = damals.zuschnitt
            AND heute.raumebene = damals.raumebene
            AND heute.raum_id = damals.raum_id
            AND heute.herkunft = damals.herkunft
            AND damals.stichtag = (heute.stichtag + 1 - to_years(1))::DATE - 1
)

SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag) AS einheit,
    concat(einwohner, ' residents') AS gefunden,
    concat(fortgeschrieben, ' after births, deaths and moves') AS erwartet
FROM bilanz
WHERE
    abs(einwohner - fortgeschrieben)
    > CASE WHEN ist_stadt THEN 0.01 * einwohner ELSE greatest(20, 0.05 * einwohner) END
ORDER BY stichtag, raumebene, raum_id
