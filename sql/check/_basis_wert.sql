-- One row per value of one Merkmal at one base unit and Stichtag, with how often and by whom it was delivered.
-- A working table of the checks. NULL = delivered as unknown.
SELECT
    stichtag,
    basis,
    basis_id,
    merkmal,
    sum(CASE status WHEN 'nichts' THEN coalesce(wert, 0) ELSE wert END) AS wert,
    count(*) AS lieferungen,
    min(quelle) AS quelle,
    max(quelle) AS andere_quelle
FROM stage.zaehlung
GROUP BY stichtag, basis, basis_id, merkmal
