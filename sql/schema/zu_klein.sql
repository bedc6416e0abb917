-- whether a count may not be told: it is above 0 and below its threshold; a count that is not known tells nothing
-- (sqlfluff takes the parameters for types)
CREATE OR REPLACE MACRO zu_klein(anzahl, mindestens) AS -- noqa: CP05
coalesce(anzahl > 0 AND anzahl < mindestens, FALSE);
