-- One row per part of a unit of one Zuschnitt in one of another: a row of schluessel_geschaetzt, made from the numbers
-- in which Python computes keys (teil_nummer). Each number is a place in a list (from 0) that is set as a variable.
SELECT
    getvariable('von_zuschnitt') AS von_zuschnitt,
    getvariable('nach_zuschnitt') AS nach_zuschnitt,
    getvariable('raumebene') AS raumebene,
    getvariable('von_einheiten')[von + 1] AS von_id,
    getvariable('nach_einheiten')[nach + 1] AS nach_id,
    getvariable('merkmale')[merkmal + 1] AS merkmal,
    entlehnt,
    getvariable('stichtag')::DATE AS stichtag,
    CASE WHEN angepasst THEN getvariable('nah_am')::DATE END AS nah_am,
    round(anteil, 12) AS anteil,
    round(einwohner, 6) AS einwohner,
    getvariable('methoden')[methode + 1] AS methode,
    round(faktor, 6) AS faktor,
    round(relativ, 9) AS relativ,
    ungeteilt,
    insel
FROM teil_nummer
