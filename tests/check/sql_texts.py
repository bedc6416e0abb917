"""The texts about rows that queries put together, with {} for values: what a check found, which rule a row breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import sqlglot
from sqlglot import exp

from flows.base.resources import resource

COLUMNS = {"sql/check": ("gefunden", "erwartet"), "sql/stage": ("regel",)}


def texts_of_rows() -> set[str]:
    """Every text of the bundled queries that has a word in it."""
    found = {
        said
        for folder, columns in COLUMNS.items()
        for path in resource(folder).glob("*.sql")
        for said in _texts_in(path, columns)
    }
    return {said for said in found if re.search(r"[A-Za-z]{2}", said)}


def _texts_in(path: Path, columns: tuple[str, ...]) -> Iterator[str]:
    for column in sqlglot.parse_one(path.read_text("utf-8"), dialect="duckdb").find_all(exp.Alias):
        if column.alias in columns:
            yield from (re.sub(r"(\{\})+", "{}", said) for said in _templates(column.this))


def _templates(node: exp.Expression) -> list[str]:
    if isinstance(node, exp.Literal):
        return [node.this]
    if isinstance(node, exp.Paren):
        return _templates(node.this)
    if isinstance(node, exp.Concat):
        return ["".join(parts) for parts in product(*map(_templates, node.expressions))]
    if isinstance(node, exp.DPipe):
        return ["".join(parts) for parts in product(_templates(node.this), _templates(node.expression))]
    if isinstance(node, exp.Coalesce):
        return [said for each in (node.this, *node.expressions) for said in _templates(each)]
    if isinstance(node, exp.Case):
        otherwise = [node.args["default"]] if node.args.get("default") else [exp.Literal.string("")]
        return [said for each in (*(one.args["true"] for one in node.args["ifs"]), *otherwise)
                for said in _templates(each)]  # fmt: skip
    return ["{}"]
