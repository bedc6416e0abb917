-- One row per count of which the release says nothing, not even that it is 0, since an earlier one did not either and
-- none told it. A repair adds to them.
SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    seite
FROM angabe_verschwiegen
WHERE entzogen
