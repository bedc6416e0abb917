-- One row per typology and version: what is said of every unit (in the order of atlas_einheit) at every Stichtag as one
-- text, a line each, in the form of sql/atlas/index.sql: instead of classes there are types, by their places. Here a
-- line has the letter of the status, the type twice (nothing where several are possible), the possible types, how sure
-- the type is, the second type, and whether it is borderline; what an index has besides stays empty.
WITH tag AS (
    SELECT DISTINCT stichtag
    FROM wert_alle
),

alle AS (
    FROM typ
    UNION ALL BY NAME
    FROM typ_zuschnitt
),

stand AS (
    SELECT
        alle.*,
        atlas_einheit.stelle,
        eigen.position AS eigener,
        zweiter.position AS naechster,
        (
            SELECT string_agg(moeglich.position, ' ' ORDER BY moeglich.position)
            FROM typologie_typ AS moeglich
            WHERE
                moeglich.typologie_id = alle.typologie_id
                AND moeglich.typologie_version = alle.typologie_version
                AND list_contains(string_split(alle.moegliche_typen, ' '), moeglich.typ_id)
        ) AS moegliche
    FROM alle
    INNER JOIN atlas_einheit USING (zuschnitt, raumebene, raum_id)
    LEFT JOIN typologie_typ AS eigen
        ON
            alle.typologie_id = eigen.typologie_id
            AND alle.typologie_version = eigen.typologie_version
            AND alle.typ_id = eigen.typ_id
    LEFT JOIN typologie_typ AS zweiter
        ON
            alle.typologie_id = zweiter.typologie_id
            AND alle.typologie_version = zweiter.typologie_version
            AND alle.zweiter_typ = zweiter.typ_id
),

zeile AS (
    SELECT
        typologie_id,
        typologie_version,
        stelle,
        stichtag,
        array_to_string(
            [
                map(getvariable('worte'), getvariable('zeichen'))[
                    fehlgrund(typ_status, typ_grund)
                ],
                '',
                '',
                '',
                coalesce(eigener::VARCHAR, ''),
                coalesce(eigener::VARCHAR, ''),
                coalesce(moegliche, ''),
                '',
                '',
                coalesce(eigener || ':' || round(1000 * typ_sicherheit)::INTEGER, ''),
                coalesce(naechster::VARCHAR, ''),
                coalesce(typ_lage, ''),
                '',
                coalesce(typ_grund, '')
            ],
            ';'
        ) AS inhalt
    FROM stand
)

SELECT
    typologie.typologie_id,
    typologie.typologie_version,
    string_agg(coalesce(zeile.inhalt, ''), chr(10) ORDER BY atlas_einheit.stelle, tag.stichtag) AS zeilen
FROM typologie
CROSS JOIN atlas_einheit
CROSS JOIN tag
LEFT JOIN zeile
    ON
        typologie.typologie_id = zeile.typologie_id
        AND typologie.typologie_version = zeile.typologie_version
        AND atlas_einheit.stelle = zeile.stelle
        AND tag.stichtag = zeile.stichtag
GROUP BY typologie.typologie_id, typologie.typologie_version
