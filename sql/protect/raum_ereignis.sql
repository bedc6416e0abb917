-- One row an old and a new unit that a redraw connects, with what happened in a sentence.
SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    ereignis,
    von_id,
    nach_id,
    CASE
        WHEN ereignis = 'unveraendert' THEN von_id || ' blieb unverändert.'
        WHEN ereignis = 'umnummeriert' THEN von_id || ' heißt jetzt ' || nach_id || '.'
        WHEN ereignis = 'geteilt' AND von_id = nach_id THEN von_id || ' wurde geteilt; ein Teil behielt die Nummer.'
        WHEN ereignis = 'geteilt' THEN 'Ein Teil von ' || von_id || ' ist jetzt ' || nach_id || '.'
        WHEN ereignis = 'zusammengelegt' AND von_id = nach_id THEN von_id || ' nahm andere Einheiten auf.'
        WHEN ereignis = 'zusammengelegt' THEN von_id || ' ging in ' || nach_id || ' auf.'
        WHEN ereignis = 'neu' THEN nach_id || ' ist neu.'
        WHEN ereignis = 'aufgeloest' THEN von_id || ' wurde aufgelöst.'
        WHEN von_id <> nach_id THEN 'Ein Teil von ' || von_id || ' gehört jetzt zu ' || nach_id || '.'
        WHEN gibt_ab AND nimmt_auf THEN von_id || ' gab einen Teil ab und erhielt einen anderen.'
        WHEN gibt_ab THEN von_id || ' gab einen Teil ab.'
        ELSE von_id || ' erhielt einen Teil.'
    END AS beschreibung
FROM ereignis
