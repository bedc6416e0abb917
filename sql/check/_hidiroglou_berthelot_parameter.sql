-- One row only: the parameters of Hidiroglou and Berthelot, and the count below which no check looks at a change.
-- C = 20 is usual in official statistics, 4 is strict. The smallest scale is for what does not change in most units:
-- C times it is the effect of the smallest doubling that is looked at, so that no smaller change is an outlier.
SELECT
    0.5 AS u,
    0.05 AS a,
    20 AS c,
    20 AS mindestens,
    power(2 * mindestens, u) / c AS kleinste_streuung
