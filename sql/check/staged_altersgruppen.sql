-- One row is a base unit whose age bands, all of them delivered, do not add up to its residents.
WITH summe AS (
    SELECT
        gruppe.gliederung,
        teil.stichtag,
        teil.basis,
        teil.basis_id,
        sum(teil.wert) AS einwohner
    FROM _altersgliederung AS gruppe
    INNER JOIN _basis_wert AS teil
        ON gruppe.merkmal = teil.merkmal
    GROUP BY gruppe.gliederung, gruppe.gruppen, teil.stichtag, teil.basis, teil.basis_id
    HAVING count(teil.wert) = gruppe.gruppen
)

SELECT
    concat(summe.basis, ' ', summe.basis_id, ', ', summe.stichtag) AS einheit,
    concat(summe.einwohner, ' in the bands ', summe.gliederung) AS gefunden,
    concat(alle.wert, ' residents') AS erwartet
FROM summe
INNER JOIN _basis_wert AS alle
    ON
        summe.stichtag = alle.stichtag
        AND summe.basis = alle.basis
        AND summe.basis_id = alle.basis_id
WHERE alle.merkmal = 'einwohner' AND summe.einwohner <> alle.wert
ORDER BY summe.stichtag, summe.basis_id, summe.gliederung
