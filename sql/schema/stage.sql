-- The staged tables: what the sources delivered, typed and tidy, before anything is computed.
CREATE SCHEMA stage;

-- one row per delivered file, with what became of its rows
CREATE TABLE stage.datei (
    quelle VARCHAR NOT NULL,
    datei VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL, -- keyed: how a release names the file (flows/pull/landing/checksum.py)
    bytes BIGINT NOT NULL,
    zeilen BIGINT NOT NULL,
    uebernommen BIGINT NOT NULL,
    quarantaene BIGINT NOT NULL,
    entfallen BIGINT NOT NULL,
    kennungen_ergaenzt BIGINT NOT NULL, -- ids that got back leading zeros, as the contract allows
    stichtage VARCHAR[] NOT NULL, -- for which the file has rows
    fusszeile_fehlt BOOLEAN DEFAULT FALSE, -- no line begins as the footer that the dialect declares
    namensjahr INTEGER -- the year in its name, where all its Stichtage must lie in it
);

-- one row per rule that left out rows of a file
CREATE TABLE stage.entfallen (
    quelle VARCHAR NOT NULL,
    datei VARCHAR NOT NULL,
    regel VARCHAR NOT NULL,
    zeilen BIGINT NOT NULL
);

-- one row per row that broke its contract, and where to find it
CREATE TABLE stage.quarantaene (
    quelle VARCHAR NOT NULL,
    datei VARCHAR NOT NULL,
    zeile BIGINT,
    spalte VARCHAR,
    wert VARCHAR,
    regel VARCHAR NOT NULL
);

-- one row per base unit at a Stichtag whose counts were read together (stage.zaehlung shows its Merkmale)
CREATE TABLE stage.zaehlung_reihe (
    quelle VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    basis VARCHAR NOT NULL,
    basis_id VARCHAR NOT NULL,
    mit_zeichen BOOLEAN NOT NULL, -- zero is written by the sign for nothing, never as 0
    werte DOUBLE[] NOT NULL -- of the Merkmale that katalog.quelle_reihe names, in their order
);

-- one row per kept file whose rows stage.zaehlung_reihe shows, and Stichtag: a digest of these rows
CREATE TABLE stage.reihe_datei (
    pfad VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    inhalt VARCHAR NOT NULL
);

-- one row per Merkmal of a base unit at a Stichtag, from a row that was read by cell
CREATE TABLE stage.zaehlung_einzeln (
    quelle VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    basis VARCHAR NOT NULL,
    basis_id VARCHAR NOT NULL,
    merkmal VARCHAR NOT NULL,
    wert DOUBLE,
    status VARCHAR NOT NULL
);

-- one row per Merkmal of a unit at a Stichtag whose total the office delivered in a row of a table of base units
CREATE TABLE stage.kontrollsumme (
    quelle VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL,
    merkmal VARCHAR NOT NULL,
    wert DOUBLE,
    status VARCHAR NOT NULL
);

-- one row per Merkmal of a base unit at a Stichtag that a row in quarantine is about: its figure is unknown. Without a
-- base unit it is an official total.
CREATE TABLE stage.ungewiss (
    quelle VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    basis VARCHAR NOT NULL,
    basis_id VARCHAR,
    merkmal VARCHAR NOT NULL
);

-- one row per base unit and Stichtag of which a row fell out, of a source that leaves out what is empty: a rule left it
-- out, or it is in quarantine and nobody can read its unit or Stichtag (NULL: it may be any)
CREATE TABLE stage.entfallen_einheit (
    quelle VARCHAR NOT NULL,
    stichtag DATE,
    basis VARCHAR,
    basis_id VARCHAR
);

-- one row per base unit and Zuschnitt and Raumebene: the unit it lies in
CREATE TABLE stage.zuordnung (
    zuschnitt VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    basis_id VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL
);

-- one row per unit that has a name
CREATE TABLE stage.raum_name (
    zuschnitt VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL
);

-- one row per base unit with its polygon in the city's planar coordinates; zuschnitt where it holds for one only
CREATE TABLE stage.geometrie (
    basis VARCHAR NOT NULL,
    basis_id VARCHAR NOT NULL,
    zuschnitt VARCHAR,
    wkb BLOB NOT NULL,
    ungueltig BOOLEAN NOT NULL, -- crosses itself and no correction repairs it
    geheilt BOOLEAN NOT NULL -- repaired by a registered correction
);

-- one row per delivered line that a Sozialraum should not cross, in the city's planar coordinates
CREATE TABLE stage.barriere (
    quelle VARCHAR NOT NULL,
    datei VARCHAR NOT NULL,
    zeile BIGINT NOT NULL,
    wkb BLOB NOT NULL
);

-- one row per unit whose own polygon was delivered, in the city's planar coordinates
CREATE TABLE stage.raum_geometrie (
    zuschnitt VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL,
    wkb BLOB NOT NULL,
    ungueltig BOOLEAN NOT NULL,
    geheilt BOOLEAN NOT NULL
);

-- one row per unit with its own polygon and a Raumebene: the unit of it in which it lies, by its id
CREATE TABLE stage.raum_lage (
    zuschnitt VARCHAR NOT NULL,
    ebene VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL
);

-- one row per defect of delivered polygons: ungueltig, doppelt, ueberlappung or luecke, with its size in m2
CREATE TABLE stage.geometrie_mangel (
    quelle VARCHAR NOT NULL,
    zuschnitt VARCHAR,
    mangel VARCHAR NOT NULL,
    einheit VARCHAR NOT NULL,
    flaeche_m2 DOUBLE,
    schmal BOOLEAN NOT NULL -- a sliver: long and thinner than its boundary lets one see
);

-- one row per official total of the whole city
CREATE TABLE stage.amtlich (
    quelle VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    merkmal VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL,
    wert DOUBLE,
    status VARCHAR NOT NULL
);

-- one row per correction of the register that was applied
CREATE TABLE stage.korrektur (
    quelle VARCHAR NOT NULL,
    datei VARCHAR NOT NULL,
    nummer INTEGER NOT NULL,
    aktion VARCHAR NOT NULL,
    spalte VARCHAR,
    bedingung VARCHAR NOT NULL,
    grund VARCHAR NOT NULL,
    gemeldet VARCHAR NOT NULL,
    zeilen BIGINT NOT NULL
);
