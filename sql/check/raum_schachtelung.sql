-- One row per unit of the finest Raumebene that lies in several units of a coarser one in which it should lie whole.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: The finest units lie whole in the coarser Raumebenen that the city declares
-- expected_de: Die feinsten Einheiten liegen ganz in den gröberen Raumebenen, die die Stadt so angibt
-- reason: Readers add Sozialräume up to Stadtteile where nesting is declared.
-- reason_de: Leser addieren Sozialräume zu Stadtteilen, wo das Profil sagt, dass sie darin liegen.
-- what_to_do: Correct the Zuordnung, or declare in city.toml in which Raumebenen this Zuschnitt nests (nested = [...]).
-- what_to_do_de: Die Zuordnung berichtigen, oder in city.toml angeben, in welchen Raumebenen dieser Zuschnitt liegt
--   (nested = [...]).
-- units_public: true
SELECT
    concat(raum.raumebene, ' ', raum.raum_id, ', Zuschnitt ', raum.zuschnitt) AS einheit,
    concat('parts in several units of ', schachtelung.raumebene) AS gefunden,
    concat('one unit of ', schachtelung.raumebene, ', as `nested` in city.toml says') AS erwartet
FROM raum
INNER JOIN katalog.schachtelung ON raum.zuschnitt = schachtelung.zuschnitt
SEMI JOIN _ebene ON raum.raumebene = _ebene.feinste
WHERE raum.eltern[schachtelung.raumebene] IS NULL
ORDER BY raum.zuschnitt, schachtelung.raumebene, raum.raum_id
