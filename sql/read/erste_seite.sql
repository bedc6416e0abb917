-- One row: what the first page of a release says of it, from the figures on today's Zuschnitt.
WITH groesste AS (
    SELECT raumebene
    FROM raumebene
    ORDER BY rang DESC
    LIMIT 1
),

umfang AS (
    SELECT
        min(stichtag) AS erster,
        count(DISTINCT stichtag) AS stichtage,
        count(DISTINCT indikator_id) FILTER (wert IS NOT NULL) AS indikatoren,
        count(wert) AS zahlen,
        count(*) FILTER (status = 'geschuetzt') AS geheim,
        count(wert) FILTER (methode IN (SELECT unnest(getvariable('schaetzungen')))) AS geschaetzt
    FROM wert
),

einwohner AS (
    SELECT
        wert.stichtag,
        sum(wert.wert) AS einwohner
    FROM wert
    INNER JOIN groesste ON wert.raumebene = groesste.raumebene
    WHERE wert.indikator_id = 'einwohner' AND wert.wert IS NOT NULL
    GROUP BY wert.stichtag
    ORDER BY wert.stichtag DESC
    LIMIT 1
),

gezeigt AS (
    SELECT indikator.indikator_id
    FROM wert
    INNER JOIN indikator ON wert.indikator_id = indikator.indikator_id
    CROSS JOIN _release
    WHERE wert.raumebene = 'sozialraum' AND wert.stichtag = _release.stichtag_max AND wert.wert IS NOT NULL
    GROUP BY indikator.indikator_id, indikator.typ, indikator.richtung, indikator.position
    ORDER BY bild_rang(indikator.typ, indikator.richtung) ASC, indikator.position ASC
    LIMIT 1
),

bedarf AS (
    SELECT
        index_definition.index_id,
        index_definition.einschraenkung_de,
        index_definition.einschraenkung_en
    FROM index_definition
    SEMI JOIN hauptindex
        ON
            index_definition.index_id = hauptindex.index_id
            AND index_definition.index_version = hauptindex.index_version
    WHERE EXISTS (
        SELECT 1
        FROM index_wert
        INNER JOIN _release ON index_wert.stichtag = _release.stichtag_max
        WHERE
            index_wert.raumebene = 'sozialraum'
            AND index_wert.index_id = index_definition.index_id
            AND index_wert.index_version = index_definition.index_version
            AND index_wert.klasse_von IS NOT NULL
    )
)

SELECT
    _release.stadt,
    _release.synthetisch,
    _release.version,
    _release.stichtag_max AS letzter,
    coalesce(umfang.erster, _release.stichtag_max) AS erster,
    umfang.stichtage,
    _release.zuschnitt,
    _release.herausgeber,
    _release.kontakt,
    _release.lizenz,
    _release.lizenz_url,
    _release.namensnennung,
    _release.content_hash,
    _release.vorversion,
    umfang.indikatoren,
    umfang.zahlen,
    umfang.geheim,
    umfang.geschaetzt,
    einwohner.einwohner,
    einwohner.stichtag AS einwohner_am,
    gezeigt.indikator_id AS karte,
    bedarf.index_id AS karte_index,
    bedarf.einschraenkung_de AS vorsicht_de,
    bedarf.einschraenkung_en AS vorsicht_en
FROM _release
CROSS JOIN umfang
LEFT JOIN einwohner ON TRUE
LEFT JOIN gezeigt ON TRUE
LEFT JOIN bedarf ON TRUE
