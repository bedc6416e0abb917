-- One row per Stichtag for which something was delivered, with the Zuschnitt that was valid on it.
WITH geliefert AS (
    SELECT stichtag FROM merkmal_geliefert
    UNION
    SELECT stichtag FROM amtlich_raum
)

SELECT
    geliefert.stichtag,
    zuschnitt.zuschnitt,
    zuschnitt.basis
FROM geliefert
ASOF INNER JOIN katalog.zuschnitt ON geliefert.stichtag >= zuschnitt.gueltig_ab
