-- The catalogue: what the profile and the codebook say, as tables, so that SQL reads it as data.
CREATE SCHEMA katalog;

-- one row: the city
CREATE TABLE katalog.stadt (
    stadt_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    koordinatensystem VARCHAR NOT NULL,
    synthetisch BOOLEAN NOT NULL,
    amtlich_band DOUBLE NOT NULL
);

-- one row: the day of the run
CREATE TABLE katalog.lauf (
    tag DATE NOT NULL
);

-- one row per Raumebene, from fine (1) to coarse
CREATE TABLE katalog.raumebene (
    raumebene VARCHAR NOT NULL,
    rang INTEGER NOT NULL,
    label_de VARCHAR NOT NULL,
    label_en VARCHAR NOT NULL,
    id_muster VARCHAR NOT NULL,
    zugehoerigkeit VARCHAR NOT NULL,
    stellen INTEGER,
    stadt_raum_id VARCHAR
);

-- one row per Zuschnitt with the numbering of base units it is made of
CREATE TABLE katalog.zuschnitt (
    zuschnitt VARCHAR NOT NULL,
    gueltig_ab DATE NOT NULL,
    gueltig_bis DATE,
    basis VARCHAR NOT NULL,
    basis_muster VARCHAR NOT NULL,
    schachtelung BOOLEAN NOT NULL
);

-- one row per date from which base units are numbered in another way than before; also those later than --stichtag,
-- since a row is judged by its own Stichtag
CREATE TABLE katalog.nummerierung (
    gueltig_ab DATE NOT NULL,
    basis VARCHAR NOT NULL,
    basis_muster VARCHAR NOT NULL
);

-- one row per Zuschnitt and a coarser Raumebene in which its finest units are declared to lie whole
CREATE TABLE katalog.schachtelung (
    zuschnitt VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL
);

-- one row per Merkmal
CREATE TABLE katalog.merkmal (
    merkmal VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    label_de VARCHAR NOT NULL,
    label_en VARCHAR NOT NULL,
    einheit VARCHAR NOT NULL,
    art VARCHAR NOT NULL,
    thema VARCHAR NOT NULL,
    geschuetzt BOOLEAN NOT NULL,
    ganzzahlig BOOLEAN NOT NULL,
    faelle VARCHAR,
    groesster VARCHAR
);

-- one row per Indikator, in the order of the codebook
CREATE TABLE katalog.indikator (
    indikator_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    label_de VARCHAR NOT NULL,
    label_en VARCHAR NOT NULL,
    beschreibung_de VARCHAR NOT NULL,
    beschreibung_en VARCHAR NOT NULL,
    einheit VARCHAR NOT NULL,
    nachkommastellen INTEGER NOT NULL,
    typ VARCHAR NOT NULL,
    faktor DOUBLE NOT NULL,
    abstand_jahre INTEGER,
    bezug VARCHAR NOT NULL,
    thema VARCHAR NOT NULL,
    quelle VARCHAR NOT NULL,
    richtung VARCHAR NOT NULL,
    schutzklasse VARCHAR NOT NULL,
    einschraenkung_de VARCHAR NOT NULL,
    einschraenkung_en VARCHAR NOT NULL,
    hinweise VARCHAR NOT NULL,
    suchworte VARCHAR NOT NULL
);

-- one row per Merkmal in the numerator or denominator of an Indikator
CREATE TABLE katalog.indikator_teil (
    indikator_id VARCHAR NOT NULL,
    rolle VARCHAR NOT NULL,
    merkmal VARCHAR NOT NULL
);

-- one row per caution of the fixed vocabulary
CREATE TABLE katalog.hinweis (
    hinweis VARCHAR NOT NULL,
    text_de VARCHAR NOT NULL,
    text_en VARCHAR NOT NULL
);

-- one row per status that a figure may have, in the order in which reasons for a missing figure count
CREATE TABLE katalog.status (
    status VARCHAR NOT NULL,
    rang INTEGER NOT NULL
);

-- one row per method by which a count comes onto a Zuschnitt, from the surest (1) to the least sure
CREATE TABLE katalog.methode (
    methode VARCHAR NOT NULL,
    rang INTEGER NOT NULL
);

