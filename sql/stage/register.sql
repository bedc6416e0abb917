-- One row per base unit and Stichtag: the Merkmale counted from the persons of the register.
WITH gezaehlt AS (
    SELECT
        register_gezaehlt.*,
        register_tag.tag,
        register_tag.basis
    FROM register_gezaehlt
    INNER JOIN register_tag ON register_gezaehlt.stichtag_text = register_tag.stichtag_text
    WHERE register_gezaehlt.gut
)

SELECT
    getvariable('quelle') AS quelle,
    tag AS stichtag,
    basis,
    basis_text AS basis_id,
    sum(einwohner)::BIGINT AS einwohner,
    sum(unter_3)::BIGINT AS einwohner_0_2,
    sum(unter_6 - unter_3)::BIGINT AS einwohner_3_5,
    sum(unter_10 - unter_6)::BIGINT AS einwohner_6_9,
    sum(unter_18 - unter_10)::BIGINT AS einwohner_10_17,
    sum(unter_27 - unter_18)::BIGINT AS einwohner_18_26,
    sum(unter_67 - unter_27)::BIGINT AS einwohner_27_66,
    sum(einwohner - unter_67)::BIGINT AS einwohner_67_plus,
    sum(unter_6)::BIGINT AS einwohner_0_5,
    sum(unter_18 - unter_6)::BIGINT AS einwohner_6_17,
    sum(unter_30 - unter_18)::BIGINT AS einwohner_18_29,
    sum(unter_50 - unter_30)::BIGINT AS einwohner_30_49,
    sum(unter_65 - unter_50)::BIGINT AS einwohner_50_64,
    sum(unter_80 - unter_65)::BIGINT AS einwohner_65_79,
    sum(einwohner - unter_80)::BIGINT AS einwohner_80_plus,
    sum(unter_15)::BIGINT AS einwohner_0_14,
    sum(unter_18)::BIGINT AS einwohner_0_17,
    sum(unter_65)::BIGINT AS einwohner_0_64,
    sum(unter_65 - unter_18)::BIGINT AS einwohner_18_64,
    sum(einwohner - unter_65)::BIGINT AS einwohner_65_plus,
    sum(einwohner - unter_5)::BIGINT AS einwohner_5_plus,
    sum(einwohner - unter_10)::BIGINT AS einwohner_10_plus,
    sum(weiblich)::BIGINT AS weiblich,
    sum(nichtdeutsche)::BIGINT AS nichtdeutsche,
    sum(migrationshintergrund)::BIGINT AS migrationshintergrund,
    sum(migrationshintergrund_0_17)::BIGINT AS migrationshintergrund_0_17,
    sum(wohndauer_5_plus)::BIGINT AS wohndauer_5_plus,
    sum(wohndauer_10_plus)::BIGINT AS wohndauer_10_plus
FROM gezaehlt
GROUP BY ALL
