-- One row is a Merkmal that two sources delivered for the same Stichtag and the same base units.
SELECT
    concat(merkmal, ', ', stichtag) AS einheit,
    concat(min(quelle), ' and ', max(andere_quelle), ' both deliver it, for ', count(*), ' base units') AS gefunden,
    'one source' AS erwartet
FROM _basis_wert
WHERE quelle <> andere_quelle
GROUP BY merkmal, stichtag
ORDER BY stichtag, merkmal
