-- One row per Stichtag at which a part is larger than its whole in the city.
-- A sum of n counts that are each off by at most d is off by more than d * sqrt(29 n) once in a million
-- (Hoeffding 1963, theorem 2: 2 exp(-t^2 / (2 n d^2))), and never by more than n d.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: No part is larger than its whole in the city
-- expected_de: In der Stadt ist kein Teil größer als sein Ganzes
-- reason: Over a whole city days and addresses level out; a part above its whole is a wrong column or a wrong Stichtag.
-- reason_de: Über eine ganze Stadt gleichen sich Zähltage und Adressen aus; ein Teil über seinem Ganzen ist eine
--   falsche Spalte oder ein falscher Stichtag.
-- what_to_do: Compare the columns of both sources in sources.toml with their headers.
-- what_to_do_de: Die Spalten beider Quellen in sources.toml mit deren Kopfzeilen vergleichen.
-- units_public: true
WITH abweichung AS (
    SELECT
        umfang.stichtag,
        umfang.merkmal,
        max(grenze.abweichung) * least(sum(umfang.zeilen), sqrt(29 * sum(umfang.zeilen))) AS spielraum
    FROM _merkmal_umfang AS umfang
    INNER JOIN _abweichung AS grenze
        ON umfang.quelle = grenze.quelle AND umfang.merkmal = grenze.merkmal
    GROUP BY umfang.stichtag, umfang.merkmal
)

SELECT
    concat(klein.raumebene, ' ', klein.raum_id, ', ', klein.stichtag) AS einheit,
    concat(paar.teil, ' ', klein.wert) AS gefunden,
    concat('at most ', paar.ganzes, ' ', gross.wert) AS erwartet
FROM _teil_ganzes AS paar
INNER JOIN merkmal_raum AS klein
    ON paar.teil = klein.merkmal
INNER JOIN merkmal_raum AS gross
    ON
        paar.ganzes = gross.merkmal
        AND klein.zuschnitt = gross.zuschnitt
        AND klein.raumebene = gross.raumebene
        AND klein.raum_id = gross.raum_id
        AND klein.stichtag = gross.stichtag
SEMI JOIN stichtag
    ON klein.zuschnitt = stichtag.zuschnitt AND klein.stichtag = stichtag.stichtag
LEFT JOIN abweichung AS am_teil
    ON klein.stichtag = am_teil.stichtag AND klein.merkmal = am_teil.merkmal
LEFT JOIN abweichung AS am_ganzen
    ON gross.stichtag = am_ganzen.stichtag AND gross.merkmal = am_ganzen.merkmal
WHERE
    klein.raumebene = (SELECT ebene.groebste FROM _ebene AS ebene)
    AND klein.wert > gross.wert + coalesce(am_teil.spielraum, 0) + coalesce(am_ganzen.spielraum, 0)
    AND gross.teile_unbekannt = 0
ORDER BY klein.stichtag, paar.teil
