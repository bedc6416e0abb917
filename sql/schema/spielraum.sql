-- How far counts were changed for confidentiality before they were added: the counted one lies between `wert` less
-- `unter` and `wert` plus `ueber`. Empty in a city whose classes all suppress.
-- one row per rounded Merkmal of a combination of units at a Stichtag
CREATE TABLE IF NOT EXISTS kombination_spielraum (
    stichtag DATE NOT NULL,
    kombination BIGINT NOT NULL,
    merkmal VARCHAR NOT NULL,
    wert DOUBLE NOT NULL,
    unter DOUBLE NOT NULL,
    ueber DOUBLE NOT NULL
);

-- one row per Merkmal of a unit at a Stichtag that was changed by a cell key
CREATE TABLE IF NOT EXISTS zelle_spielraum (
    zuschnitt VARCHAR NOT NULL,
    raumebene VARCHAR NOT NULL,
    raum_id VARCHAR NOT NULL,
    stichtag DATE NOT NULL,
    merkmal VARCHAR NOT NULL,
    wert DOUBLE NOT NULL,
    unter DOUBLE NOT NULL,
    ueber DOUBLE NOT NULL
);

-- one row per Merkmal whose small counts are changed, in place of suppressing figures
CREATE TABLE IF NOT EXISTS merkmal_veraendert (
    merkmal VARCHAR NOT NULL,
    verfahren VARCHAR NOT NULL,
    rundungsbasis INTEGER
);
