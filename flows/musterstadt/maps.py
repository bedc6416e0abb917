"""The files of raum/: geometry of the Baublockseiten, which Sozialraum they belong to, the names, and barriers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.musterstadt.districts import Districts
from flows.musterstadt.extracts import OFFICE, REGISTER
from flows.musterstadt.names import CITY_ID, CITY_NAME, sozialraum_names, stadtbezirk_names, stadtteil_names
from flows.musterstadt.redraw import FIRST, SECOND, Redraw
from flows.musterstadt.street_plan import Ring, StreetPlan


def side_ids(plan: StreetPlan, areas: Districts, first_year: Sequence[int]) -> list[str]:
    """The id of each Baublockseite: Stadtteil, running block, side; blocks built later are numbered later."""
    opened: dict[int, int] = {}
    for side, block in enumerate(plan.side_block.tolist()):
        opened[block] = int(first_year[side])
    running: dict[int, int] = {}
    next_number = dict.fromkeys(range(len(areas.stadtteil_id)), 0)
    for block in sorted(opened, key=lambda b: (opened[b], b)):
        teil = int(areas.stadtteil[block])
        next_number[teil] += 1
        running[block] = next_number[teil]
    return [
        f"{areas.stadtteil_id[int(areas.stadtteil[block])]}{running[block]:04d}{number}"
        for block, number in zip(plan.side_block.tolist(), plan.side_number.tolist(), strict=True)
    ]


def geojson(ids: Sequence[str], rings: Sequence[Ring]) -> bytes:
    """Every block side that ever existed, in metres with two decimals, one feature a line."""
    features = ",\n".join(
        f'{{"type":"Feature","properties":{{"BBS":"{ids[i]}"}},"geometry":{{"type":"Polygon",'
        f'"coordinates":[[{",".join(f"[{_metres(x)},{_metres(y)}]" for x, y in rings[i])}]]}}}}'
        for i in sorted(range(len(ids)), key=ids.__getitem__)
    )
    return f"{_HEAD.format('Baublockseiten')}{features}\n]}}\n".encode("ascii")


def barrier_lines(lines: Mapping[str, Sequence[tuple[int, int]]]) -> bytes:
    """Rail and river, one feature each, in metres with two decimals."""
    features = ",\n".join(
        f'{{"type":"Feature","properties":{{"ART":"{kind}"}},"geometry":{{"type":"LineString",'
        f'"coordinates":[{",".join(f"[{_metres(x)},{_metres(y)}]" for x, y in points)}]}}}}'
        for kind, points in lines.items()
    )
    return f"{_HEAD.format('Barrieren')}{features}\n]}}\n".encode("ascii")


_HEAD = (
    '{{"type":"FeatureCollection","name":"Musterstadt (synthetisch) {}",\n'
    '"crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::25832"}}}},\n"features":[\n'
)


def _metres(centimetres: int) -> str:
    return f"{centimetres // 100}.{centimetres % 100:02d}"


def assignments(ids: Sequence[str], drawn: Redraw) -> dict[str, bytes]:
    """Zuordnung_2015.csv knows what existed then; Zuordnung_2020.csv knows all, what has gone included."""
    files: dict[str, bytes] = {}
    for year, raum, known in (
        (FIRST, drawn.before, drawn.in_first),
        (SECOND, drawn.after, [True] * len(ids)),
    ):
        rows = sorted(f"{i};{r}" for i, r, there in zip(ids, raum, known, strict=True) if there)
        files[f"raum/Zuordnung_{year}.csv"] = REGISTER.bom + REGISTER.text(["BBS;SOZIALRAUM", *rows])
    return files


def unit_names(areas: Districts, drawn: Redraw) -> dict[str, bytes]:
    """Raeume_2015.csv and Raeume_2020.csv: the units of all Raumebenen and their names."""
    files: dict[str, bytes] = {}
    above = [f"Stadt;{CITY_ID};{CITY_NAME}"]
    above += [f"Stadtbezirk;{i};{n}" for i, n in stadtbezirk_names(areas).items()]
    above += [f"Stadtteil;{i};{n}" for i, n in stadtteil_names(areas).items()]
    for year, names in zip((FIRST, SECOND), sozialraum_names(areas, drawn), strict=True):
        rows = [f"Sozialraum;{i};{n}" for i, n in sorted(names.items())]
        files[f"raum/Raeume_{year}.csv"] = OFFICE.text(["EBENE;NUMMER;NAME", *above, *rows])
    return files
