-- One row per row of the plain files of one source, as text: file, line and the delivered columns.
SELECT *  -- noqa: AM04
FROM
    read_csv(
        getvariable('dateien'),
        header = TRUE,
        delim = ',',
        quote = '"',
        escape = '"',
        comment = '',
        new_line = '\r\n',
        skip = 0,
        all_varchar = TRUE,
        union_by_name = TRUE,
        hive_partitioning = FALSE
    )
