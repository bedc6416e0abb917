"""What a person sees at the end of a refresh: where the release is, what is in it, how to open it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from flows.profile.vocabulary import vocabulary
from flows.release.catalog import DATABASE
from flows.run import NO_SOURCE, Outcome

_SHOWN = 4  # Indikatoren that wait for a source; all stand in the codebook and in --json


def print_summary(outcome: Outcome) -> None:
    """Print the outcome of a refresh, with a small table of the release's content."""
    print(outcome.reason)
    for source, indikatoren in outcome.waiting.items():
        if source == NO_SOURCE:
            continue  # not a matter of this run: `fortschreibung doctor` says it
        shown = ", ".join(indikatoren[:_SHOWN]) + (" ..." if len(indikatoren) > _SHOWN else "")
        print(f"Waiting for {source}: {len(indikatoren)} Indikatoren ({shown})")
    lacking = [one for one in outcome.lacking if one not in outcome.held_for]  # the reason names those
    if len(lacking) == 1:
        print(f"Not delivered yet: {lacking[0].words}")
    elif lacking:
        years = ", ".join(str(year) for year in sorted({one.year for one in lacking}))
        print(f"Not delivered yet: {len(lacking)} deliveries of {years} (fortschreibung sources {outcome.city})")
    if outcome.path is None:
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from flows.base.db import connect  # noqa: PLC0415 -- only where there is a release to look into

    release = _as_seen_from_here(outcome.path)
    database = release / DATABASE
    table = Table(title=f"{outcome.city} {outcome.release}: residents by Stichtag", title_justify="left")
    for column in ("Stichtag", "Zuschnitt", "Räume", "Einwohner", "Zahlen", "geschätzt", "geschützt"):
        table.add_column(column, justify="left" if column in ("Stichtag", "Zuschnitt") else "right")
    with connect(database, read_only=True) as con:
        for row in con.execute(_CONTENT, [list(vocabulary().estimates)]).fetchall():
            table.add_row(*(f"{cell:,}".replace(",", ".") if isinstance(cell, int) else str(cell) for cell in row))
    Console().print(table)
    python = _as_seen_from_here(Path(sys.executable))
    connected = f"duckdb.connect({str(database)!r}, read_only=True)"
    opened = f"import duckdb; {connected}.sql('FROM sozialraum_jahr LIMIT 5').show()"
    print(f"Release:  {release}")
    print(f"Codebook: {release / 'codebook.html'}")
    print(f"Checks:   {release / 'checks' / 'index.html'}")
    print(f"Withheld: {release / 'disclosure.html'}")
    print(f"Open it:\n  {shlex.quote(str(python))} -c {_quoted(opened)}")
    print(f"Look:     {release / 'index.html'}")


def _quoted(text: str) -> str:
    """Return an argument as a shell takes it: between double quotes where nothing in it means anything to the shell."""
    return shlex.quote(text) if set(text) & set('"$`\\!') else f'"{text}"'


def _as_seen_from_here(path: Path) -> Path:
    """Return a path below the working directory relative to it, as a person would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


_CONTENT = """
    SELECT
        wert.stichtag::VARCHAR,
        wert.zuschnitt,
        any_value(jahr.sozialraeume),
        max(wert) FILTER (indikator_id = 'einwohner' AND raumebene = 'stadt')::BIGINT,
        count(wert),
        count(wert) FILTER (methode IN (SELECT unnest($1))),
        count(*) FILTER (status = 'geschuetzt')
    FROM wert
    INNER JOIN (
        SELECT stichtag, zuschnitt, count(*) AS sozialraeume FROM sozialraum_jahr GROUP BY stichtag, zuschnitt
    ) AS jahr ON wert.stichtag = jahr.stichtag AND wert.zuschnitt = jahr.zuschnitt
    GROUP BY wert.stichtag, wert.zuschnitt
    ORDER BY wert.stichtag
"""
