"""The proposals for a better cut as a page: what each gains and costs, maps before and after, the price frontier."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from flows.base.db import sql, use_spatial
from flows.pages.about import About
from flows.pages.both_numbers import number
from flows.pages.proposal_lines import kind_words, why_words
from flows.pages.review_words import decided
from flows.pages.template import page_of
from flows.profile.codebook import Codebook
from flows.redrawing.city_proposals import CityCut, CityProposal, CityProposals

COLOURS = ("#e69f00", "#56b4e9", "#f0e442", "#009e73", "#cc79a7", "#d55e00", "#0072b2", "#999999")
"""Okabe and Ito's colours; a map has few units, which its legend names."""

_INTERVALS = 5
"""An axis has so many intervals at most."""


@dataclass(frozen=True)
class Shape:
    """A base unit on a map of a proposal."""

    path: str
    before: str
    after: str


@dataclass(frozen=True)
class ProposalMap:
    """The base units around a proposal, and the box they lie in (left, top, width, height)."""

    box: tuple[float, float, float, float]
    shapes: list[Shape]
    colours: Mapping[str, str]


def proposals_html(
    cut: CityCut, shapes: Mapping[str, tuple[str, Sequence[float]]], about: About, codebook: Codebook,
    barriers: Sequence[str] = (),
) -> str:  # fmt: skip
    """Return the page.

    Args:
        cut: the proposals.
        shapes: by base unit, its outline as an SVG path and its box (left, bottom, right, top).
        about: the city.
        codebook: what Indikatoren are called.
        barriers: the lines that a Sozialraum should not cross, as SVG paths.
    """
    said = cut.said
    return page_of(
        "proposals.html.j2",
        about=about, said=said, kind=kind_words, decided=decided, why=why_words, number=number,
        maps={each.id: _map_of(cut, each, shapes) for each in said.proposals}, plot=frontier_plot(said),
        barriers=barriers, labels={name: codebook.indikator[name] for name in said.width_indikatoren},
    )  # fmt: skip


def outlines_of(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, Sequence[float]]]:
    """Return of each base unit of the ground its outline as an SVG path and its box, from a working database."""
    use_spatial(con)
    con.execute(sql("schema/svg_pfad"))
    rows = con.execute(
        "SELECT basis_id, svg_pfad(gestalt), "
        "[st_xmin(gestalt), st_ymin(gestalt), st_xmax(gestalt), st_ymax(gestalt)] "
        "FROM (SELECT basis_id, st_geomfromwkb(wkb) AS gestalt FROM grund_flaeche)"
    ).fetchall()
    return {basis_id: (path, box) for basis_id, path, box in rows}


def _map_of(
    cut: CityCut, proposal: CityProposal, shapes: Mapping[str, tuple[str, Sequence[float]]]
) -> ProposalMap | None:
    """Return the map of the units of a proposal, today and as proposed; None where nothing has an outline."""
    ground = cut.ground
    units = [ground.units.index(unit) for unit in proposal.units_before]
    moved = {name: part.to_unit for part in proposal.parts for name in part.base_units}
    found, boxes = [], []
    for member in np.flatnonzero(np.isin(ground.today, units)).tolist():
        today = ground.units[ground.today[member]]
        for name in ground.members[member]:
            if name in shapes:
                path, box = shapes[name]
                found.append(Shape(path, today, moved.get(name, today)))
                boxes.append(box)
    if not boxes:
        return None
    edges = np.array(boxes)
    left, bottom = edges[:, :2].min(axis=0).tolist()
    right, top = edges[:, 2:].max(axis=0).tolist()
    pad = 0.03 * max(right - left, top - bottom)
    names = sorted({*proposal.units_before, *proposal.units_after})
    return ProposalMap(
        (left - pad, -top - pad, right - left + 2 * pad, top - bottom + 2 * pad), found,
        {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(names)},
    )  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """The frontier: of each price a point by residents moved (across) and gain (up), in pixels."""

    seen: list[tuple[float, float]]
    unseen: list[tuple[float, float]]
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]


def percent_ticks(most: float) -> list[tuple[float, str]]:
    """Return where the ticks of an axis from 0 to a share `most` lie, and what they say in percent: round numbers."""
    power = math.floor(math.log10(100 * most))
    step = next(step for step in (0.2, 0.5, 1, 2) if 100 * most <= step * 10**power * _INTERVALS)
    digits = max(0, (1 if step < 1 else 0) - power)
    ticks = range(math.floor(100 * most / (step * 10**power) + 1e-9) + 1)
    return [(tick * step * 10**power / 100, str(number(tick * step * 10**power, digits))) for tick in ticks]


def frontier_plot(said: CityProposals, width: float = 560, height: float = 300) -> Plot:
    """Return where the points and the ticks of the frontier lie on a picture of so many pixels."""
    most_moved = max([price.moved for price in said.frontier] + [0.01])
    most_gain = max([price.gain_seen for price in said.frontier] + [0.001])

    def at(moved: float, gain: float) -> tuple[float, float]:
        up = height - 40 - gain / most_gain * (height - 60)
        return round(60 + moved / most_moved * (width - 80), 1), round(up, 1)

    return Plot(
        [at(price.moved, price.gain_seen) for price in said.frontier],
        [at(price.moved, price.gain_unseen) for price in said.frontier],
        [(at(tick, 0)[0], f"{text} %") for tick, text in percent_ticks(most_moved)],
        [(at(0, tick)[1], text) for tick, text in percent_ticks(most_gain)],
    )


def proposals_json(said: CityProposals) -> str:
    """Return the proposals as JSON, one file for other tools."""
    return json.dumps(said.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
