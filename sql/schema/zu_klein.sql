-- whether a count may not be published: it is above 0 and below its threshold; an unknown count gives nothing away
-- (sqlfluff takes the parameters for types)
CREATE OR REPLACE MACRO zu_klein(anzahl, mindestens) AS -- noqa: CP05
coalesce(anzahl > 0 AND anzahl < mindestens, FALSE);
