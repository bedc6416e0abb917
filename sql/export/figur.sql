-- One row per figure of the release; `heutig` where it stands on the Zuschnitt on which its Stichtag is read (table
-- wert). The others say the same people again on other boundaries.
SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    wert,
    status,
    methode,
    unsicherheit,
    TRUE AS heutig
FROM wert

UNION ALL

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    wert,
    status,
    methode,
    unsicherheit,
    FALSE AS heutig
FROM wert_zuschnitt
