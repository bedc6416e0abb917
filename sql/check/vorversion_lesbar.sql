-- One row per last release that could not be compared.
-- station: release
-- owner: Statistikstelle
-- severity: warning
-- expected: The last release can be read and compared
-- reason: Without the comparison a lost year goes unseen.
-- what_to_do: Run fortschreibung verify; a release of another major schema version is not compared.
-- units_public: true
SELECT
    version AS einheit,
    problem AS gefunden,
    'a release of the same major schema version' AS erwartet
FROM _vorversion
WHERE problem IS NOT NULL
