"""What the atlas loads of each Indikator: all its figures, the limits of its classes, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import duckdb

from flows.atlas.letters import letters
from flows.base.db import records, set_variables, sql
from flows.release.map_classes import ZERO, classes_of_shares


def indikator_contents(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each Indikator of the codebook with what the atlas loads of it; the units are numbered."""
    set_variables(con, worte=list(letters()), zeichen=list(letters().values()))
    limits = _limits(con)
    texts = {row["indikator_id"]: row for row in records(con.execute("FROM indikator"))}
    for indikator, cells in con.execute(sql("atlas/zahl")).fetchall():
        text = texts[indikator]
        yield (
            indikator,
            {
                "about": [text["beschreibung_de"], text["beschreibung_en"]],
                "caution": [text["einschraenkung_de"] or "", text["einschraenkung_en"] or ""],
                "limits": limits.get(indikator, {}),
                "cells": cells,
            },
        )


def _limits(con: duckdb.DuckDBPyConnection) -> Mapping[str, Mapping[str, Sequence[float]]]:
    """Return by Indikator, and by Zuschnitt, Raumebene and Stichtag, the upper limits of the classes."""
    rows = records(con.execute(sql("atlas/klassenzahl")))
    return {
        indikator: {
            f"{row['zuschnitt']} {row['raumebene']} {row['stichtag']}": class_limits(row["zahlen"]) for row in group
        }
        for indikator, group in groupby(rows, key=lambda row: row["indikator_id"])
    }


def class_limits(figures: Sequence[float]) -> list[float]:
    """Return 1 where zero is a class of its own, else 0, and then the upper limits of the classes of shares."""
    classes = classes_of_shares(figures)
    return [int(classes[0].colour == ZERO), *(each.high for each in classes if each.high is not None)]
