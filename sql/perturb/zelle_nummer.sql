-- One row per count that a cell key changes: a Merkmal of a unit at a Stichtag, with its number.
SELECT
    merkmal_raum.zuschnitt,
    merkmal_raum.raumebene,
    merkmal_raum.raum_id,
    merkmal_raum.stichtag,
    merkmal_raum.merkmal,
    row_number() OVER () AS zelle
FROM merkmal_raum
INNER JOIN merkmal_veraendert
    ON merkmal_raum.merkmal = merkmal_veraendert.merkmal AND merkmal_veraendert.verfahren = 'ueberlagern'
WHERE merkmal_raum.herkunft = 'gezaehlt'
