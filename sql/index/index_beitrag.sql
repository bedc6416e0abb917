-- One row per component of an index of a unit: its figure, standardised, and what that adds to the score.
WITH teil AS (
    SELECT
        index_ergebnis.zuschnitt,
        index_ergebnis.raumebene,
        index_ergebnis.raum_id,
        index_ergebnis.stichtag,
        index_ergebnis.index_id,
        index_ergebnis.index_version,
        index_ergebnis.massstab,
        unnest(index_ergebnis.teile) AS teilwert,
        unnest(index_ergebnis.gewichte) AS teilgewicht,
        generate_subscripts(index_ergebnis.teile, 1) AS stelle
    FROM index_ergebnis
    WHERE index_ergebnis.punkte IS NOT NULL
)

SELECT
    teil.zuschnitt,
    teil.raumebene,
    teil.raum_id,
    teil.stichtag,
    teil.index_id,
    teil.index_version,
    teil.massstab,
    index_komponente.indikator_id,
    teil.teilwert,
    teil.teilgewicht
FROM teil
INNER JOIN katalog.index_komponente
    ON
        teil.index_id = index_komponente.index_id
        AND teil.index_version = index_komponente.index_version
        AND teil.stelle = index_komponente.position
