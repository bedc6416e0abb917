-- One row per pair of an old and a new unit of a Raumebene that a redraw connects: through common base units, or, where
-- there are none, because they share more than a sliver on the map. With the area and the residents of what they share.
-- On the map coarser units share what the finer ones inside them do.
WITH gemeinsam AS (
    SELECT
        gemeinsame_basis.von_zuschnitt,
        gemeinsame_basis.nach_zuschnitt,
        gemeinsame_basis.raumebene,
        gemeinsame_basis.von_id,
        gemeinsame_basis.nach_id,
        round(sum(basis_flaeche.flaeche_km2), 6) AS flaeche_km2
    FROM gemeinsame_basis
    INNER JOIN basis_flaeche
        ON
            gemeinsame_basis.basis = basis_flaeche.basis
            AND gemeinsame_basis.basis_id = basis_flaeche.basis_id
            AND coalesce(basis_flaeche.zuschnitt, '') IN ('', gemeinsame_basis.von_zuschnitt)
    GROUP BY ALL
),

auf_der_karte AS (
    SELECT
        geometrie_uebergang.von_zuschnitt,
        geometrie_uebergang.nach_zuschnitt,
        geometrie_uebergang.raumebene,
        geometrie_uebergang.von_id,
        geometrie_uebergang.nach_id,
        geometrie_uebergang.flaeche_km2,
        geometrie_uebergang.einwohner
    FROM geometrie_uebergang
    SEMI JOIN umbruch
        ON
            geometrie_uebergang.von_zuschnitt = umbruch.von_zuschnitt
            AND geometrie_uebergang.nach_zuschnitt = umbruch.nach_zuschnitt
),

darueber AS (
    SELECT
        auf_der_karte.von_zuschnitt,
        auf_der_karte.nach_zuschnitt,
        ober.ziel_ebene AS raumebene,
        alt.eltern[ober.ziel_ebene] AS von_id,
        neu.eltern[ober.ziel_ebene] AS nach_id,
        round(sum(auf_der_karte.flaeche_km2), 6) AS flaeche_km2,
        round(sum(auf_der_karte.einwohner), 6) AS einwohner
    FROM auf_der_karte
    INNER JOIN schaetzung_ebene AS ober
        ON auf_der_karte.nach_zuschnitt = ober.nach_zuschnitt AND auf_der_karte.raumebene = ober.raumebene
    INNER JOIN raum AS alt
        ON
            auf_der_karte.von_zuschnitt = alt.zuschnitt
            AND auf_der_karte.raumebene = alt.raumebene
            AND auf_der_karte.von_id = alt.raum_id
    INNER JOIN raum AS neu
        ON
            auf_der_karte.nach_zuschnitt = neu.zuschnitt
            AND auf_der_karte.raumebene = neu.raumebene
            AND auf_der_karte.nach_id = neu.raum_id
    WHERE alt.eltern[ober.ziel_ebene] IS NOT NULL AND neu.eltern[ober.ziel_ebene] IS NOT NULL
    GROUP BY ALL
)

SELECT
    uebergang.von_zuschnitt,
    uebergang.nach_zuschnitt,
    uebergang.raumebene,
    uebergang.von_id,
    uebergang.nach_id,
    gemeinsam.flaeche_km2,
    uebergang.einwohner,
    'basiseinheiten' AS grundlage
FROM uebergang
LEFT JOIN gemeinsam
    ON
        uebergang.von_zuschnitt = gemeinsam.von_zuschnitt
        AND uebergang.nach_zuschnitt = gemeinsam.nach_zuschnitt
        AND uebergang.raumebene = gemeinsam.raumebene
        AND uebergang.von_id = gemeinsam.von_id
        AND uebergang.nach_id = gemeinsam.nach_id

UNION ALL

SELECT
    *,
    'geometrie' AS grundlage
FROM auf_der_karte

UNION ALL

SELECT
    *,
    'geometrie' AS grundlage
FROM darueber
