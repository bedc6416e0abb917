"""The floor: one DuckDB statement that reads the same files and groups persons, and nothing more.

`python -m bench.floor EXTRACTS`. Written as fast as we know how: typed columns, only the wanted ones read, CSV
dialect left to the sniffer where that makes the scan cheaper.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from bench.worker import timed
from flows.base.home import limits

STATEMENT = """
CREATE TABLE floor AS
SELECT
    zuordnung.SOZIALRAUM, person.STICHTAG, person.ALTER, person.GESCHLECHT, person.NATION,
    count(*) AS personen
FROM read_csv(
    getvariable('persons'), delim = ';', header = TRUE, dateformat = '%d.%m.%Y',
    columns = {
        'BBS': 'VARCHAR', 'STICHTAG': 'DATE', 'ALTER': 'UTINYINT', 'GESCHLECHT': 'VARCHAR', 'NATION': 'VARCHAR',
        'MIGRATION': 'VARCHAR', 'WOHNDAUER': 'VARCHAR'
    }
) AS person
INNER JOIN (
    SELECT BBS, SOZIALRAUM, DATE '2015-01-01' AS ab, DATE '2020-01-01' AS bis
    FROM read_csv(getvariable('zuordnung_2015'), delim = ';', all_varchar = TRUE)
    UNION ALL
    SELECT BBS, SOZIALRAUM, DATE '2020-01-01' AS ab, DATE '9999-12-31' AS bis
    FROM read_csv(getvariable('zuordnung_2020'), delim = ';', all_varchar = TRUE)
) AS zuordnung
    ON person.BBS = zuordnung.BBS AND person.STICHTAG >= zuordnung.ab AND person.STICHTAG < zuordnung.bis
GROUP BY ALL
"""


def main() -> None:
    """Run the statement on the extracts named on the command line."""
    extracts, bounds = Path(sys.argv[1]), limits()
    con = duckdb.connect(config={"threads": bounds.threads, "memory_limit": bounds.memory})
    con.execute(f"SET VARIABLE persons = '{extracts}/einwohner/EW_Personen_*.csv'")
    for year in (2015, 2020):
        con.execute(f"SET VARIABLE zuordnung_{year} = '{extracts}/raum/Zuordnung_{year}.csv'")
    timed(lambda: con.execute(STATEMENT), lambda _: None)


if __name__ == "__main__":
    main()
