"""Reads a dataset in JSON-stat, of version 2.0 or one of those before; an error names the member.

Layout: JSON-stat 2.0 (json-stat.org/format). Numbers keep the digits with which they are written. A value without a
figure has its status as text; one with a figure and a status has both, as in ``250 p``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.cell_text import number_text
from flows.stage.read.cube import Cube, Dimension
from flows.stage.read.geojson import members
from flows.stage.read.text import first_bad_byte


class _Number(str):
    """A number as the file writes it."""

    __slots__ = ()


def json_stat_cube(delivered: Path, name: str, dialect: Dialect) -> Cube:
    """Return the cube that the file `name` holds.

    Raises:
        ContractBroken: it is no JSON-stat, has several datasets, or other values than its dimensions say.
    """
    try:
        dataset = json_stat_dataset(delivered, name)
        dimensions = [_dimension(dataset, each, size) for each, size in _sizes(dataset)]
        places = math.prod(len(each.texts) for each in dimensions)
        values = _by_place(dataset["value"], places, "value")
        statuses = _by_place(_for_each(dataset.get("status"), values), places, "status")
        cells = {
            place: _cell(values.get(place), statuses.get(place), dialect.decimal)
            for place in sorted({*values, *statuses})
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        what = f"no member {problem}" if isinstance(problem, KeyError) else str(problem)
        raise ContractBroken(
            f"File {name}: expected a dataset in JSON-stat, found another text: {what}. Is it cut short? Ask the "
            "supplier for it again.",
            code="FS-CONTRACT-02",
        ).at(f"File {name}") from problem
    return Cube(dimensions, cells)


def json_stat_dataset(delivered: Path, name: str) -> dict[str, Any]:
    """Return the one dataset of a file, with `id` and `size` beside its dimensions as version 2.0 has them.

    Raises:
        ContractBroken: it is not in UTF-8.
        ValueError: it is no JSON, or holds no dataset, or several.
    """
    try:
        text = delivered.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        place, byte = first_bad_byte(delivered, "utf-8-sig")
        raise ContractBroken(
            f"File {name}{place}: expected UTF-8, as JSON is written, found bytes that are not: {byte}. Ask the "
            "supplier for it again.",
            code="FS-CONTRACT-04",
        ).at(f"File {name}{place}") from problem
    found = json.loads(
        text, object_pairs_hook=members, parse_float=_Number, parse_int=_Number, parse_constant=_no_number
    )
    if not isinstance(found, dict):
        message = "it is no object"
        raise ValueError(message)
    if found.get("class", "dataset") != "dataset":
        message = f"it is of class {found['class']!r}"
        raise ValueError(message)
    if "dimension" in found:
        return _with_sizes(found)
    datasets = [each for each in found.values() if isinstance(each, dict) and "dimension" in each]
    if len(datasets) != 1:
        message = f"it holds {len(datasets)} datasets, not one"
        raise ValueError(message)
    return _with_sizes(datasets[0])


def _with_sizes(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset with `id` and `size` in the place where version 2.0 has them."""
    inside = dataset["dimension"]
    return dataset if "id" in dataset else {**dataset, "id": inside["id"], "size": inside["size"]}


def _no_number(text: str) -> None:
    message = f"it has {text}, which is no number"
    raise ValueError(message)


def _sizes(dataset: Mapping[str, Any]) -> list[tuple[str, int]]:
    names, sizes = dataset["id"], dataset["size"]
    if not isinstance(names, list) or not isinstance(sizes, list) or len(names) != len(sizes) or not names:
        message = "`id` and `size` are no lists of the same length"
        raise ValueError(message)
    return [(str(name), int(size)) for name, size in zip(names, sizes, strict=True)]


def _dimension(dataset: Mapping[str, Any], name: str, size: int) -> Dimension:
    """Return a dimension, whose categories stand in a list, or in an object with the place of each."""
    category = dataset["dimension"][name]["category"]
    labels = category.get("label", {})
    index = category.get("index", list(labels))
    codes = index
    if isinstance(index, dict):
        codes = sorted(index, key=lambda code: int(index[code]))
        if [int(index[code]) for code in codes] != list(range(len(codes))):
            message = f"the categories of {name!r} have other places than 0 to {len(codes) - 1}"
            raise ValueError(message)
    if len(codes) != size or not all(isinstance(code, str) for code in codes) or len(set(codes)) < size:
        message = f"{name!r} has {len(codes)} different categories, and `size` says {size}"
        raise ValueError(message)
    return Dimension(name, [_text(labels.get(code, code)) for code in codes], [str(code) for code in codes])


def _text(label: object) -> str:
    if not isinstance(label, str):
        message = f"the label {label!r} is no text"
        raise ValueError(message)
    return label


def _for_each(status: Any, values: Mapping[int, Any]) -> Any:
    """Return statuses by place; a single one holds for all values."""
    single = status[0] if isinstance(status, list) and len(status) == 1 else status
    return dict.fromkeys(values, single) if isinstance(single, str) else status or {}


def _by_place(given: Any, places: int, member: str) -> dict[int, Any]:
    """Return what a list has for all places, or an object for some of them."""
    if isinstance(given, list):
        if len(given) != places:
            message = f"`{member}` has {len(given)} entries for {places} places"
            raise ValueError(message)
        return dict(enumerate(given))
    found = {int(place): each for place, each in given.items()}
    if len(found) < len(given) or not all(0 <= place < places for place in found):
        message = f"`{member}` has places that are not 0 to {places - 1}, or one twice"
        raise ValueError(message)
    return found


def _cell(value: Any, status: Any, decimal: str) -> str:
    """Return the text of a value beside its status."""
    if not (value is None or isinstance(value, str)) or not (status is None or isinstance(status, str)):
        message = f"the value {value!r} with the status {status!r} is neither a number nor a text"
        raise ValueError(message)
    figure = number_text(value, decimal) if isinstance(value, _Number) else value or ""
    return " ".join(part for part in (figure, status or "") if part)
