-- One row is a last release that could not be compared.
SELECT
    version AS einheit,
    problem AS gefunden,
    'a release of the same major schema version' AS erwartet
FROM _vorversion
WHERE problem IS NOT NULL
