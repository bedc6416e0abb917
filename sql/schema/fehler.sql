-- how wrong an estimated part of a count may be (docs/boundary-changes.md, "Bounds and intervals"), in macros
-- half the width of its 90 % interval, squared: faktor^2 * jahre * (muenzen + relativ * muenzen^2), where
-- muenzen = ganzes * anteil * (1 - anteil) is the variance of people who fall to the one side or the other like coins
-- (sqlfluff takes the parameters for types)
CREATE OR REPLACE MACRO fehler_quadrat(ganzes, anteil, faktor, relativ, jahre) AS -- noqa: CP05
faktor * faktor * jahre
* (ganzes * anteil * (1 - anteil) + relativ * (ganzes * anteil * (1 - anteil)) ** 2);

-- how many of the people of a unit may live in the strips that it won or lost when lines moved a little, which are
-- `anteil` of its area: three times as many as if all lived evenly, a convention
CREATE OR REPLACE MACRO leben_dazwischen(menschen, anteil) AS -- noqa: CP05
menschen * least(1, 3 * anteil);

-- the years between a count and the count that its key was fitted to, at least half a one; 1 where nothing was fitted
CREATE OR REPLACE MACRO jahre_dazwischen(stichtag, nah_am) AS -- noqa: CP05
CASE WHEN nah_am IS NULL THEN 1 ELSE greatest(0.5, abs(stichtag - nah_am) / 365.25) END;
