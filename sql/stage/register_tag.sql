-- One row per Stichtag as a register writes it (variable stichtag_text): the day, and the numbering of base units that
-- was valid on it; none where the text is no day, or no Zuschnitt was valid.
WITH gelesen AS (
    SELECT gelesene_zeit(getvariable('stichtag_text'))::DATE AS tag
)

SELECT
    gelesen.tag::VARCHAR AS tag,
    nummerierung.basis,
    nummerierung.basis_muster
FROM gelesen
ASOF INNER JOIN katalog.nummerierung ON gelesen.tag >= nummerierung.gueltig_ab
