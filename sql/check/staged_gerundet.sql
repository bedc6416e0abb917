-- One row per Merkmal of a source that is declared rounded of which counts are no multiples of what it is rounded to.
-- A Merkmal of several delivered columns is their sum, and sums of multiples are multiples. Unknown is no count.
-- station: staged
-- owner: Statistikstelle
-- severity: warning
-- expected: All counts of a source that says rounded_to are multiples of it
-- expected_de: Alle Zahlen einer Quelle mit rounded_to sind Vielfache davon
-- reason: The tolerance that rounding gives to sums and parts hides real faults where the source does not round so; one
--   that stopped rounding delivers confidential counts.
-- reason_de: Der Spielraum, den Rundung Summen und Teilen gibt, verdeckt Fehler, wo die Quelle nicht so rundet; eine,
--   die nicht mehr rundet, liefert vertrauliche Zahlen.
-- what_to_do: Ask the supplier and correct rounded_to in sources.toml.
-- what_to_do_de: Den Lieferanten fragen und rounded_to in sources.toml berichtigen.
-- units_public: true
SELECT
    concat(herkunft.quelle, ', ', merkmal.merkmal) AS einheit,
    concat(
        count(*) FILTER (zeile.wert % herkunft.gerundet_auf <> 0), ' of ', count(*), ' counts are no multiples of ',
        herkunft.gerundet_auf
    ) AS gefunden,
    concat('all of them: the source is rounded to ', herkunft.gerundet_auf) AS erwartet
FROM katalog.quelle AS herkunft
INNER JOIN _quelle_nummer AS quelle
    ON herkunft.quelle = quelle.quelle
INNER JOIN _basis_zeile AS zeile
    ON quelle.nummer = zeile.quelle
INNER JOIN _merkmal_nummer AS nummer
    ON zeile.merkmal = nummer.nummer
INNER JOIN katalog.merkmal AS merkmal
    ON nummer.merkmal = merkmal.merkmal AND merkmal.ganzzahlig
WHERE herkunft.gerundet_auf IS NOT NULL AND zeile.wert IS NOT NULL
GROUP BY herkunft.quelle, merkmal.merkmal, herkunft.gerundet_auf
HAVING count(*) FILTER (zeile.wert % herkunft.gerundet_auf <> 0) > 0
ORDER BY herkunft.quelle, merkmal.merkmal
