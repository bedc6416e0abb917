-- One row per Merkmal of a base unit at a Stichtag: its count, with how often and by whom it was delivered.
-- NULL = delivered as unknown. What reads all counts is faster by the numbers of _basis_zahl.
-- as: view
SELECT
    einheit.stichtag,
    einheit.basis,
    einheit.basis_id,
    merkmal.merkmal,
    zahl.wert,
    zahl.lieferungen,
    quelle.quelle,
    andere.quelle AS andere_quelle
FROM _basis_zahl AS zahl
INNER JOIN _basis_einheit AS einheit
    ON zahl.einheit = einheit.einheit
INNER JOIN _merkmal_nummer AS merkmal
    ON zahl.merkmal = merkmal.nummer
INNER JOIN _quelle_nummer AS quelle
    ON zahl.quelle = quelle.nummer
INNER JOIN _quelle_nummer AS andere
    ON zahl.andere_quelle = andere.nummer
