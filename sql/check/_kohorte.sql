-- One row is a pair of age bands of which the second holds the same people some years later, with bounds of the ratio.
-- The bounds are wide conventions for a German city: net migration and deaths may take or bring that much, not more.
SELECT
    paar.damals,
    paar.heute,
    paar.jahre,
    paar.mindestens,
    paar.hoechstens
FROM (
    VALUES
    ('einwohner_0_2', 'einwohner_3_5', 3, 0.70, 1.40),
    ('einwohner_65_plus', 'einwohner_67_plus', 2, 0.80, 1.02),
    ('einwohner', 'einwohner_5_plus', 5, 0.75, 1.30),
    ('einwohner_5_plus', 'einwohner_10_plus', 5, 0.75, 1.30),
    ('einwohner', 'einwohner_10_plus', 10, 0.60, 1.50),
    ('einwohner_50_64', 'einwohner_65_79', 15, 0.60, 1.10),
    ('einwohner_65_plus', 'einwohner_80_plus', 15, 0.15, 0.70)
) AS paar (damals, heute, jahre, mindestens, hoechstens)
