-- One row per base unit whose age bands, all of them delivered, do not add up to its residents.
-- Where a source was perturbed or rounded (sources.toml), the bands and their total may be off together by as much.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Age bands that divide all residents add up to them
-- expected_de: Altersgruppen, die alle Einwohner aufteilen, ergeben zusammen alle
-- reason: Bands with a gap or an overlap make every age share wrong.
-- reason_de: Gruppen mit Lücke oder Überschneidung verfälschen jeden Altersanteil.
-- what_to_do: Check the columns that make up the bands in sources.toml, and the source's own total.
-- what_to_do_de: Die Spalten prüfen, aus denen die Gruppen in sources.toml bestehen, und die Gesamtzahl der Quelle.
-- units_public: false
WITH gruppe AS (
    SELECT
        gliederung.gliederung,
        gliederung.gruppen,
        gliederung.ganzes,
        ganzes.nummer AS ganzes_nummer,
        teil.nummer AS teil_nummer
    FROM _altersgliederung AS gliederung
    INNER JOIN _merkmal_nummer AS teil
        ON gliederung.merkmal = teil.merkmal
    INNER JOIN _merkmal_nummer AS ganzes
        ON gliederung.ganzes = ganzes.merkmal
),

summe AS (
    SELECT
        gruppe.gliederung,
        gruppe.ganzes,
        gruppe.ganzes_nummer,
        teil.einheit,
        sum(teil.wert) AS wert,
        coalesce(sum(grenze.abweichung), 0) AS abweichung
    FROM gruppe
    INNER JOIN _basis_zahl AS teil
        ON gruppe.teil_nummer = teil.merkmal
    LEFT JOIN _abweichung AS grenze
        ON teil.quelle = grenze.quelle_nummer AND teil.merkmal = grenze.merkmal_nummer
    GROUP BY gruppe.gliederung, gruppe.ganzes, gruppe.ganzes_nummer, gruppe.gruppen, teil.einheit
    HAVING count(teil.wert) = gruppe.gruppen
)

SELECT
    concat(einheit.basis, ' ', einheit.basis_id, ', ', einheit.stichtag) AS einheit,
    concat(summe.wert, ' in the bands ', summe.gliederung) AS gefunden,
    concat(alle.wert, ' of ', summe.ganzes) AS erwartet
FROM summe
INNER JOIN _basis_zahl AS alle
    ON summe.einheit = alle.einheit AND summe.ganzes_nummer = alle.merkmal
LEFT JOIN _abweichung AS grenze
    ON alle.quelle = grenze.quelle_nummer AND alle.merkmal = grenze.merkmal_nummer
INNER JOIN _basis_einheit AS einheit
    ON summe.einheit = einheit.einheit
WHERE abs(summe.wert - alle.wert) > summe.abweichung + coalesce(grenze.abweichung, 0)
ORDER BY einheit.stichtag, einheit.basis_id, summe.gliederung
