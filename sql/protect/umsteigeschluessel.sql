-- One row per part of a unit of one Zuschnitt that lies in a unit of another, with its share of a Merkmal: counted
-- through common base units, or estimated, with half the 90 % interval of the share.
-- Where a part of what a redraw connects has fewer people than may be published, none of its shares is: by subtraction
-- the others would give it away. The share of a unit that stays whole is 1, however few live in it. Where a Merkmal is
-- changed for confidentiality no share of a part is published: it would tell the counts as they were.
WITH verschieden AS (
    SELECT
        eines.zuschnitt AS von_zuschnitt,
        anderes.zuschnitt AS nach_zuschnitt
    FROM katalog.zuschnitt AS eines
    INNER JOIN katalog.zuschnitt AS anderes ON eines.basis <> anderes.basis
),

eigener AS (
    SELECT schluessel_geschaetzt.*
    FROM schluessel_geschaetzt
    SEMI JOIN verschieden
        ON
            schluessel_geschaetzt.von_zuschnitt = verschieden.von_zuschnitt
            AND schluessel_geschaetzt.nach_zuschnitt = verschieden.nach_zuschnitt
    WHERE NOT schluessel_geschaetzt.entlehnt
),

abgetrennt AS (
    SELECT
        schluessel_streifen.von_zuschnitt,
        schluessel_streifen.nach_zuschnitt,
        schluessel_streifen.raumebene,
        schluessel_streifen.von_id,
        round(leben_dazwischen(1, sum(schluessel_streifen.flaeche_km2) / any_value(raum.flaeche_km2)), 6) AS streifen
    FROM schluessel_streifen
    INNER JOIN raum
        ON
            schluessel_streifen.von_zuschnitt = raum.zuschnitt
            AND schluessel_streifen.raumebene = raum.raumebene
            AND schluessel_streifen.von_id = raum.raum_id
    GROUP BY ALL
),

geschaetzt AS (
    SELECT
        eigener.*,
        abgetrennt.streifen,
        sum(eigener.einwohner) OVER einheit AS ganzes,
        jahre_dazwischen(eigener.stichtag, eigener.nah_am) AS jahre,
        count(*) OVER einheit AS teile
    FROM eigener
    LEFT JOIN abgetrennt
        ON
            eigener.von_zuschnitt = abgetrennt.von_zuschnitt
            AND eigener.nach_zuschnitt = abgetrennt.nach_zuschnitt
            AND eigener.raumebene = abgetrennt.raumebene
            AND eigener.von_id = abgetrennt.von_id
    WINDOW einheit AS (
        PARTITION BY
            eigener.von_zuschnitt, eigener.nach_zuschnitt, eigener.raumebene, eigener.merkmal, eigener.von_id
    )
),

beide AS (
    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        raumebene,
        von_id,
        nach_id,
        merkmal,
        stichtag,
        anteil,
        einwohner,
        methode,
        NULL AS unsicherheit
    FROM schluessel

    UNION ALL

    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        raumebene,
        von_id,
        nach_id,
        merkmal,
        stichtag,
        anteil,
        einwohner,
        CASE WHEN teile > 1 THEN methode WHEN streifen IS NULL THEN 'exact' ELSE 'unchanged' END AS methode,
        CASE
            WHEN teile = 1 THEN streifen
            WHEN ganzes > 0
                THEN round(sqrt(fehler_quadrat(ganzes, anteil, faktor, relativ, jahre)) / ganzes, 6)
        END AS unsicherheit
    FROM geschaetzt
),

vorgang AS (
    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        raumebene,
        von_id,
        nach_id,
        vorgang
    FROM ereignis

    UNION ALL

    SELECT
        nach_zuschnitt AS von_zuschnitt,
        von_zuschnitt AS nach_zuschnitt,
        raumebene,
        nach_id AS von_id,
        von_id AS nach_id,
        vorgang
    FROM ereignis
),

teil AS (
    SELECT
        beide.*,
        coalesce(vorgang.vorgang::VARCHAR, 'ab ' || beide.von_id) AS zusammenhang,
        zu_klein(beide.einwohner, merkmal_schwelle.mindestens) OR merkmal_veraendert.merkmal IS NOT NULL AS klein
    FROM beide
    LEFT JOIN vorgang
        ON
            beide.von_zuschnitt = vorgang.von_zuschnitt
            AND beide.nach_zuschnitt = vorgang.nach_zuschnitt
            AND beide.raumebene = vorgang.raumebene
            AND beide.von_id = vorgang.von_id
            AND beide.nach_id = vorgang.nach_id
    LEFT JOIN merkmal_schwelle ON beide.merkmal = merkmal_schwelle.merkmal
    LEFT JOIN merkmal_veraendert ON beide.merkmal = merkmal_veraendert.merkmal
),

geprueft AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, merkmal, von_id) > 1
        AND bool_or(klein) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, merkmal, zusammenhang)
            AS geschuetzt
    FROM teil
)

SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    von_id,
    nach_id,
    merkmal,
    stichtag,
    CASE WHEN NOT geschuetzt THEN round(anteil, 6) END AS anteil,
    CASE WHEN geschuetzt THEN 'geschuetzt' ELSE 'ok' END AS status,
    methode,
    CASE WHEN NOT geschuetzt THEN unsicherheit END AS unsicherheit
FROM geprueft
