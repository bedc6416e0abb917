-- One row per index of a unit at a Stichtag on every Zuschnitt, measured by the city of the Stichtag or of the base
-- year.
SELECT
    index_ergebnis.zuschnitt,
    index_ergebnis.raumebene,
    index_ergebnis.raum_id,
    index_ergebnis.stichtag,
    index_ergebnis.index_id,
    index_ergebnis.index_version,
    index_ergebnis.massstab,
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
LEFT JOIN katalog.index_definition
    ON
        index_ergebnis.index_id = index_definition.index_id
        AND index_ergebnis.index_version = index_definition.index_version
LEFT JOIN wert_alle AS betroffen
    ON
        index_ergebnis.zuschnitt = betroffen.zuschnitt
        AND index_ergebnis.raumebene = betroffen.raumebene
        AND index_ergebnis.raum_id = betroffen.raum_id
        AND index_ergebnis.stichtag = betroffen.stichtag
        AND index_definition.betrifft = betroffen.indikator_id