-- one row per stock and a flow that changes it within a year: +1 adds to it, -1 takes away
CREATE TABLE katalog.bilanz (
    bestand VARCHAR NOT NULL,
    bewegung VARCHAR NOT NULL,
    vorzeichen INTEGER NOT NULL
);

-- one row per division of a whole Merkmal and a part of it: the parts add up to the whole
CREATE TABLE katalog.gliederung (
    gliederung VARCHAR NOT NULL,
    ganzes VARCHAR NOT NULL,
    teil VARCHAR NOT NULL
);

-- one row per Merkmal that counts a part of another
CREATE TABLE katalog.teil_ganzes (
    teil VARCHAR NOT NULL,
    ganzes VARCHAR NOT NULL
);

-- one row per pair of Merkmale of which the second counts the same people some years later, with bounds of the ratio
CREATE TABLE katalog.kohorte (
    damals VARCHAR NOT NULL,
    heute VARCHAR NOT NULL,
    jahre INTEGER NOT NULL,
    mindestens DOUBLE NOT NULL,
    hoechstens DOUBLE NOT NULL
);

-- one row per class of protection with its rules: what is suppressed; verfahren: unterdruecken, runden (to the
-- rundungsbasis) or ueberlagern; geheimnis_kennung tells one secret of the draws from another, and nothing else
CREATE TABLE katalog.schutzklasse (
    schutzklasse VARCHAR NOT NULL,
    mindest_zaehler INTEGER NOT NULL,
    mindest_nenner INTEGER NOT NULL,
    mindest_gruppe INTEGER NOT NULL DEFAULT 0,
    mindest_faelle INTEGER NOT NULL DEFAULT 0,
    hoechst_beitrag DOUBLE,
    begruendung VARCHAR,
    verfahren VARCHAR NOT NULL DEFAULT 'unterdruecken',
    rundungsbasis INTEGER,
    geheimnis_kennung VARCHAR
);

-- one row per unit of which a class publishes nothing; without a Zuschnitt, on each that has it
CREATE TABLE katalog.nie_veroeffentlicht (
    schutzklasse VARCHAR NOT NULL,
    zuschnitt VARCHAR,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL,
    begruendung VARCHAR NOT NULL
);

-- one row per delivered column and the Merkmal that it is part of
CREATE TABLE katalog.spalte_merkmal (
    quelle VARCHAR NOT NULL,
    spalte VARCHAR NOT NULL,
    merkmal VARCHAR NOT NULL
);

-- one row per name in the lookup file of a source and the unit that it is of
CREATE TABLE katalog.name_einheit (
    quelle VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL
);

-- one row per missing-value sign of a source and what it says
CREATE TABLE katalog.fehlzeichen (
    quelle VARCHAR NOT NULL,
    zeichen VARCHAR NOT NULL,
    status VARCHAR NOT NULL
);

-- one row per source; ungelistet_null: a base unit without a row has 0 (else it has no figure);
-- abweichung: how far its counts may lie from the true ones, as the office protected them (NULL: not at all)
CREATE TABLE katalog.quelle (
    quelle VARCHAR NOT NULL,
    titel_de VARCHAR NOT NULL,
    titel_en VARCHAR NOT NULL,
    art VARCHAR NOT NULL,
    ungelistet_null BOOLEAN NOT NULL,
    quarantaene_erlaubt BIGINT NOT NULL, -- rows that may break the contract before the run stops
    gerundet_auf INTEGER,
    abweichung DOUBLE
);

-- one row per source and a Merkmal that it brings
CREATE TABLE katalog.quelle_merkmal (
    quelle VARCHAR NOT NULL,
    merkmal VARCHAR NOT NULL
);

-- one row per source of counts: its Merkmale in the order in which the rows of stage.zaehlung_reihe have them
CREATE TABLE katalog.quelle_reihe (
    quelle VARCHAR NOT NULL,
    merkmale VARCHAR[] NOT NULL
);

