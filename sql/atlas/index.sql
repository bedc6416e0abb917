-- One row per index, version and measure: what is said of every unit (in the order of atlas_einheit) at every Stichtag
-- as one text, a line each. A line has, separated by semicolons: the letter of the status (of the missing figure, where
-- there is one), the score, its ends where it is not known, the possible classes, those that hold 90 %, the range of
-- the rank, the probability of each class in thousandths, class and verdict of the change, the people concerned, and
-- the reason of the status. Scores have two decimals, as they are shown.
WITH tag AS (
    SELECT DISTINCT stichtag
    FROM wert_alle
),

moeglich AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        index_id,
        index_version,
        massstab,
        string_agg(concat(klasse, ':', round(1000 * wahrscheinlichkeit)::INTEGER), ' ' ORDER BY klasse) AS sicherheit
    FROM index_sicherheit
    GROUP BY zuschnitt, raumebene, raum_id, stichtag, index_id, index_version, massstab
),

stand AS (
    SELECT
        index_wert_alle.*,
        atlas_einheit.stelle,
        moeglich.sicherheit
    FROM index_wert_alle
    INNER JOIN atlas_einheit USING (zuschnitt, raumebene, raum_id)
    LEFT JOIN moeglich USING (zuschnitt, raumebene, raum_id, stichtag, index_id, index_version, massstab)
),

zeile AS (
    SELECT
        index_id,
        index_version,
        massstab,
        stelle,
        stichtag,
        array_to_string(
            [
                map(getvariable('worte'), getvariable('zeichen'))[
                    fehlgrund(index_status, index_grund)
                ],
                coalesce(round(punkte, 2)::VARCHAR, ''),
                CASE WHEN punkte IS NULL THEN coalesce(round(punkte_von, 2)::VARCHAR, '') ELSE '' END,
                CASE WHEN punkte IS NULL THEN coalesce(round(punkte_bis, 2)::VARCHAR, '') ELSE '' END,
                coalesce(klasse_von::VARCHAR, ''),
                coalesce(klasse_bis::VARCHAR, ''),
                coalesce(klassen_90, ''),
                coalesce(rang_von::VARCHAR, ''),
                coalesce(rang_bis::VARCHAR, ''),
                coalesce(sicherheit, ''),
                coalesce(veraenderung_klasse::VARCHAR, ''),
                coalesce(veraenderung_urteil, ''),
                coalesce(regexp_replace(betroffene::VARCHAR, '\.0$', ''), ''),
                coalesce(index_grund, '')
            ],
            ';'
        ) AS inhalt
    FROM stand
),

rechnung AS (
    SELECT DISTINCT
        index_id,
        index_version,
        massstab
    FROM stand
)

SELECT
    rechnung.index_id,
    rechnung.index_version,
    rechnung.massstab,
    string_agg(coalesce(zeile.inhalt, ''), chr(10) ORDER BY atlas_einheit.stelle, tag.stichtag) AS zeilen
FROM rechnung
CROSS JOIN atlas_einheit
CROSS JOIN tag
LEFT JOIN zeile
    ON
        rechnung.index_id = zeile.index_id
        AND rechnung.index_version = zeile.index_version
        AND rechnung.massstab = zeile.massstab
        AND atlas_einheit.stelle = zeile.stelle
        AND tag.stichtag = zeile.stichtag
GROUP BY rechnung.index_id, rechnung.index_version, rechnung.massstab
