-- One row per protected Merkmal: the smallest count of it that may be published, wherever it stands.
-- The strictest class of the Indikatoren that count it applies to all: what one row suppresses must not stand
-- above or below the line of another. A Merkmal that is never counted itself takes it from where it divides.
-- A sum (of floor space, of money) has no smallest count, but rules of its own (merkmal_beitrag).
SELECT
    indikator_teil.merkmal,
    coalesce(
        max(schutzklasse.mindest_zaehler) FILTER (indikator_teil.rolle = 'zaehler'),
        max(schutzklasse.mindest_zaehler)
    ) AS mindestens
FROM katalog.indikator_teil
INNER JOIN katalog.merkmal ON indikator_teil.merkmal = merkmal.merkmal AND merkmal.geschuetzt
INNER JOIN katalog.indikator ON indikator_teil.indikator_id = indikator.indikator_id
INNER JOIN katalog.schutzklasse ON indikator.schutzklasse = schutzklasse.schutzklasse
GROUP BY indikator_teil.merkmal

UNION ALL

SELECT
    merkmal,
    0 AS mindestens
FROM merkmal_beitrag
