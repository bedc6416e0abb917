-- One row per Raumebene whose sum of a counted Indikator is not the city's figure.
-- Exact figures must agree but for the rounding of each; estimated ones (methode) within their uncertainties.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: A counted Indikator has the same sum at every Raumebene; estimated figures within their uncertainties
-- expected_de: Ein gezählter Indikator hat auf jeder Raumebene dieselbe Summe; geschätzte Zahlen innerhalb ihrer
--   Unsicherheit
-- reason: People lost or counted twice between two Raumebenen make shares wrong that nobody recalculates.
-- reason_de: Menschen, die zwischen zwei Raumebenen verloren gehen oder doppelt zählen, verfälschen Anteile, die
--   niemand nachrechnet.
-- what_to_do: Look which units of the Raumebene lack a figure or have one too many; for estimated figures look at their
--   key.
-- what_to_do_de: Ansehen, welchen Einheiten der Raumebene eine Zahl fehlt oder welche zu viel ist; bei geschätzten
--   Zahlen ihren Schlüssel.
-- units_public: true
WITH eigenschaft AS (
    SELECT
        teil.indikator_id,
        bool_and(merkmal.ganzzahlig) AS ganzzahlig,
        bool_or(merkmal.art = 'flaeche') AS ist_flaeche
    FROM katalog.indikator_teil AS teil
    INNER JOIN katalog.merkmal AS merkmal
        ON teil.merkmal = merkmal.merkmal
    GROUP BY teil.indikator_id
),

summe AS (
    SELECT
        wert.zuschnitt,
        wert.stichtag,
        wert.indikator_id,
        ebene.raumebene,
        ebene.rang,
        indikator.nachkommastellen,
        eigenschaft.ganzzahlig,
        eigenschaft.ist_flaeche,
        sum(wert.wert) AS wert,
        count(*) AS einheiten,
        coalesce(sum(wert.unsicherheit) FILTER (WHERE wert.methode <> 'exact'), 0) AS unsicherheit
    FROM indikator_wert AS wert
    INNER JOIN katalog.indikator AS indikator
        ON wert.indikator_id = indikator.indikator_id
    INNER JOIN eigenschaft
        ON wert.indikator_id = eigenschaft.indikator_id
    INNER JOIN katalog.raumebene AS ebene
        ON wert.raumebene = ebene.raumebene
    WHERE indikator.typ = 'anzahl'
    GROUP BY ALL
    HAVING count(wert.wert) = count(*)
)

SELECT
    concat(teile.indikator_id, ', ', teile.stichtag, ', Zuschnitt ', teile.zuschnitt) AS einheit,
    concat(round(teile.wert, 6), ' over all of ', teile.raumebene) AS gefunden,
    concat(round(stadt.wert, 6), ' in the city') AS erwartet
FROM summe AS teile
INNER JOIN summe AS stadt
    ON
        teile.zuschnitt = stadt.zuschnitt
        AND teile.stichtag = stadt.stichtag
        AND teile.indikator_id = stadt.indikator_id
WHERE
    stadt.raumebene = (SELECT ebene.groebste FROM _ebene AS ebene)
    AND abs(teile.wert - stadt.wert)
    > teile.unsicherheit
    + stadt.unsicherheit
    + CASE WHEN teile.ist_flaeche THEN 0.005 ELSE 0.000000001 END * greatest(abs(stadt.wert), 1)
    + CASE WHEN teile.ganzzahlig THEN 0 ELSE 0.5 * (teile.einheiten + 1) / power(10, teile.nachkommastellen) END
ORDER BY teile.stichtag, teile.zuschnitt, teile.indikator_id, teile.rang
