-- One row per protected Merkmal and method by which a class that counts it hides small counts, with the highest base.
-- A Merkmal that is never counted itself takes the method from where it divides.
WITH gezaehlt AS (
    SELECT
        indikator_teil.merkmal,
        schutzklasse.verfahren,
        schutzklasse.rundungsbasis,
        indikator_teil.rolle = 'zaehler' AS oben,
        bool_or(indikator_teil.rolle = 'zaehler') OVER (PARTITION BY indikator_teil.merkmal) AS je_oben
    FROM katalog.indikator_teil
    INNER JOIN katalog.merkmal ON indikator_teil.merkmal = merkmal.merkmal AND merkmal.geschuetzt AND merkmal.ganzzahlig
    INNER JOIN katalog.indikator ON indikator_teil.indikator_id = indikator.indikator_id
    INNER JOIN katalog.schutzklasse ON indikator.schutzklasse = schutzklasse.schutzklasse
)

SELECT
    merkmal,
    verfahren,
    max(rundungsbasis) AS rundungsbasis
FROM gezaehlt
WHERE oben OR NOT je_oben
GROUP BY merkmal, verfahren
