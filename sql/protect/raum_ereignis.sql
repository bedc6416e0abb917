-- One row an old and a new unit that a redraw connects, with what happened in a sentence.
SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    ereignis,
    von_id,
    nach_id,
    CASE ereignis
        WHEN 'unveraendert' THEN von_id || ' blieb unverändert.'
        WHEN 'umnummeriert' THEN von_id || ' heißt jetzt ' || nach_id || '.'
        WHEN 'geteilt' THEN 'Ein Teil von ' || von_id || ' ist jetzt ' || nach_id || '.'
        WHEN 'zusammengelegt' THEN von_id || ' ging in ' || nach_id || ' auf.'
        WHEN 'teil_uebertragen' THEN von_id || ' und ' || nach_id || ' haben Baublockseiten gemeinsam; Grenzen verschoben.'
        WHEN 'neu' THEN nach_id || ' ist neu.'
        ELSE von_id || ' wurde aufgelöst.'
    END AS beschreibung
FROM ereignis
