-- One row per Merkmal of a source at a Stichtag and kind of base unit: its counts, taken together.
SELECT
    quelle.quelle,
    einheit.stichtag,
    einheit.basis,
    merkmal.merkmal,
    count(*) AS zeilen,
    count(zahl.wert) AS werte,
    sum(zahl.wert) AS wert,
    min(zahl.wert) AS kleinster,
    max(zahl.wert) AS groesster,
    bit_xor(hash(einheit.basis_id, zahl.wert)) AS inhalt
FROM _basis_zahl AS zahl
INNER JOIN _basis_einheit AS einheit
    ON zahl.einheit = einheit.einheit
INNER JOIN _merkmal_nummer AS merkmal
    ON zahl.merkmal = merkmal.nummer
INNER JOIN _quelle_nummer AS quelle
    ON zahl.quelle = quelle.nummer
GROUP BY ALL
