"""Holds the figures of pandas and polars against ours, row by row.

`python -m bench.compare OURS.parquet OTHER.parquet`: exit code 1 and the first differences when any row is
missing, additional or different. Counts must be equal exactly, rounded values to the last decimal.
"""

from __future__ import annotations

import sys

import duckdb

DIFFERENT = """
SELECT *
FROM (SELECT * REPLACE (stichtag::DATE AS stichtag) FROM read_parquet(getvariable('ours'))) AS ours
FULL JOIN (SELECT * REPLACE (stichtag::DATE AS stichtag) FROM read_parquet(getvariable('other'))) AS other
    USING (zuschnitt, raumebene, raum_id, stichtag, indikator_id)
WHERE
    ours.zaehler IS NULL
    OR other.zaehler IS NULL
    OR ours.zaehler <> other.zaehler
    OR ours.nenner IS DISTINCT FROM other.nenner
    OR (ours.wert IS NULL) <> (other.wert IS NULL)
    OR abs(ours.wert - other.wert) > 1e-9
ORDER BY ALL
"""


def main() -> int:
    """Compare the two files named on the command line."""
    ours, other = sys.argv[1:]
    con = duckdb.connect()
    con.execute(f"SET VARIABLE ours = '{ours}'; SET VARIABLE other = '{other}'")
    rows = con.execute("SELECT count(*) FROM read_parquet(getvariable('ours'))").fetchone()
    differences = con.execute(DIFFERENT).fetchall()
    if differences or not rows or not rows[0]:
        print(f"{ours} and {other}: {len(differences)} rows differ, of {rows}", file=sys.stderr)
        print(*differences[:10], sep="\n", file=sys.stderr)
        return 1
    print(rows[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
