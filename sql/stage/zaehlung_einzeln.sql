-- One row per Merkmal of a base unit at a Stichtag, from rows that were read by cell and keep their contract.
SELECT
    quelle,
    stichtag,
    basis,
    basis_id,
    merkmal,
    wert,
    status,
    datei
FROM merkmal_gelesen
WHERE raumebene IS NULL
