-- One row per Merkmal of a base unit at a Stichtag: its count, with how often and by whom it was delivered, by numbers.
-- NULL = delivered as unknown.
-- as: view
SELECT
    einfach.einheit,
    einfach.merkmal,
    einfach.wert,
    1 AS lieferungen,
    einfach.quelle,
    einfach.quelle AS andere_quelle
FROM _basis_zeile AS einfach
ANTI JOIN _basis_mehrfach AS mehrfach
    ON einfach.einheit = mehrfach.einheit

UNION ALL

SELECT
    zeile.einheit,
    zeile.merkmal,
    sum(zeile.wert) AS wert,
    count(*) AS lieferungen,
    min(zeile.quelle) AS quelle,
    max(zeile.quelle) AS andere_quelle
FROM _basis_zeile AS zeile
SEMI JOIN _basis_mehrfach AS mehrfach
    ON zeile.einheit = mehrfach.einheit
GROUP BY zeile.einheit, zeile.merkmal
