"""Reads a GeoJSON collection of polygons, or of lines, as rows of text; an error names the feature.

Layout: RFC 7946, and the member ``crs`` of the format of 2008 that it replaced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.base.composed import composed
from flows.base.errors import ContractBroken
from flows.profile.source_contract import OWN_ID
from flows.stage.corrections import Row
from flows.stage.read.text import first_bad_byte

AREAS, LINES = ("Polygon", "MultiPolygon"), ("LineString", "MultiLineString")
"""What a geometry may be, as GeoJSON calls it."""
_SHOWN = 60  # characters of what was found
_EXACT = 2**53  # below it every whole number is one of its own as a float


def feature_rows(name: str, path: Path, id_property: str, forms: Sequence[str] = AREAS) -> tuple[list[Row], str | None]:
    """Return the features of the collection `name` at `path`, all of the `forms`, and the coordinate system it states.

    Raises:
        ContractBroken: no collection, a member twice, or a feature of another form or without properties.
    """
    collection = _collection(name, path)
    numbered = enumerate(collection["features"], start=1)
    rows = [_row(name, number, feature, id_property, forms) for number, feature in numbered]
    return rows, _crs(name, collection.get("crs"))


def called(number: int, id_property: str, unit: object) -> str:
    """Return how a message calls a feature: by its number in the file, and its id where it has one."""
    return f"feature {number}" + (f" ({id_property} {unit})" if unit else "")


def as_text(value: object) -> str:
    """Return a property as text; an id that is kept as a number with a fraction is a whole number all the same."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return "" if value is None else str(value)


def as_cells(properties: Mapping[str, str]) -> Row:
    """Return properties as cells of a table are read: without blanks around them, and with letters in one way."""
    return {composed(key): composed(text.strip()) for key, text in properties.items()}


def _collection(name: str, path: Path) -> dict[str, Any]:
    problem: object
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=members)
    except UnicodeDecodeError as error:
        place, byte = first_bad_byte(path, "utf-8-sig")
        raise ContractBroken(
            f"File {name}{place}: expected UTF-8, as GeoJSON is written, found bytes that are not: {byte}. "
            "Ask the supplier for it again.",
            code="FS-CONTRACT-04",
        ).at(f"File {name}{place}") from error
    except (ValueError, RecursionError) as error:
        problem = error
    else:
        if isinstance(found, dict) and isinstance(found.get("features"), list):
            return found
        problem = "it has no list `features`"
    raise ContractBroken(
        f"File {name}: expected a GeoJSON FeatureCollection, found other text: {problem}. "
        "Is the file cut short? Ask the supplier for it again.",
        code="FS-CONTRACT-02",
    ).at(f"File {name}")


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; of two with one name a reader would take either."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        key, value = pairs[0]
        message = f"the member {twice!r} stands twice in the object that begins with {key!r}: {_short(value)}"
        raise ValueError(message)
    return members


def _row(name: str, number: int, feature: Any, id_property: str, forms: Sequence[str]) -> Row:
    if problem := _not_as_it_must_be(feature, forms):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        unit = properties.get(id_property) if isinstance(properties, dict) else None
        place = called(number, id_property, unit)
        if unit is None and isinstance(feature, dict):
            place = called(number, "id", feature.get("id"))
        raise ContractBroken(
            f"File {name}, {place}: expected a {' or '.join(forms)} with properties, found {problem}. "
            "Ask the supplier for it again.",
            code="FS-CONTRACT-10",
        ).at(f"File {name}, feature {number}")
    outline = {member: feature["geometry"][member] for member in ("type", "coordinates")}
    own = {OWN_ID: feature["id"]} if feature.get("id") is not None else {}
    return as_cells({key: as_text(value) for key, value in {**own, **feature["properties"]}.items()}) | {
        "geometrie": json.dumps(outline)
    }


def _not_as_it_must_be(feature: Any, forms: Sequence[str]) -> str | None:
    if not isinstance(feature, dict):
        return f"no feature but {_short(feature)}"
    for member in ("geometry", "properties"):
        if feature.get(member) is None:
            return f"no {member}"
        if not isinstance(feature[member], dict):
            return f"no object as {member} but {_short(feature[member])}"
    form = feature["geometry"].get("type")
    if form not in forms:
        return f"a geometry of type {_short(form)}"
    return None if "coordinates" in feature["geometry"] else f"a {form} without coordinates"


def _crs(name: str, stated: Any) -> str | None:
    """Return a coordinate system's short name, whichever way the old member `crs` writes it."""
    if stated is None:
        return None
    properties = stated.get("properties") if isinstance(stated, dict) else None
    named = properties if isinstance(properties, dict) else {}
    crs = named.get("name")
    if isinstance(stated, dict) and stated.get("type") == "EPSG" and str(named.get("code")).isdecimal():
        crs = f"EPSG:{named['code']}"  # as the drafts before 2008 and old servers write it
    if not isinstance(crs, str):
        raise ContractBroken(
            f"File {name}: expected in `crs` an object with `properties.name`, as GeoJSON names a coordinate system, "
            f"found {_short(stated)}. Ask the supplier for it again, with an EPSG number or without `crs`.",
            code="FS-CONTRACT-11",
        ).at(f"File {name}")
    return system_named(crs)


def system_named(name: str) -> str:
    """Return the EPSG number in the name of a coordinate system, or the name where it has none.

    A number of another authority, or of a zone, is none; nor is one of several, of place and of height.
    """
    number = re.fullmatch(r"[^,]*epsg[^,]*?(\d+)", name, re.IGNORECASE)
    return "EPSG:4326" if name.endswith("CRS84") else f"EPSG:{number[1]}" if number else name


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
