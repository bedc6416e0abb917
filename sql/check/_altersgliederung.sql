-- One row is an age band and the complete division of the residents that it belongs to.
SELECT
    bands.gliederung,
    bands.merkmal,
    count(*) OVER (PARTITION BY bands.gliederung) AS gruppen
FROM (
    VALUES
    ('0-2 to 67+', 'einwohner_0_2'),
    ('0-2 to 67+', 'einwohner_3_5'),
    ('0-2 to 67+', 'einwohner_6_9'),
    ('0-2 to 67+', 'einwohner_10_17'),
    ('0-2 to 67+', 'einwohner_18_26'),
    ('0-2 to 67+', 'einwohner_27_66'),
    ('0-2 to 67+', 'einwohner_67_plus'),
    ('0-5 to 80+', 'einwohner_0_5'),
    ('0-5 to 80+', 'einwohner_6_17'),
    ('0-5 to 80+', 'einwohner_18_29'),
    ('0-5 to 80+', 'einwohner_30_49'),
    ('0-5 to 80+', 'einwohner_50_64'),
    ('0-5 to 80+', 'einwohner_65_79'),
    ('0-5 to 80+', 'einwohner_80_plus'),
    ('0-17, 18-64, 65+', 'einwohner_0_17'),
    ('0-17, 18-64, 65+', 'einwohner_18_64'),
    ('0-17, 18-64, 65+', 'einwohner_65_plus'),
    ('0-64, 65+', 'einwohner_0_64'),
    ('0-64, 65+', 'einwohner_65_plus')
) AS bands (gliederung, merkmal)
