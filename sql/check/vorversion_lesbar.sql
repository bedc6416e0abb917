-- One row per last release that could not be compared.
-- station: release
-- owner: Statistikstelle
-- severity: warning
-- expected: The last release can be read and compared
-- expected_de: Die letzte Fortschreibung lässt sich lesen und vergleichen
-- reason: Without the comparison a lost year goes unseen.
-- reason_de: Ohne den Vergleich bliebe ein verlorenes Jahr unbemerkt.
-- what_to_do: Run fortschreibung verify; a release of another major schema version is not compared.
-- what_to_do_de: fortschreibung verify ausführen; mit einer Fortschreibung eines anderen Hauptschemas wird nicht
--   verglichen.
-- units_public: true
SELECT
    version AS einheit,
    problem AS gefunden,
    'a release of the same major schema version' AS erwartet
FROM _vorversion
WHERE problem IS NOT NULL
