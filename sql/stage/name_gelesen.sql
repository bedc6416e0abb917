-- One row per text by which rows call their unit and Zuschnitt, of a source that calls units by name: the days for
-- which it holds, and the base unit or the rule that the row breaks. A name that no unit has is reported with the
-- likeliest.
WITH gueltig AS (
    SELECT zuschnitt FROM katalog.zuschnitt
    UNION
    SELECT zuschnitt FROM stage.zuordnung
),

zeitraum AS (
    SELECT
        zuschnitt,
        zuschnitt::DATE AS von,
        lead(zuschnitt::DATE, 1, DATE '9999-12-31') OVER (ORDER BY zuschnitt::DATE) AS bis
    FROM gueltig
),

texte AS (
    SELECT basis_text FROM roh
    UNION
    SELECT basis_text FROM roh_entfallen
),

gelesen AS (
    SELECT
        zeitraum.zuschnitt,
        zeitraum.von,
        zeitraum.bis,
        texte.basis_text,
        schlichter_name(kennung_im_text(texte.basis_text)) AS name
    FROM texte
    CROSS JOIN zeitraum
    WHERE getvariable('ebene_der_namen') IS NOT NULL
),

fremd AS (
    SELECT
        gelesen.zuschnitt,
        gelesen.name,
        einheit_name.name AS aehnlich,
        jaro_winkler_similarity(lower(gelesen.name), lower(einheit_name.name)) AS aehnlichkeit
    FROM gelesen
    INNER JOIN einheit_name ON gelesen.zuschnitt = einheit_name.zuschnitt
    ANTI JOIN einheit_name AS bekannt ON gelesen.zuschnitt = bekannt.zuschnitt AND gelesen.name = bekannt.name
),

vermutet AS (
    SELECT
        zuschnitt,
        name,
        max_by(aehnlich, aehnlichkeit) AS aehnlich
    FROM fremd
    WHERE aehnlichkeit >= 0.8
    GROUP BY zuschnitt, name
)

SELECT
    gelesen.von,
    gelesen.bis,
    gelesen.basis_text,
    einheit_name.basis_id,
    CASE
        WHEN einheit_name.name IS NOT NULL THEN einheit_name.regel
        ELSE
            concat(
                'the name of a unit of ', getvariable('ebene_der_namen')::VARCHAR, ' in this Zuschnitt',
                coalesce('; the likeliest is ' || vermutet.aehnlich, '')
            )
    END AS regel
FROM gelesen
LEFT JOIN einheit_name ON gelesen.zuschnitt = einheit_name.zuschnitt AND gelesen.name = einheit_name.name
LEFT JOIN vermutet ON gelesen.zuschnitt = vermutet.zuschnitt AND gelesen.name = vermutet.name
