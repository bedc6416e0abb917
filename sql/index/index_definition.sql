-- One row per version of an index that is computed: its definition.
-- A view
SELECT definition.* -- noqa: AM04
FROM katalog.index_definition AS definition
SEMI JOIN index_wert_alle
    ON
        definition.index_id = index_wert_alle.index_id
        AND definition.index_version = index_wert_alle.index_version
