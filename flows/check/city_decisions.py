"""What a city decides about its checks, seen from a run: which waivers it needs, and what it would have to expect."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from flows.check.frames import Frame
from flows.check.models import TYPE_CHECKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from flows.check.models import CheckJob, CheckResult
    from flows.profile.checks import Waiver

WAIVERS = "verzicht"
"""The frame of the waivers. It follows from the other outcomes, so no file of SQL makes it."""

_EXPECTED = """\
# What this run found. To expect just this from now on, look whether it is right and
# copy the file to the city's folder (beside city.toml) as expected.toml.
"""

_DELIVERED = """
SELECT quelle, concat(stichtag, ' = ', basiseinheiten) FROM _lieferung_umfang ORDER BY quelle, stichtag
"""

_UNITS = """
SELECT raum.zuschnitt, concat(raum.raumebene, ' = ', count(DISTINCT raum.raum_id))
FROM raum INNER JOIN katalog.raumebene AS ebene ON raum.raumebene = ebene.raumebene
GROUP BY raum.zuschnitt, raum.raumebene, ebene.rang
ORDER BY raum.zuschnitt, ebene.rang
"""


def waivers_as_frame(job: CheckJob, results: Sequence[CheckResult], needed: Sequence[Waiver]) -> Frame:
    """Return the job's waivers, and whether each still holds and is needed by one of `results`.

    Those of types are judged with the types (flows.check.type_results), which are not made yet.
    """
    checks = {result.check for result in results}
    rows = [
        {
            "einheit": f"{waiver.check} (until {waiver.expires})",
            "gilt": not waiver.expired(job.today),
            "gebraucht": waiver.expired(job.today) or waiver in needed or waiver.check.startswith(TYPE_CHECKS),
            "gefunden": "no check of this name" if waiver.check not in checks else f"today is {job.today}",
            "erwartet": f"a failure to accept until {waiver.expires}: {waiver.reason}",
        }
        for waiver in job.waivers
    ]
    columns = ["einheit", "gilt", "gebraucht", "gefunden", "erwartet"]
    return Frame(WAIVERS, pd.DataFrame(rows, columns=columns))


def expected_as_found(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the expected.toml that the run behind `connection` would meet exactly."""
    parts = [_EXPECTED]
    for title, query in (("deliveries.{}", _DELIVERED), ('units."{}"', _UNITS)):
        rows = connection.execute(query).fetchall()
        for name, lines in groupby(rows, key=lambda row: row[0]):
            parts.append("\n".join([f"[{title.format(name)}]", *(line for _, line in lines), ""]))
    return "\n".join(parts)
