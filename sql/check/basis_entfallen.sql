-- One row per base unit and Stichtag without a count of a source that leaves out what is empty, since its row fell out.
-- station: staged
-- owner: Statistikstelle
-- severity: warning
-- expected: What is not listed is empty, and not left out by a rule or set aside
-- expected_de: Was nicht in der Liste steht, ist leer und nicht durch eine Regel ausgelassen oder zurückgestellt
-- reason: A row that the profile leaves out (only, drop), or one in quarantine whose unit cannot be read, does not say
--   that its unit has 0; its figure is unknown and the sums over it are incomplete.
-- reason_de: Eine Zeile, die das Profil auslässt (only, drop) oder die in Quarantäne steht und deren Einheit nicht
--   lesbar ist, sagt nicht, dass ihre Einheit 0 hat; ihre Zahl ist unbekannt, und die Summen darüber sind
--   unvollständig.
-- what_to_do: Look at the texts of the row in the delivered file and correct `only` or `drop` in sources.toml. If rows
--   of other kinds are right and left out on purpose, name their texts in `others`.
-- what_to_do_de: Die Texte der Zeile in der gelieferten Datei ansehen und `only` oder `drop` in sources.toml
--   berichtigen. Sind Zeilen anderer Art richtig und mit Absicht ausgelassen, ihre Texte unter `others` nennen.
-- units_public: false
SELECT
    concat(basis, ' ', basis_id, ', ', stichtag) AS einheit,
    concat('only rows that fell out, for ', string_agg(merkmal, ', ' ORDER BY merkmal)) AS gefunden,
    'a row taken over, or none' AS erwartet
FROM luecke
WHERE grund = 'entfallen'
GROUP BY basis, basis_id, stichtag
ORDER BY stichtag, basis_id
