-- One row per base unit where a part was counted larger than its whole.
-- Where a source was perturbed or rounded (sources.toml), the two may be off together by as much.
-- station: staged
-- owner: Statistikstelle
-- severity: warning
-- expected: No part is larger than its whole at a base unit
-- expected_de: In keiner Basiseinheit ist ein Teil größer als sein Ganzes
-- reason: Sources count on different days and addresses, so single base units may disagree; many of them mean a wrong
--   column or Stichtag.
-- reason_de: Quellen zählen an verschiedenen Tagen und Adressen, einzelne Basiseinheiten dürfen sich widersprechen;
--   viele davon bedeuten eine falsche Spalte oder einen falschen Stichtag.
-- what_to_do: Look through the rows in findings/staged_teile.csv of the run; where one source or year stands out, ask
--   it.
-- what_to_do_de: Die Zeilen in findings/staged_teile.csv des Laufs durchsehen; sticht eine Quelle oder ein Jahr heraus,
--   dort nachfragen.
-- units_public: false
WITH paar AS (
    SELECT
        teil_ganzes.teil,
        teil_ganzes.ganzes,
        teil.nummer AS teil_nummer,
        ganzes.nummer AS ganzes_nummer
    FROM _teil_ganzes AS teil_ganzes
    INNER JOIN _merkmal_nummer AS teil
        ON teil_ganzes.teil = teil.merkmal
    INNER JOIN _merkmal_nummer AS ganzes
        ON teil_ganzes.ganzes = ganzes.merkmal
)

SELECT
    concat(einheit.basis, ' ', einheit.basis_id, ', ', einheit.stichtag) AS einheit,
    concat(paar.teil, ' ', klein.wert) AS gefunden,
    concat('at most ', paar.ganzes, ' ', gross.wert) AS erwartet
FROM paar
INNER JOIN _basis_zahl AS klein
    ON paar.teil_nummer = klein.merkmal
INNER JOIN _basis_zahl AS gross
    ON paar.ganzes_nummer = gross.merkmal AND klein.einheit = gross.einheit
LEFT JOIN _abweichung AS am_teil
    ON klein.quelle = am_teil.quelle_nummer AND klein.merkmal = am_teil.merkmal_nummer
LEFT JOIN _abweichung AS am_ganzen
    ON gross.quelle = am_ganzen.quelle_nummer AND gross.merkmal = am_ganzen.merkmal_nummer
INNER JOIN _basis_einheit AS einheit
    ON klein.einheit = einheit.einheit
WHERE klein.wert > gross.wert + coalesce(am_teil.abweichung, 0) + coalesce(am_ganzen.abweichung, 0)
ORDER BY einheit.stichtag, einheit.basis_id, paar.teil, paar.ganzes
