-- how the rows of a table name what they are about, in macros; what the profile says of it stands in variables
-- (flows.profile.stichtag)
-- the number of a month in place of its name, German or English, whole or shortened: '31. Dez. 2020' is '31. 12 2020'
-- (sqlfluff takes the parameters for types)
CREATE OR REPLACE MACRO mit_monatszahl(zeittext) AS -- noqa: CP05
regexp_replace(
    nfc_normalize(zeittext),
    '\pL+\.?',
    coalesce(
        map {
            'januar': '01', 'january': '01', 'jänner': '01', 'jan': '01', 'februar': '02', 'february': '02',
            'feber': '02', 'feb': '02', 'märz': '03', 'maerz': '03', 'march': '03', 'mär': '03', 'mrz': '03',
            'mar': '03', 'april': '04', 'apr': '04', 'mai': '05', 'may': '05', 'juni': '06', 'june': '06',
            'jun': '06', 'juli': '07', 'july': '07', 'jul': '07', 'august': '08', 'aug': '08', 'september': '09',
            'sept': '09', 'sep': '09', 'oktober': '10', 'october': '10', 'okt': '10', 'oct': '10',
            'november': '11', 'nov': '11', 'dezember': '12', 'december': '12', 'dez': '12', 'dec': '12'
        }[lower(regexp_extract(nfc_normalize(zeittext), '\pL+'))],
        '?'
    )
);

-- the time that a text says where it stands, whatever its offset from UTC is: '2023-12-31T00:30+01:00' is 31 December
CREATE OR REPLACE MACRO gelesene_zeit(zeittext) AS -- noqa: CP05
CASE
    WHEN getvariable('stichtag_monatsname')
        THEN try_strptime(mit_monatszahl(zeittext), getvariable('stichtag_format'))
    WHEN getvariable('stichtag_versatz') = '$'
        THEN try_strptime(zeittext, getvariable('stichtag_format'))
    WHEN regexp_matches(zeittext, getvariable('stichtag_versatz'))
        THEN
            try_strptime(
                regexp_replace(zeittext, getvariable('stichtag_versatz'), ''), getvariable('stichtag_format_ortszeit')
            )
END;

-- the Stichtag: the day itself, or the day that the profile says of the month or year that the text names; a cell of a
-- workbook that holds a date is that day, in whichever way the other cells are written
CREATE OR REPLACE MACRO gelesener_stichtag(zeittext) AS -- noqa: CP05
CASE
    WHEN getvariable('stichtag_auch_datum') AND regexp_full_match(zeittext, '\d{4}-\d\d-\d\d( 00:00:00)?')
        THEN try_cast(left(zeittext, 10) AS DATE)
    WHEN getvariable('stichtag_nulltag') IS NOT NULL
        THEN
            CASE
                WHEN regexp_full_match(zeittext, '[0-9]{1,6}')
                    THEN getvariable('stichtag_nulltag')::DATE + try_cast(zeittext AS INTEGER)
            END
    WHEN getvariable('stichtag_genauigkeit') = 'tag' THEN gelesene_zeit(zeittext)::DATE
    WHEN getvariable('stichtag_genauigkeit') = 'jahr'
        THEN make_date(year(gelesene_zeit(zeittext)), getvariable('stichtag_monat'), getvariable('stichtag_tag'))
    WHEN getvariable('stichtag_anfang') THEN date_trunc('month', gelesene_zeit(zeittext))::DATE
    ELSE last_day(gelesene_zeit(zeittext))
END;

-- the part of a cell that is the id, where the contract says so (no pattern: all of it)
CREATE OR REPLACE MACRO kennung_im_text(zelltext) AS -- noqa: CP05
CASE
    WHEN getvariable('muster_id') IS NULL THEN zelltext
    WHEN regexp_full_match(zelltext, getvariable('muster_id')::VARCHAR)
        THEN regexp_extract(zelltext, getvariable('muster_id')::VARCHAR, 1)
END;

-- the id of a base unit, with the leading zeros that a spreadsheet took where the contract says how many digits it has
CREATE OR REPLACE MACRO gelesene_kennung(kennung) AS -- noqa: CP05
CASE
    WHEN getvariable('stellen_id') IS NULL THEN kennung_im_text(kennung)
    ELSE
        lpad(
            kennung_im_text(kennung),
            greatest(getvariable('stellen_id'), length(kennung_im_text(kennung)))::INTEGER,
            '0'
        )
END;

-- a name as names are compared: NFC, any run of blanks as one, none at the ends
CREATE OR REPLACE MACRO schlichter_name(unitname) AS -- noqa: CP05
trim(regexp_replace(nfc_normalize(unitname), '[\s\p{Z}]+', ' ', 'g'));

-- a figure without the signs between its thousands; a single sign, or none, is taken out ten times as fast by `replace`
CREATE OR REPLACE MACRO ohne_tausender(zelltext) AS -- noqa: CP05
CASE
    WHEN length(getvariable('tausender')) > 1 THEN translate(zelltext, getvariable('tausender'), '')
    ELSE replace(zelltext, getvariable('tausender'), '')
END;
