-- One row is a base unit where a part was counted larger than its whole.
SELECT
    concat(klein.basis, ' ', klein.basis_id, ', ', klein.stichtag) AS einheit,
    concat(paar.teil, ' ', klein.wert) AS gefunden,
    concat('at most ', paar.ganzes, ' ', gross.wert) AS erwartet
FROM _teil_ganzes AS paar
INNER JOIN _basis_wert AS klein
    ON paar.teil = klein.merkmal
INNER JOIN _basis_wert AS gross
    ON
        paar.ganzes = gross.merkmal
        AND klein.stichtag = gross.stichtag
        AND klein.basis = gross.basis
        AND klein.basis_id = gross.basis_id
WHERE klein.wert > gross.wert
ORDER BY klein.stichtag, klein.basis_id, paar.teil
