-- one row per plain line: its unit, its Stichtag and its Merkmale (NULL while a line that is not plain is still in it)
CREATE OR REPLACE TEMP TABLE zeile_zahlen (
    datei VARCHAR NOT NULL,
    zeile BIGINT NOT NULL,
    basis_text VARCHAR,
    stichtag_text VARCHAR,
    mit_anfuehrung BOOLEAN NOT NULL, -- there is a quotation mark in it
    mit_zeichen BOOLEAN NOT NULL, -- zero is written by the sign for nothing, never as 0
    werte DOUBLE[] -- in the order of katalog.quelle_reihe
);
