-- One row per Stichtag and a Zuschnitt on which its counts cannot be added exactly: they have to be estimated there.
SELECT
    stichtag.stichtag,
    stichtag.zuschnitt AS von_zuschnitt,
    zuschnitt.zuschnitt AS nach_zuschnitt
FROM stichtag
CROSS JOIN katalog.zuschnitt
ANTI JOIN stichtag_zuschnitt
    ON stichtag.stichtag = stichtag_zuschnitt.stichtag AND zuschnitt.zuschnitt = stichtag_zuschnitt.zuschnitt
