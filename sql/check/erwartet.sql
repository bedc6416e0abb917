-- One row per delivery of a source for a Stichtag, or a Raumebene of a Zuschnitt, that came or should have come.
-- What must come stands in the city's expected.toml; a source or Zuschnitt that it does not name may bring anything.
WITH soll AS (
    SELECT
        concat('source ', quelle, ', ', stichtag) AS einheit,
        quelle AS was,
        stichtag AS tag,
        basiseinheiten AS anzahl
    FROM katalog.erwartet_lieferung
    WHERE stichtag <= coalesce(getvariable('bis')::DATE, DATE '9999-12-31')
    UNION ALL
    SELECT
        concat(raumebene, ', Zuschnitt ', zuschnitt) AS einheit,
        zuschnitt AS was,
        zuschnitt::DATE AS tag,
        einheiten AS anzahl
    FROM katalog.erwartet_raum
    WHERE zuschnitt::DATE <= coalesce(getvariable('bis')::DATE, DATE '9999-12-31')
),

ist AS (
    SELECT
        concat('source ', quelle, ', ', stichtag) AS einheit,
        quelle AS was,
        stichtag AS tag,
        basiseinheiten AS anzahl
    FROM _lieferung_umfang
    UNION ALL
    SELECT
        concat(raumebene, ', Zuschnitt ', zuschnitt) AS einheit,
        zuschnitt AS was,
        zuschnitt::DATE AS tag,
        count(DISTINCT raum_id) AS anzahl
    FROM raum
    GROUP BY raumebene, zuschnitt
),

genannt AS (
    SELECT
        was,
        max(tag) AS letzter
    FROM soll
    GROUP BY was
)

SELECT
    coalesce(ist.einheit, soll.einheit) AS einheit,
    coalesce(ist.anzahl = soll.anzahl, soll.anzahl IS NULL AND ist.tag > genannt.letzter) AS wie_erwartet,
    soll.anzahl IS NOT NULL AS bekannt,
    coalesce(ist.anzahl || ' units', 'nothing came') AS gefunden,
    coalesce(soll.anzahl || ' units', 'nothing: expected.toml does not know it') AS erwartet
FROM ist
FULL JOIN soll
    ON ist.einheit = soll.einheit
INNER JOIN genannt
    ON coalesce(ist.was, soll.was) = genannt.was
ORDER BY einheit
