-- One row per pair of an old and a new unit of a Raumebene that share base units: how many, and the residents that live
-- in them.
SELECT
    gemeinsame_basis.von_zuschnitt,
    gemeinsame_basis.nach_zuschnitt,
    gemeinsame_basis.stichtag,
    gemeinsame_basis.raumebene,
    gemeinsame_basis.von_id,
    gemeinsame_basis.nach_id,
    count(*) AS basiseinheiten,
    coalesce(sum(bewohnt.einwohner), 0) AS einwohner
FROM gemeinsame_basis
LEFT JOIN bewohnt
    ON
        gemeinsame_basis.stichtag = bewohnt.stichtag
        AND gemeinsame_basis.basis = bewohnt.basis
        AND gemeinsame_basis.basis_id = bewohnt.basis_id
GROUP BY ALL
