-- One row per Merkmal that two sources delivered for the same Stichtag and the same base units.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: A Merkmal comes from one source for a Stichtag
-- expected_de: Ein Merkmal kommt für einen Stichtag aus einer Quelle
-- reason: Two sources for the same count would be added up.
-- reason_de: Zwei Quellen derselben Zahl würden addiert.
-- what_to_do: Decide in sources.toml which source delivers the Merkmal at this Stichtag.
-- what_to_do_de: In sources.toml entscheiden, welche Quelle das Merkmal zu diesem Stichtag liefert.
-- units_public: true
SELECT
    concat(merkmal, ', ', stichtag) AS einheit,
    concat(min(quelle), ' and ', max(andere_quelle), ' both deliver it, for ', count(*), ' base units') AS gefunden,
    'one source' AS erwartet
FROM _basis_wert
WHERE lieferungen > 1 AND quelle <> andere_quelle
GROUP BY merkmal, stichtag
ORDER BY stichtag, merkmal
