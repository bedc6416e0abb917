-- One row per Indikator with the way it is computed, as one text.
SELECT
    indikator.indikator_id,
    concat_ws(
        ' ', indikator.typ, indikator.faktor, indikator.nachkommastellen, indikator.abstand_jahre,
        string_agg(teil.rolle || ':' || teil.merkmal, ' ' ORDER BY teil.rolle, teil.merkmal)
    ) AS rechnung
FROM katalog.indikator AS indikator
LEFT JOIN katalog.indikator_teil AS teil
    ON indikator.indikator_id = teil.indikator_id
GROUP BY indikator.indikator_id, indikator.typ, indikator.faktor, indikator.nachkommastellen, indikator.abstand_jahre
