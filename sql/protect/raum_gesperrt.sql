-- One row per unit of which a class publishes nothing.
SELECT
    nie_veroeffentlicht.schutzklasse,
    raum.zuschnitt,
    raum.raumebene,
    raum.raum_id,
    min(nie_veroeffentlicht.begruendung) AS begruendung
FROM katalog.nie_veroeffentlicht
INNER JOIN raum
    ON
        nie_veroeffentlicht.raumebene = raum.raumebene
        AND nie_veroeffentlicht.raum_id = raum.raum_id
        AND raum.zuschnitt = coalesce(nie_veroeffentlicht.zuschnitt, raum.zuschnitt)
GROUP BY ALL
