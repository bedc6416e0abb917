-- One row per Merkmal of an old unit at a Stichtag and a unit that it counts for: the share of it that goes there. What
-- an old unit gives to several units inside a coarser one counts there as one share.
-- A view: nothing is copied.
SELECT
    teil.zuschnitt,
    teil.raumebene AS von_ebene,
    teil.von_id,
    teil.stichtag,
    teil.merkmal,
    teil.methode,
    teil.teile,
    teil.unbekannte,
    teil.ganzes,
    teil.ausserhalb,
    teil.faktor,
    teil.relativ,
    teil.jahre,
    ziel.ziel_ebene AS raumebene,
    ziel.ziel_id AS raum_id,
    least(1, round(sum(teil.anteil), 9)) AS anteil
FROM schaetzung_teil AS teil
INNER JOIN schaetzung_ziel AS ziel
    ON teil.zuschnitt = ziel.zuschnitt AND teil.raumebene = ziel.raumebene AND teil.raum_id = ziel.raum_id
GROUP BY ALL