-- one row per source and Stichtag that must come, with the number of base units that it lists
CREATE TABLE katalog.erwartet_lieferung (
    quelle VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    basiseinheiten BIGINT NOT NULL
);

-- one row per Raumebene of a Zuschnitt with the number of its units
CREATE TABLE katalog.erwartet_raum (
    zuschnitt VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    einheiten BIGINT NOT NULL
);

-- one row per version of an index of the city; betrifft: the Indikator that counts the people it is about
CREATE TABLE katalog.index_definition (
    index_id VARCHAR NOT NULL,
    index_version VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    label_de VARCHAR NOT NULL,
    label_en VARCHAR NOT NULL,
    beschreibung_de VARCHAR NOT NULL,
    beschreibung_en VARCHAR NOT NULL,
    einschraenkung_de VARCHAR NOT NULL,
    einschraenkung_en VARCHAR NOT NULL,
    wortwahl_de VARCHAR NOT NULL,
    wortwahl_en VARCHAR NOT NULL,
    quelle VARCHAR NOT NULL,
    standardisierung VARCHAR NOT NULL,
    rundung INTEGER,
    verdichtung VARCHAR NOT NULL,
    nachskalierung VARCHAR NOT NULL,
    klassierung VARCHAR NOT NULL,
    basisstichtag DATE,
    mindest_einwohner INTEGER NOT NULL,
    abstand_jahre INTEGER,
    verbleib DOUBLE,
    ueberschneidung DOUBLE NOT NULL,
    betrifft VARCHAR
);

-- one row per Indikator of an index, in the order of its definition
CREATE TABLE katalog.index_komponente (
    index_id VARCHAR NOT NULL,
    index_version VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    indikator_id VARCHAR NOT NULL,
    gewicht DOUBLE NOT NULL,
    richtung VARCHAR NOT NULL
);

-- one row per class of an index (klassenart = stand) or of its change (veraenderung), from little need to much
CREATE TABLE katalog.index_klasse (
    index_id VARCHAR NOT NULL,
    index_version VARCHAR NOT NULL,
    klassenart VARCHAR NOT NULL,
    klasse INTEGER NOT NULL,
    klassengrenze DOUBLE,
    label_de VARCHAR NOT NULL,
    label_en VARCHAR NOT NULL
);

-- one row per version of a typology of the city
CREATE TABLE katalog.typologie (
    typologie_id VARCHAR NOT NULL,
    typologie_version VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    label_de VARCHAR NOT NULL,
    label_en VARCHAR NOT NULL,
    beschreibung_de VARCHAR NOT NULL,
    beschreibung_en VARCHAR NOT NULL,
    einschraenkung_de VARCHAR NOT NULL,
    einschraenkung_en VARCHAR NOT NULL,
    basisstichtag DATE NOT NULL,
    mindest_einwohner INTEGER NOT NULL,
    grenzfall_unter DOUBLE NOT NULL
);

-- one row per Indikator by which a typology compares units, with mean and spread of the base year
CREATE TABLE katalog.typologie_merkmal (
    typologie_id VARCHAR NOT NULL,
    typologie_version VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    indikator_id VARCHAR NOT NULL,
    umformung VARCHAR NOT NULL,
    mittel DOUBLE NOT NULL,
    streuung DOUBLE NOT NULL,
    gewicht DOUBLE NOT NULL
);

-- one row per type of a typology, in the order of its file
CREATE TABLE katalog.typologie_typ (
    typologie_id VARCHAR NOT NULL,
    typologie_version VARCHAR NOT NULL,
    typ_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    label_de VARCHAR NOT NULL,
    label_en VARCHAR NOT NULL,
    beschreibung_de VARCHAR NOT NULL,
    beschreibung_en VARCHAR NOT NULL
);

-- one row per Indikator of a type: the middle of its units, in the unit of the Indikator
CREATE TABLE katalog.typologie_zentrum (
    typologie_id VARCHAR NOT NULL,
    typologie_version VARCHAR NOT NULL,
    typ_id VARCHAR NOT NULL,
    indikator_id VARCHAR NOT NULL,
    zentrum DOUBLE NOT NULL
);
