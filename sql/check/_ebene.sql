-- One row only: the finest and the coarsest Raumebene of the city.
SELECT
    arg_min(raumebene, rang) AS feinste,
    arg_max(raumebene, rang) AS groebste
FROM katalog.raumebene
