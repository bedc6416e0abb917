-- One row: how many figures of the Stichtage that both releases have changed, came and went, each counted once, and how
-- many differ on older Zuschnitte besides.
SELECT
    count(*) FILTER (heutig AND art = 'changed') AS changed,
    count(*) FILTER (heutig AND art = 'come') AS come,
    count(*) FILTER (heutig AND art = 'gone') AS gone,
    count(*) FILTER (NOT heutig) AS elsewhere
FROM unterschied_frueher
