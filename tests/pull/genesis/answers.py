"""What GENESIS web services answer: tables, outcomes with HTTP 200, the dialogue of a job."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from tests.pull.replay import Heard, Said

USER, PASSWORD, TOKEN = "DE4711XX", "sehr&geheim~ü", "0123456789abcdef0123456789abcdef"
TABLE = "12411-01-01-4"
TABLEFILE, RESULTS, RESULTFILE = "/data/tablefile", "/catalogue/results", "/data/resultfile"
MODIFIED = "/catalogue/modifieddata"


def status(code: int, words: str = "", **more: Any) -> Said:
    """An answer as the services give it: HTTP 200, the outcome in Status.Code."""
    body = {"Ident": {}, "Status": {"Code": code, "Content": words, "Type": "Information"}, **more}
    return Said(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def ffcsv(year: int = 2024) -> Said:
    """A table, packed; the same bytes whenever it is made (else they would hold the time, to two seconds)."""
    out, entry = io.BytesIO(), zipfile.ZipInfo(f"{TABLE}_de_flat.csv", date_time=(2026, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, f"time;value\n{year}-12-31;618685\n", zipfile.ZIP_DEFLATED)
    return Said(200, out.getvalue(), {"Content-Type": "application/zip"})


def in_turn(*answers: Said) -> Callable[[Heard], Said]:
    """Answer with each in turn, and with the last from then on."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def by_path(**answers: Callable[[Heard], Said] | Said) -> Callable[[Heard], Said]:
    """Answer by the last part of the path."""

    def answer(one: Heard) -> Said:
        found = answers[one.path.rpartition("/")[2]]
        return found if isinstance(found, Said) else found(one)

    return answer


def job_dialogue(**more: Any) -> dict[str, Any]:
    def tablefile(one: Heard) -> Said:
        made = status(99, f"Die Tabelle kann als Ergebnis mit folgendem Namen abgerufen werden: {TABLE}_1758")
        return made if one.form["job"] == "true" else status(98, "zu gross")

    ready = status(0, "erfolgreich", List=[{"Code": f"{TABLE}_1758"}])
    return {"tablefile": tablefile, "results": ready, "resultfile": ffcsv(), **more}
