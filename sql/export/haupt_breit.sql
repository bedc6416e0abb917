-- One row per unit and Stichtag on a Zuschnitt, with what the main index and first typology say of it in words: the
-- score (ausnahme_index_punkte is the cell where there is none), the classes that hold 90 %, the range of the rank, the
-- type. The variables index_status and index_worte, typ_status and typ_worte have the words of a status; oder_wort and
-- bis_wort those between two.
WITH index_stand AS (
    FROM index_wert
    UNION ALL BY NAME
    FROM index_wert_zuschnitt
),

klassen AS (
    SELECT map(list(index_klasse.klasse::VARCHAR), list(index_klasse.label_de)) AS namen
    FROM index_klasse
    INNER JOIN hauptindex
        ON index_klasse.index_id = hauptindex.index_id AND index_klasse.index_version = hauptindex.index_version
    WHERE index_klasse.klassenart = 'stand'
),

bedarf AS (
    SELECT
        index_stand.zuschnitt,
        index_stand.raumebene,
        index_stand.raum_id,
        index_stand.stichtag,
        index_stand.punkte,
        map(getvariable('index_status'), getvariable('index_worte'))[index_stand.index_status] AS grund,
        list_transform(
            string_split(index_stand.klassen_90, ' '), LAMBDA stelle: klassen.namen[stelle] -- noqa: RF02
        ) AS moegliche,
        CASE
            WHEN index_stand.rang_von = index_stand.rang_bis THEN index_stand.rang_von::VARCHAR
            ELSE index_stand.rang_von || getvariable('bis_wort') || index_stand.rang_bis
        END AS rang
    FROM index_stand
    INNER JOIN hauptindex
        ON
            index_stand.index_id = hauptindex.index_id
            AND index_stand.index_version = hauptindex.index_version
            AND index_stand.massstab = hauptindex.massstab
    CROSS JOIN klassen
),

typ_stand AS (
    FROM typ
    UNION ALL BY NAME
    FROM typ_zuschnitt
),

erste AS (
    SELECT
        typologie.typologie_id,
        typologie.typologie_version
    FROM typologie
    SEMI JOIN typ
        ON typologie.typologie_id = typ.typologie_id AND typologie.typologie_version = typ.typologie_version
    ORDER BY typologie.position
    LIMIT 1
),

typen AS (
    SELECT map(list(typologie_typ.typ_id), list(typologie_typ.label_de)) AS namen
    FROM typologie_typ
    INNER JOIN erste
        ON
            typologie_typ.typologie_id = erste.typologie_id
            AND typologie_typ.typologie_version = erste.typologie_version
),

art AS (
    SELECT
        typ_stand.zuschnitt,
        typ_stand.raumebene,
        typ_stand.raum_id,
        typ_stand.stichtag,
        map(getvariable('typ_status'), getvariable('typ_worte'))[typ_stand.typ_status] AS grund,
        list_transform(
            string_split(typ_stand.moegliche_typen, ' '), LAMBDA stelle: typen.namen[stelle] -- noqa: RF02
        ) AS moegliche
    FROM typ_stand
    INNER JOIN erste
        ON typ_stand.typologie_id = erste.typologie_id AND typ_stand.typologie_version = erste.typologie_version
    CROSS JOIN typen
),

gesicht AS (
    SELECT
        inhalt,
        regexp_extract(inhalt, '<t>(.*)</t>', 1) AS wort
    FROM gesicht_grund
    WHERE status = 'geschuetzt'
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    bedarf.punkte AS index_punkte,
    CASE WHEN bedarf.punkte IS NULL THEN replace(gesicht.inhalt, gesicht.wort, bedarf.grund) END
        AS ausnahme_index_punkte,
    coalesce(array_to_string(bedarf.moegliche, getvariable('oder_wort')), bedarf.grund) AS index_klasse,
    bedarf.rang AS index_rang,
    coalesce(array_to_string(art.moegliche, getvariable('oder_wort')), art.grund) AS typ_id
FROM bedarf
FULL JOIN art USING (zuschnitt, raumebene, raum_id, stichtag)
CROSS JOIN gesicht
