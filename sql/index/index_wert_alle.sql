-- One row per index of a unit at a Stichtag on every Zuschnitt, measured by the city of the Stichtag or of the base
-- year.
SELECT
    index_lage.zuschnitt,
    index_lage.raumebene,
    index_lage.raum_id,
    index_lage.stichtag,
    index_lage.index_id,
    index_lage.index_version,
    index_lage.massstab,
    index_ergebnis.index_status,
    index_ergebnis.index_grund,
    index_ergebnis.punkte,
    index_ergebnis.punkte_von,
    index_ergebnis.punkte_bis,
    index_ergebnis.klasse,
    index_ergebnis.klasse_von,
    index_ergebnis.klasse_bis,
    index_ergebnis.klassen_90,
    index_ergebnis.robust,
    index_ergebnis.rang_von,
    index_ergebnis.rang_bis,
    index_ergebnis.veraenderung,
    index_ergebnis.veraenderung_klasse,
    index_ergebnis.veraenderung_urteil,
    betroffen.zaehler AS betroffene
FROM index_ergebnis
INNER JOIN index_lage ON index_ergebnis.stand = index_lage.stand AND index_ergebnis.einheit = index_lage.einheit
LEFT JOIN katalog.index_definition
    ON
        index_lage.index_id = index_definition.index_id
        AND index_lage.index_version = index_definition.index_version
LEFT JOIN wert_alle AS betroffen
    ON
        index_lage.zuschnitt = betroffen.zuschnitt
        AND index_lage.raumebene = betroffen.raumebene
        AND index_lage.raum_id = betroffen.raum_id
        AND index_lage.stichtag = betroffen.stichtag
        AND index_definition.betrifft = betroffen.indikator_id
