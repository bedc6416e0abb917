-- One row per Merkmal of the codebook, with a number that the checks compare by.
SELECT
    merkmal,
    (row_number() OVER ())::USMALLINT AS nummer
FROM katalog.merkmal
