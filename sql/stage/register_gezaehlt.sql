-- One row per base unit, Stichtag text, file and good-or-bad: its persons counted in one pass over the extract.
-- `unter_N` counts the persons younger than N, so that each age costs one comparison; bands are differences.
SELECT
    datei,
    basis_text,
    stichtag_text,
    gut,
    count(*) AS einwohner,
    count_if(alter_jahre < 3) AS unter_3,
    count_if(alter_jahre < 5) AS unter_5,
    count_if(alter_jahre < 6) AS unter_6,
    count_if(alter_jahre < 10) AS unter_10,
    count_if(alter_jahre < 15) AS unter_15,
    count_if(alter_jahre < 18) AS unter_18,
    count_if(alter_jahre < 27) AS unter_27,
    count_if(alter_jahre < 30) AS unter_30,
    count_if(alter_jahre < 50) AS unter_50,
    count_if(alter_jahre < 65) AS unter_65,
    count_if(alter_jahre < 67) AS unter_67,
    count_if(alter_jahre < 80) AS unter_80,
    count_if(ist_weiblich) AS weiblich,
    count_if(ist_nichtdeutsch) AS nichtdeutsche,
    count_if(hat_migration) AS migrationshintergrund,
    count_if(hat_migration AND alter_jahre < 18) AS migrationshintergrund_0_17,
    count_if(dauer_jahre >= 5 AND alter_jahre >= 5) AS wohndauer_5_plus,
    count_if(dauer_jahre >= 10 AND alter_jahre >= 10) AS wohndauer_10_plus
FROM person
GROUP BY datei, basis_text, stichtag_text, gut
