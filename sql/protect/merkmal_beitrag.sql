-- One row per Merkmal that adds up what single cases contribute (floor space, money) and that some class has a rule
-- for: over how many cases a sum may be published, and how much of it one case may contribute. The strictest class of
-- the Indikatoren that show it applies to all.
SELECT
    merkmal.merkmal,
    merkmal.faelle,
    merkmal.groesster,
    CASE WHEN merkmal.faelle IS NOT NULL THEN max(schutzklasse.mindest_faelle) ELSE 0 END AS mindest_faelle,
    CASE WHEN merkmal.groesster IS NOT NULL THEN min(schutzklasse.hoechst_beitrag) END AS hoechst_beitrag
FROM katalog.indikator_teil
INNER JOIN katalog.merkmal ON indikator_teil.merkmal = merkmal.merkmal AND NOT merkmal.geschuetzt
INNER JOIN katalog.indikator ON indikator_teil.indikator_id = indikator.indikator_id
INNER JOIN katalog.schutzklasse ON indikator.schutzklasse = schutzklasse.schutzklasse
GROUP BY merkmal.merkmal, merkmal.faelle, merkmal.groesster
HAVING
    (merkmal.faelle IS NOT NULL AND max(schutzklasse.mindest_faelle) > 0)
    OR (merkmal.groesster IS NOT NULL AND min(schutzklasse.hoechst_beitrag) IS NOT NULL)
