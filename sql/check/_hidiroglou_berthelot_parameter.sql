-- One row only: the parameters of Hidiroglou and Berthelot, and the count below which a change is not looked at.
-- C = 20 is usual in official statistics, 4 is strict.
SELECT
    0.5 AS u,
    0.05 AS a,
    20 AS c,
    20 AS mindestens
