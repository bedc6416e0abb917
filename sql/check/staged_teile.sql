-- One row per base unit where a part was counted larger than its whole.
-- Where a source was perturbed or rounded (sources.toml), the two may be off together by as much.
-- station: staged
-- owner: Statistikstelle
-- severity: warning
-- expected: No part is larger than its whole at a base unit
-- reason: Sources count on different days and addresses, so single base units may disagree; many of them mean a wrong
--   column or Stichtag.
-- what_to_do: Look through the rows in findings/staged_teile.csv of the run; where one source or year stands out, ask
--   it.
-- units_public: false
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
LEFT JOIN _abweichung AS am_teil
    ON klein.quelle = am_teil.quelle AND klein.merkmal = am_teil.merkmal
LEFT JOIN _abweichung AS am_ganzen
    ON gross.quelle = am_ganzen.quelle AND gross.merkmal = am_ganzen.merkmal
WHERE klein.wert > gross.wert + coalesce(am_teil.abweichung, 0) + coalesce(am_ganzen.abweichung, 0)
ORDER BY klein.stichtag, klein.basis_id, paar.teil
