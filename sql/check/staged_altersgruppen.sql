-- One row per base unit whose age bands, all of them delivered, do not add up to its residents.
-- Where a source was perturbed or rounded (sources.toml), the bands and their total may be off together by as much.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Age bands that divide all residents add up to them
-- reason: Bands with a gap or an overlap make every age share wrong.
-- what_to_do: Check the columns that make up the bands in sources.toml, and the source's own total.
-- units_public: false
WITH summe AS (
    SELECT
        gruppe.gliederung,
        gruppe.ganzes,
        teil.stichtag,
        teil.basis,
        teil.basis_id,
        sum(teil.wert) AS einwohner,
        coalesce(sum(grenze.abweichung), 0) AS abweichung
    FROM _altersgliederung AS gruppe
    INNER JOIN _basis_wert AS teil
        ON gruppe.merkmal = teil.merkmal
    LEFT JOIN _abweichung AS grenze
        ON teil.quelle = grenze.quelle AND teil.merkmal = grenze.merkmal
    GROUP BY gruppe.gliederung, gruppe.ganzes, gruppe.gruppen, teil.stichtag, teil.basis, teil.basis_id
    HAVING count(teil.wert) = gruppe.gruppen
)

SELECT
    concat(summe.basis, ' ', summe.basis_id, ', ', summe.stichtag) AS einheit,
    concat(summe.einwohner, ' in the bands ', summe.gliederung) AS gefunden,
    concat(alle.wert, ' of ', summe.ganzes) AS erwartet
FROM summe
INNER JOIN _basis_wert AS alle
    ON
        summe.stichtag = alle.stichtag
        AND summe.basis = alle.basis
        AND summe.basis_id = alle.basis_id
        AND summe.ganzes = alle.merkmal
LEFT JOIN _abweichung AS grenze
    ON alle.quelle = grenze.quelle AND alle.merkmal = grenze.merkmal
WHERE
    abs(summe.einwohner - alle.wert) > summe.abweichung + coalesce(grenze.abweichung, 0)
ORDER BY summe.stichtag, summe.basis_id, summe.gliederung
