"""Make Musterstadt: a synthetic city of about 200,000 residents and ten years of its extracts.

`make_musterstadt(folder)` is the one entry point. The same scale, years and seed give the same bytes
everywhere; what it needs besides is a few seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.musterstadt import extracts, maps
from flows.musterstadt.barriers import barriers
from flows.musterstadt.benefits import benefits
from flows.musterstadt.districts import districts
from flows.musterstadt.households import household_table
from flows.musterstadt.packing import archive, workbook
from flows.musterstadt.quarters import quarters
from flows.musterstadt.redraw import Event, redraw
from flows.musterstadt.scale import REGISTER_FROM, YEARS, Scale
from flows.musterstadt.street_plan import street_plan
from flows.musterstadt.town import YearEnd, years_of

HOUSEHOLD_COLUMNS = [
    "Baublockseite", "Stichtag", "Haushalte", "Einpersonenhaushalte",
    "mit Kindern", "Alleinerziehende", "Personen",
]  # fmt: skip


@dataclass(frozen=True)
class Musterstadt:
    """What was made: the files, and what a test may want to know about the city behind them."""

    folder: Path
    files: tuple[str, ...]
    """Paths below the folder, sorted."""
    residents: dict[int, int]
    """Residents on 31.12. of each year."""
    events: tuple[Event, ...]
    """What the redraw did to Sozialräume."""
    harbour_id: str
    """The Sozialraum without residents."""
    estate_id: str
    """The Sozialraum with the estate that is pulled down, as numbered in 2015."""


def make_musterstadt(
    folder: Path, *, scale: Scale | None = None, years: Sequence[int] = YEARS, seed: int = 1997
) -> Musterstadt:
    """Write all deliveries of Musterstadt below `folder`."""
    scale = scale or Scale()
    plan = street_plan(scale, seed)
    areas = districts(plan, scale, seed)
    character = quarters(plan, areas, scale.einwohner, seed)
    drawn = redraw(plan, areas, character, seed)
    ids = maps.side_ids(plan, areas, character.first_year.tolist())

    written: list[str] = []

    def write(path: str, content: bytes) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        written.append(path)

    write("raum/Baublockseiten.geojson", maps.geojson(ids, plan.rings))
    write("raum/Barrieren.geojson", maps.barrier_lines(barriers(plan, drawn.after)))
    for path, content in {**maps.assignments(ids, drawn), **maps.unit_names(areas, drawn)}.items():
        write(path, content)

    residents: dict[int, int] = {}
    for end in years_of(character, scale.einwohner, max(years), seed):
        if end.year not in years:
            continue
        residents[end.year] = len(end.residents.people)
        at = extracts.listing(ids, character.listed(end.year), end.year)
        deliveries = _register_only if scale.register_years == "all" else _all_subjects
        for path, content in deliveries(end, ids, at, seed):
            write(path, content)
    if scale.register_years == "newest":
        write("amtlich/Bevoelkerung.csv", extracts.official_table(residents, seed))
    write("index.html", _index(sorted(written)))
    first_id = dict(zip(areas.sozialraum[plan.side_block].tolist(), drawn.before, strict=True))
    return Musterstadt(
        folder=folder,
        files=tuple(sorted(written)),
        residents=residents,
        events=tuple(drawn.events),
        harbour_id=first_id[character.harbour],
        estate_id=first_id[character.estate],
    )


Delivery = tuple[str, bytes]
Deliveries = Callable[[YearEnd, Sequence[str], extracts.Listing, int], Iterator[Delivery]]


def _register_only(end: YearEnd, ids: Sequence[str], at: extracts.Listing, seed: int) -> Iterator[Delivery]:  # noqa: ARG001
    """One uncompressed person extract a year."""
    yield f"einwohner/EW_Personen_{at.year}.csv", extracts.person_extract(end.residents, ids, at.year)


def _all_subjects(end: YearEnd, ids: Sequence[str], at: extracts.Listing, seed: int) -> Iterator[Delivery]:
    """Everything that the offices send in a year."""
    year, sides = at.year, len(ids)
    if year >= REGISTER_FROM:
        persons = {f"EW_Personen_{year}.csv": extracts.person_extract(end.residents, ids, year)}
        yield f"einwohner/EW_Personen_{year}.zip", archive(persons)
    else:
        yield f"einwohner/EW_Baublockseiten_{year}.csv", extracts.register_table(end.residents, at, sides)
    received = benefits(end.residents, year, sides, seed)
    yield f"soziales/SGBII_{year}.csv", extracts.benefit_table(received, at, seed)
    yield f"soziales/Mindestsicherung_{year}.csv", extracts.basic_security_table(received, at)
    yield f"wohnen/Wohnungen_{year}.csv", extracts.dwelling_table(end.dwellings, at)
    yield f"bewegung/Bewegungen_{year}.csv", extracts.movement_table(end, at)
    titles = [
        "Stadt Musterstadt, Haushaltestatistik (synthetische Daten)",
        f"Haushalte nach Baublockseiten am {at.german_date}",
        "Aus dem Einwohnermelderegister generiert; Personen in Einrichtungen zählen nicht mit",
    ]
    rows = extracts.household_rows(household_table(end.residents, year, sides), at)
    yield f"haushalte/Haushalte_{year}.xlsx", workbook("Haushalte", titles, HOUSEHOLD_COLUMNS, rows)


def _index(files: Sequence[str]) -> bytes:
    """What is here, and that nobody lives in it."""
    items = "\n".join(f'<li><a href="{path}">{path}</a></li>' for path in files)
    page = f"""<!DOCTYPE html>
<html lang="de">
<head><meta charset="utf-8"><title>Musterstadt (synthetisch)</title></head>
<body>
<h1>Musterstadt &ndash; synthetische Daten</h1>
<p>Diese Stadt gibt es nicht, und niemand wohnt in ihr. Alle Dateien hat ein Programm erzeugt; sie ahmen nur
die Form nach, in der Ämter ihre Auszüge liefern.</p>
<ul>
{items}
</ul>
</body>
</html>
"""
    return page.encode()
