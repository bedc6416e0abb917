-- why a result is missing: of status `fehlt` the status in brackets that the reason names, if it does, else the status
-- (sqlfluff takes the parameters for types)
CREATE OR REPLACE TEMP MACRO fehlgrund(status, grund) AS -- noqa: CP05
CASE WHEN status = 'fehlt' THEN coalesce(nullif(regexp_extract(grund, '\((\w+)\)', 1), ''), status) ELSE status END;
