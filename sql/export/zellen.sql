-- One macro per kind of cell: the cell of a worksheet in the XML of a workbook, empty for a value that is missing.
-- `ort` is the place of the cell, such as B7; `gesicht` the number of its format.
CREATE OR REPLACE TEMP MACRO zelle_zahl(ort, gesicht, zahl) AS -- noqa: CP05
coalesce(
    '<c r="' || ort || '" s="' || gesicht || '"><v>' || CASE WHEN isfinite(zahl::DOUBLE) THEN zahl END || '</v></c>', ''
);

-- Excel counts days from 1900 on, and a 29 February 1900 that never was: an earlier day is text
CREATE OR REPLACE TEMP MACRO zelle_tag(ort, gesicht, tag) AS -- noqa: CP05
coalesce(
    '<c r="' || ort || '" s="' || gesicht || '"'
    || CASE
        WHEN tag >= DATE '1900-03-01' THEN '><v>' || (tag - DATE '1899-12-30') || '</v></c>'
        ELSE ' t="inlineStr"><is><t>' || strftime(tag, '%d.%m.%Y') || '</t></is></c>'
    END,
    ''
);

-- a cell takes 32,767 characters; a longer text says that it goes on elsewhere
CREATE OR REPLACE TEMP MACRO zelle_inhalt(inhalt) AS -- noqa: CP05
CASE
    WHEN length(inhalt) > 32767 THEN left(inhalt, 32700) || ' [gekürzt; der ganze Text steht in csv/]' ELSE inhalt
END;

CREATE OR REPLACE TEMP MACRO zelle_text(ort, gesicht, inhalt) AS -- noqa: CP05
coalesce(
    '<c r="' || ort || '" s="' || gesicht || '" t="inlineStr"><is><t xml:space="preserve">'
    || regexp_replace(
        replace(
            replace(replace(zelle_inhalt(nullif(inhalt::VARCHAR, '')), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'
        ),
        '[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]', '', 'g'
    )
    || '</t></is></c>',
    ''
);
