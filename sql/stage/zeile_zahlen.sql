-- One row per numbered line: its unit and Stichtag, and its Merkmale where it is written plainly (NULL where it is
-- not).
-- Every pattern is one of a whole line, so that a line costs one match, however many figures it holds. A Merkmal is the
-- inner product of the figures and its mask, which says how often each figure is part of it (0 or 1).
WITH zeilen AS (
    SELECT
        coalesce(
            list_extract(
                getvariable('lange_namen')::VARCHAR[],
                list_position(getvariable('kurze_namen')::VARCHAR[], parse_filename(pfad, TRUE, 'forward_slash'))
            ),
            parse_filename(pfad, TRUE, 'forward_slash')
        ) AS datei,
        zeile,
        kopf,
        rest,
        regexp_full_match(kopf, getvariable('muster_kopf')) AS kopf_schlicht,
        regexp_full_match(rest, getvariable('muster_ziffern')) AS nur_ziffern
    FROM
        read_csv(
            getvariable('dateien'),
            header = FALSE,
            auto_detect = FALSE,
            delim = chr(31),
            quote = '',
            escape = '',
            new_line = '\n',
            columns = { 'zeile': 'BIGINT', 'kopf': 'VARCHAR', 'rest': 'VARCHAR' },
            force_not_null = ['kopf', 'rest'],
            filename = 'pfad',
            hive_partitioning = FALSE
        )
),

erkannt AS (
    SELECT
        *,
        CASE WHEN nur_ziffern THEN FALSE ELSE regexp_full_match(rest, getvariable('muster_zeichen')) END AS mit_zeichen
    FROM zeilen
),

geteilt AS (
    SELECT
        *,
        CASE
            WHEN kopf_schlicht
                THEN string_split(replace(kopf, getvariable('anfuehrung'), ''), getvariable('trenner'))
        END AS texte,
        CASE
            WHEN kopf_schlicht AND (nur_ziffern OR mit_zeichen)
                THEN
                    string_split(
                        replace(
                            ohne_tausender(
                                replace(
                                    replace(rest, getvariable('anfuehrung'), ''), getvariable('nichts_zeichen'), '0'
                                )
                            ),
                            getvariable('dezimal'),
                            '.'
                        ),
                        getvariable('trenner')
                    )
        END AS ziffern
    FROM erkannt
),

gelesen AS (
    SELECT
        *,
        CASE
            WHEN getvariable('nur_figuren') THEN ziffern
            ELSE list_select(ziffern, getvariable('stellen'))
        END::DOUBLE[] AS figuren
    FROM geteilt
)

SELECT
    datei,
    zeile,
    nullif(texte[getvariable('stelle_basis')], '') AS basis_text,
    nullif(texte[getvariable('stelle_stichtag')], '') AS stichtag_text,
    getvariable('anfuehrung') <> '' AND contains(concat(kopf, rest), getvariable('anfuehrung')) AS mit_anfuehrung,
    mit_zeichen,
    CASE
        WHEN figuren IS NOT NULL
            THEN list_transform(getvariable('masken')::DOUBLE[][], LAMBDA maske: list_inner_product(figuren, maske))
    END AS werte
FROM gelesen
