-- One row per Stichtag and Zuschnitt that had figures together in the last release and has none now.
-- station: release
-- owner: Statistikstelle
-- severity: critical
-- expected: Every Stichtag has figures on every Zuschnitt on which the last release had some
-- expected_de: Jeder Stichtag hat auf jedem Zuschnitt Zahlen, auf dem die letzte Fortschreibung welche hatte
-- reason: A series on today's boundaries that loses its past breaks the readers' comparisons.
-- reason_de: Eine Reihe auf den heutigen Grenzen, die ihre Vergangenheit verliert, bricht die Vergleiche der Leser.
-- what_to_do: Look which redraw lies between the two and what it lacks (checks schaetzung_fehlt, schaetzung_befund),
--   such as polygons of a Zuschnitt that was added; if the figures are given up on purpose, say so in a waiver.
-- what_to_do_de: Ansehen, welcher Neuzuschnitt dazwischen liegt und was ihm fehlt (Prüfungen schaetzung_fehlt,
--   schaetzung_befund), etwa die Polygone eines hinzugekommenen Zuschnitts; sind die Zahlen mit Absicht aufgegeben,
--   eine Ausnahme eintragen.
-- units_public: true
WITH damals AS (
    SELECT DISTINCT
        stichtag,
        zuschnitt
    FROM _vorversion_wert
),

jetzt AS (
    SELECT DISTINCT
        stichtag,
        zuschnitt
    FROM indikator_wert
    WHERE wert IS NOT NULL
)

SELECT
    concat(damals.stichtag, ', Zuschnitt ', damals.zuschnitt) AS einheit,
    'no figure any more' AS gefunden,
    'figures, as in the last release' AS erwartet
FROM damals
ANTI JOIN jetzt ON damals.stichtag = jetzt.stichtag AND damals.zuschnitt = jetzt.zuschnitt
SEMI JOIN jetzt AS stichtag_da ON damals.stichtag = stichtag_da.stichtag -- else vorversion_stichtag tells
ORDER BY damals.stichtag, damals.zuschnitt
