-- One row is the value of one Merkmal at one base unit and Stichtag, with how often and by whom it was delivered.
-- A working table of the checks: matrix sources and the register side by side. NULL = delivered as unknown.
WITH register_lang AS (
    UNPIVOT stage.register
    ON COLUMNS(* EXCLUDE (quelle, stichtag, basis, basis_id))
    INTO NAME merkmal VALUE wert
),

geliefert AS (
    SELECT
        quelle,
        stichtag,
        basis,
        basis_id,
        merkmal,
        CASE status WHEN 'nichts' THEN coalesce(wert, 0) ELSE wert END AS wert
    FROM stage.zaehlung
    UNION ALL
    SELECT
        quelle,
        stichtag,
        basis,
        basis_id,
        merkmal,
        wert::DOUBLE AS wert
    FROM register_lang
)

SELECT
    stichtag,
    basis,
    basis_id,
    merkmal,
    sum(wert) AS wert,
    count(*) AS lieferungen,
    min(quelle) AS quelle,
    max(quelle) AS andere_quelle
FROM geliefert
GROUP BY stichtag, basis, basis_id, merkmal
