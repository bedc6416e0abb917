-- One row per delivered file in which no line begins as the footer that sources.toml declares.
-- station: extract
-- owner: Statistikstelle
-- severity: warning
-- expected: A file that is declared to end in notes does
-- expected_de: Eine Datei, die laut Profil mit Anmerkungen endet, tut es
-- reason: What should stand last is missing: the file may be cut short, or its notes begin in another way and are read
--   as rows.
-- reason_de: Was am Ende stehen soll, fehlt: die Datei kann abgeschnitten sein, oder ihre Anmerkungen beginnen anders
--   und werden als Zeilen gelesen.
-- what_to_do: Look at the end of the file; correct `footer` in sources.toml (it is compared with the first cell
--   of a line), or leave it out.
-- what_to_do_de: Das Ende der Datei ansehen; `footer` in sources.toml berichtigen (verglichen wird mit der ersten Zelle
--   einer Zeile) oder weglassen.
-- units_public: true
SELECT
    concat(quelle, ': ', datei) AS einheit,
    'no line that begins so' AS gefunden,
    'the footer of its dialect' AS erwartet
FROM stage.datei
WHERE fusszeile_fehlt
ORDER BY quelle, datei
