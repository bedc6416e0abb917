-- One row per Indikator of a unit at a Stichtag on a Zuschnitt that is more than the sums of certain counts: a Merkmal
-- of it is estimated, unknown in part or an official total, or it compares two Stichtage.
-- A view: only indikator_unsicher reads it, and only of the parts of indikator_wert that are made.
SELECT DISTINCT
    merkmal_zuschnitt.zuschnitt,
    merkmal_zuschnitt.raumebene,
    merkmal_zuschnitt.raum_id,
    merkmal_zuschnitt.stichtag,
    indikator.indikator_id
FROM merkmal_zuschnitt
INNER JOIN katalog.indikator_teil ON merkmal_zuschnitt.merkmal = indikator_teil.merkmal
INNER JOIN katalog.indikator ON indikator_teil.indikator_id = indikator.indikator_id
WHERE NOT merkmal_zuschnitt.sicher OR indikator.typ = 'veraenderung'
