"""Reads the polygons or lines of a KML file, in a process of its own (flows.stage.read.subprocess_reader).

    python -m flows.stage.read.kml PATH

prints one JSON object as flows.stage.read.gdal does. GDAL reads KML too, but its reader in DuckDB passes over
``ExtendedData``, where the ids of units stand. Layout: OGC KML 2.3 (12-007r2), clauses 9 and 10.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from flows.stage.read.subprocess_reader import answer

_PLACEMARK = re.compile(rb"<(?:\w+:)?Placemark[\s>/]")
_NO_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)


def placemarks(path: Path) -> dict[str, Any]:
    """Return the Placemarks of a file as rows: properties by name, the outline, under ``@id`` the feature's own id.

    Raises:
        ElementTree.ParseError, ValueError: it is no KML, or a coordinate is no number.
    """
    content = path.read_bytes()
    root = ElementTree.fromstring(content)  # noqa: S314 -- in a process of its own
    if _name(root) != "kml":
        message = f"its root is <{_name(root)}>, not <kml>"
        raise ValueError(message)
    rows = [_row(each) for each in root.iter() if _name(each) == "Placemark"]
    held = len(_PLACEMARK.findall(_NO_TAGS.sub(b"", content)))
    return {"outline": "geometrie", "held": held, "rows": rows, "crs": "EPSG:4326"}


def _row(placemark: ElementTree.Element) -> dict[str, str]:
    row = {"geometrie": _outline(placemark)}
    if own := placemark.get("id"):
        row["@id"] = own
    for key, text in _properties(placemark):
        if row.setdefault(key, text) != text:
            message = f"a Placemark has the property {key!r} twice"
            raise ValueError(message)
    return row


def _properties(placemark: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for part in placemark:
        if _name(part) in ("name", "description"):
            yield _name(part), "".join(part.itertext()).strip()
        for data in part.iter() if _name(part) == "ExtendedData" else ():
            if _name(data) == "SimpleData":
                yield data.get("name", ""), "".join(data.itertext()).strip()
            elif _name(data) == "Data":
                value = next((each for each in data if _name(each) == "value"), None)
                yield data.get("name", ""), "" if value is None else "".join(value.itertext()).strip()


def _outline(placemark: ElementTree.Element) -> str:
    """Return polygons or lines as GeoJSON, or the name of what else there is; nothing where there is no geometry.

    A point beside polygons is where a map server wants the label.
    """
    found = [each for each in placemark.iter() if _name(each) in ("Polygon", "Point", "LineString", "Track", "Model")]
    drawn = [each for each in found if _name(each) == "Polygon"]
    lines = [each for each in found if _name(each) == "LineString"]
    if lines and len(lines) == len(found):
        tracks = [_ring(part) for each in lines for part in each if _name(part) == "coordinates"]
        kind = "LineString" if len(tracks) == 1 else "MultiLineString"
        return json.dumps({"type": kind, "coordinates": tracks[0] if len(tracks) == 1 else tracks})
    others = sorted({_name(each) for each in found} - {"Polygon", *(["Point"] if drawn else [])})
    if not found or others:
        return ", ".join(others)
    polygons = [[_ring(ring) for ring in _rings(each)] for each in drawn]
    kind = "Polygon" if len(polygons) == 1 else "MultiPolygon"
    coordinates = polygons[0] if len(polygons) == 1 else polygons
    return json.dumps({"type": kind, "coordinates": coordinates}, separators=(",", ":"))


def _rings(polygon: ElementTree.Element) -> list[ElementTree.Element]:
    """Return the coordinates of the outer boundary, then those of the inner ones."""
    order = ("outerBoundaryIs", "innerBoundaryIs")
    boundaries = sorted((each for each in polygon if _name(each) in order), key=lambda each: order.index(_name(each)))
    if [_name(each) for each in boundaries].count(order[0]) != 1:
        message = "a Polygon has no outer boundary, or several"
        raise ValueError(message)
    return [each for boundary in boundaries for each in boundary.iter() if _name(each) == "coordinates"]


def _ring(coordinates: ElementTree.Element) -> list[list[float]]:
    points = [[float(number) for number in point.split(",")[:2]] for point in (coordinates.text or "").split()]
    if any(len(point) < 2 for point in points):
        message = "a point has one coordinate"
        raise ValueError(message)
    return points


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def requested_file(arguments: Sequence[str]) -> dict[str, Any]:
    """Return what the command line asks for."""
    return placemarks(Path(arguments[0]))


if __name__ == "__main__":
    answer(requested_file, ElementTree.ParseError, ValueError, OSError, LookupError)
