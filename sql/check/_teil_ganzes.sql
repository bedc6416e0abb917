-- One row is a pair of Merkmale of which the first counts a part of the second.
SELECT
    paar.teil,
    paar.ganzes
FROM (
    VALUES
    ('weiblich', 'einwohner'),
    ('nichtdeutsche', 'einwohner'),
    ('migrationshintergrund', 'einwohner'),
    ('nichtdeutsche', 'migrationshintergrund'),
    ('migrationshintergrund_0_17', 'migrationshintergrund'),
    ('migrationshintergrund_0_17', 'einwohner_0_17'),
    ('wohndauer_5_plus', 'einwohner_5_plus'),
    ('wohndauer_10_plus', 'einwohner_10_plus'),
    ('einwohner_5_plus', 'einwohner'),
    ('einwohner_10_plus', 'einwohner_5_plus'),
    ('einwohner_0_14', 'einwohner_0_17'),
    ('einwohner_0_17', 'einwohner_0_64'),
    ('einwohner_18_64', 'einwohner_0_64'),
    ('haushalte_1_person', 'haushalte'),
    ('haushalte_mit_kindern', 'haushalte'),
    ('haushalte_alleinerziehend', 'haushalte_mit_kindern'),
    ('haushalte', 'personen_in_haushalten'),
    ('sgb2', 'einwohner_0_64'),
    ('sgb2_0_17', 'sgb2'),
    ('sgb2_0_17', 'einwohner_0_17'),
    ('sgb2_0_14', 'sgb2_0_17'),
    ('sgb2_0_14', 'einwohner_0_14'),
    ('arbeitslose', 'einwohner_18_64'),
    ('mindestsicherung_65_plus', 'einwohner_65_plus'),
    ('wohnungen_ein_zweifamilienhaus', 'wohnungen'),
    ('wohnungen_gefoerdert', 'wohnungen'),
    ('wohnungen_baujahr_vor_1949', 'wohnungen'),
    ('wohnungen_baujahr_ab_2010', 'wohnungen')
) AS paar (teil, ganzes)
