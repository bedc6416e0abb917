"""What a person sees at the end of a refresh: where the release is, what is in it, how to open it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from flows.base.language import number_shown
from flows.base.texts import shown, tr, tr_count
from flows.profile.vocabulary import vocabulary
from flows.release.catalog import DATABASE
from flows.run import NO_SOURCE, Outcome

_SHOWN = 4  # Indikatoren that wait for a source; all stand in the codebook and in --json


def print_summary(outcome: Outcome) -> None:
    """Print the outcome of a refresh, with a small table of the release's content."""
    print(shown(outcome.reason))
    for source, indikatoren in outcome.waiting.items():
        if source == NO_SOURCE:
            continue  # not a matter of this run: `fortschreibung doctor` says it
        named = ", ".join(indikatoren[:_SHOWN]) + (" ..." if len(indikatoren) > _SHOWN else "")
        print(tr_count(
            "Waiting for {source}: 1 Indikator ({named})", "Waiting for {source}: {count} Indikatoren ({named})",
            len(indikatoren), source=source, named=named,
        ))  # fmt: skip
    lacking = [one for one in outcome.lacking if one not in outcome.held_for]  # the reason names those
    if len(lacking) == 1:
        print(tr("Not delivered yet: {delivery}", delivery=lacking[0].words))
    elif lacking:
        years = ", ".join(str(year) for year in sorted({one.year for one in lacking}))
        print(tr(
            "Not delivered yet: {count} deliveries of {years} (fortschreibung sources {city})",
            count=len(lacking), years=years, city=outcome.city,
        ))  # fmt: skip
    if outcome.path is None:
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from flows.base.db import connect, set_variables, sql  # noqa: PLC0415 -- only where there is a release to look into

    release = _as_seen_from_here(outcome.path)
    database = release / DATABASE
    title = tr("{city} {release}: residents by Stichtag", city=outcome.city, release=outcome.release)
    table = Table(title=title, title_justify="left")
    for column in ("Stichtag", "Zuschnitt"):
        table.add_column(column, justify="left")
    for column in (tr("units"), tr("residents"), tr("figures"), tr("estimated"), tr("withheld")):
        table.add_column(column, justify="right")
    with connect(database, read_only=True) as con:
        set_variables(con, schaetzungen=list(vocabulary().estimates))
        for row in con.execute(sql("read/ausgang")).fetchall():
            table.add_row(*(number_shown(cell) if isinstance(cell, int) else cell or "" for cell in row))
    Console().print(table)
    python = _as_seen_from_here(Path(sys.executable))
    connected = f"duckdb.connect({str(database)!r}, read_only=True)"
    opened = f"import duckdb; {connected}.sql('FROM sozialraum_jahr LIMIT 5').show()"
    pages = {
        tr("Release:"): release,
        tr("Codebook:"): release / "codebook.html",
        tr("Checks:"): release / "checks" / "index.html",
        tr("Withheld:"): release / "disclosure.html",
        tr("Look:"): release / "index.html",
    }
    print(tr("Open it:"), f"  {shlex.quote(str(python))} -c {_quoted(opened)}", sep="\n")
    width = max(map(len, pages))
    for what, path in pages.items():
        print(f"{what:{width}} {path}")


def _quoted(text: str) -> str:
    """Return an argument as a shell takes it: between double quotes where nothing in it means anything to the shell."""
    return shlex.quote(text) if set(text) & set('"$`\\!') else f'"{text}"'


def _as_seen_from_here(path: Path) -> Path:
    """Return a path below the working directory relative to it, as a person would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
