-- One row per person of a register extract, as text, read straight from the delivered files.
SELECT
    *,  -- noqa: AM04
    pfad AS datei
FROM
    read_csv(
        getvariable('dateien'),
        header = TRUE,
        delim = getvariable('trenner'),
        quote = getvariable('anfuehrung'),
        all_varchar = TRUE,
        auto_detect = FALSE,
        columns = getvariable('spalten'),
        filename = 'pfad',
        hive_partitioning = FALSE
    )
