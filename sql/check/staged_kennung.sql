-- One row per id in the deliveries or the Zuordnung that is not of the form prescribed for it.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Every id has the form that its Raumebene prescribes
-- expected_de: Jede Kennung hat die Form, die ihre Raumebene vorschreibt
-- reason: An id of another form (a lost leading zero, a different scheme) finds no unit, and its counts are lost.
-- reason_de: Eine Kennung anderer Form (verlorene führende Null, anderes Schema) findet keine Einheit, und ihre Zahlen
--   gehen verloren.
-- what_to_do: Set the width of the id in the source's contract in sources.toml, or correct the pattern in city.toml.
-- what_to_do_de: Die Breite der Kennung im Vertrag der Quelle in sources.toml setzen, oder das Muster in city.toml
--   berichtigen.
-- units_public: false
WITH muster AS (
    SELECT
        raumebene AS art,
        id_muster AS muster
    FROM katalog.raumebene
    UNION ALL
    SELECT
        basis AS art,
        string_agg(DISTINCT '(' || basis_muster || ')', '|') AS muster
    FROM katalog.zuschnitt
    GROUP BY basis
),

kennung AS (
    SELECT DISTINCT
        basis AS art,
        basis_id AS id
    FROM _basis_einheit
    UNION
    SELECT DISTINCT
        basis AS art,
        basis_id AS id
    FROM stage.zuordnung
    UNION
    SELECT DISTINCT
        raumebene AS art,
        raum_id AS id
    FROM stage.zuordnung
    UNION
    SELECT DISTINCT
        raumebene AS art,
        raum_id AS id
    FROM stage.raum_lage
    UNION
    SELECT DISTINCT
        raumebene AS art,
        raum_id AS id
    FROM stage.raum_name
)

SELECT
    concat(kennung.art, ' ', kennung.id) AS einheit,
    '"' || kennung.id || '"' AS gefunden,
    'the pattern ' || muster.muster AS erwartet
FROM kennung
INNER JOIN muster
    ON kennung.art = muster.art
WHERE NOT regexp_full_match(kennung.id, muster.muster)
ORDER BY kennung.art, kennung.id
