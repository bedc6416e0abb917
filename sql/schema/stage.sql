-- The staged tables: what the sources delivered, typed and tidy, before anything is computed.
CREATE SCHEMA stage;

-- one row a delivered file, with what became of its rows
CREATE TABLE stage.datei (
    quelle VARCHAR NOT NULL,
    datei VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,
    zeilen BIGINT NOT NULL,
    uebernommen BIGINT NOT NULL,
    quarantaene BIGINT NOT NULL,
    entfallen BIGINT NOT NULL
);

-- one row a row that broke its contract, and where to find it
CREATE TABLE stage.quarantaene (
    quelle VARCHAR NOT NULL,
    datei VARCHAR NOT NULL,
    zeile BIGINT,
    spalte VARCHAR,
    wert VARCHAR,
    regel VARCHAR NOT NULL
);

-- one row a Merkmal of a base unit at a Stichtag
CREATE TABLE stage.zaehlung (
    quelle VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    basis VARCHAR NOT NULL,
    basis_id VARCHAR NOT NULL,
    merkmal VARCHAR NOT NULL,
    wert DOUBLE,
    status VARCHAR NOT NULL
);

-- one row a base unit and Zuschnitt and Raumebene: the unit it lies in
CREATE TABLE stage.zuordnung (
    zuschnitt VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    basis_id VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL
);

-- one row a unit that has a name
CREATE TABLE stage.raum_name (
    zuschnitt VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL
);

-- one row a base unit with its polygon in the city's planar coordinates; zuschnitt where it holds for one only
CREATE TABLE stage.geometrie (
    basis VARCHAR NOT NULL,
    basis_id VARCHAR NOT NULL,
    zuschnitt VARCHAR,
    wkb BLOB NOT NULL,
    geheilt BOOLEAN NOT NULL
);

-- one row an official total of the whole city
CREATE TABLE stage.amtlich (
    quelle VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    merkmal VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL,
    wert DOUBLE
);

-- one row a correction of the register that was applied
CREATE TABLE stage.korrektur (
    quelle VARCHAR NOT NULL,
    datei VARCHAR NOT NULL,
    aktion VARCHAR NOT NULL,
    bedingung VARCHAR NOT NULL,
    grund VARCHAR NOT NULL,
    gemeldet VARCHAR NOT NULL,
    zeilen BIGINT NOT NULL
);
