-- One row per unit without a name, on a Raumebene of which other units have one: its id stands for the name.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: Where units of a Raumebene have names, all of them have
-- expected_de: Haben Einheiten einer Raumebene Namen, so haben alle einen
-- reason: After a redraw names of the new Zuschnitt were not delivered, belong to another Zuschnitt, or their ids are
--   written in another way than in the Zuordnung.
-- reason_de: Nach einem Neuzuschnitt wurden die Namen nicht geliefert, gehören zu einem anderen Zuschnitt, oder ihre
--   Kennungen sind anders geschrieben als in der Zuordnung.
-- what_to_do: Ask for the names of the Zuschnitt, or mend `zuschnitt`, `id` or `levels` of the source of names in
--   sources.toml.
-- what_to_do_de: Die Namen des Zuschnitts anfordern, oder `zuschnitt`, `id` oder `levels` der Quelle der Namen in
--   sources.toml berichtigen.
-- units_public: true
WITH benannt AS (
    SELECT DISTINCT raumebene
    FROM stage.raum_name
)

SELECT
    concat(raum.raumebene, ' ', raum.raum_id, ', Zuschnitt ', raum.zuschnitt) AS einheit,
    'no name, so its id stands for it' AS gefunden,
    'a name, as other units have' AS erwartet
FROM raum
SEMI JOIN benannt ON raum.raumebene = benannt.raumebene
ANTI JOIN stage.raum_name
    ON
        raum.zuschnitt = raum_name.zuschnitt
        AND raum.raumebene = raum_name.raumebene
        AND raum.raum_id = raum_name.raum_id
ORDER BY raum.zuschnitt, raum.raumebene, raum.raum_id
