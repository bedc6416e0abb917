-- which Indikator is the picture of a release: 1 a share that says need, 2 another share, 3 any other; of equals the
-- first of the codebook (sqlfluff takes the parameters for types)
CREATE OR REPLACE TEMP MACRO bild_rang(typ, richtung) AS -- noqa: CP05
CASE WHEN typ <> 'anteil' THEN 3 WHEN richtung = 'neutral' THEN 2 ELSE 1 END;
