-- one row per row that is read cell by cell: none, where every line of a source is plain
CREATE OR REPLACE TEMP TABLE roh (
    datei VARCHAR,
    zeile BIGINT,
    basis_text VARCHAR,
    stichtag_text VARCHAR,
    spalte_lang VARCHAR,
    teil VARCHAR,
    keine_spalte VARCHAR
);
