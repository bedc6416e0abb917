-- One row per Merkmal that the Stichtag before the newest had and the newest has not.
-- Counts are compared with counts and official totals with official totals: a Stichtag may have totals alone.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: Every Merkmal of the Stichtag before is there at the newest one, too
-- expected_de: Jedes Merkmal des vorigen Stichtags ist auch am neuesten da
-- reason: A subject that is late leaves a gap in the newest year, which readers should know.
-- reason_de: Ein verspätetes Thema lässt im neuesten Jahr eine Lücke, von der Leser wissen sollten.
-- what_to_do: Ask the source, and refresh again when it has delivered.
-- what_to_do_de: Bei der Quelle nachfragen und neu durchlaufen lassen, wenn sie geliefert hat.
-- units_public: true
WITH vorhanden AS (
    SELECT DISTINCT
        merkmal_raum.herkunft,
        merkmal_raum.stichtag,
        merkmal_raum.merkmal,
        dense_rank() OVER (PARTITION BY merkmal_raum.herkunft ORDER BY merkmal_raum.stichtag DESC) AS platz
    FROM merkmal_raum
    SEMI JOIN stichtag ON merkmal_raum.stichtag = stichtag.stichtag
    WHERE merkmal_raum.wert IS NOT NULL
),

neueste AS (
    SELECT
        herkunft,
        merkmal
    FROM vorhanden
    WHERE platz = 1
)

SELECT
    vorhanden.merkmal AS einheit,
    'nothing at the newest Stichtag' AS gefunden,
    'figures, as at ' || vorhanden.stichtag AS erwartet
FROM vorhanden
ANTI JOIN neueste
    ON vorhanden.merkmal = neueste.merkmal AND vorhanden.herkunft IS NOT DISTINCT FROM neueste.herkunft
WHERE vorhanden.platz = 2
ORDER BY vorhanden.merkmal
