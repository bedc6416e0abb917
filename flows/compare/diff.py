"""How two releases of a city differ, and why: the comparison behind `fortschreibung diff` and every change report.

Tables are first compared by the content hashes in the manifests; only what differs is looked into. A comparison
that could not be made (a table that one release has not, a column that is missing) counts as different and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from flows.base.all_figures import FIGURES, OTHER
from flows.base.db import connect, literal
from flows.base.errors import FortschreibungError
from flows.base.home import Home
from flows.compare import diff_catalogue, diff_figures, diff_indices, diff_types
from flows.compare.diff_model import CodebookChange, Comparison, Diff, ReleaseNamed, SourceChange, UnitChange
from flows.release.catalog import DATABASE
from flows.release.content_hash import FORMAT, digests, keys_in_file, table_hashes
from flows.release.manifest import Manifest, manifest_of
from flows.release.reading import release_to_read

Delivery = tuple[str, str, str]
"""Source, file name and sha256 of a Lieferung."""


class DiffFailed(FortschreibungError):  # noqa: N818 -- named by the outcome that the user sees
    """The comparison could not be made: neither same nor different can be said."""

    exit_code = 2


class Side(NamedTuple):
    """One of the two releases: what is known of it without opening its file."""

    named: ReleaseNamed
    tables: Mapping[str, str]  # content table -> its hash
    deliveries: frozenset[Delivery]
    content_format: int  # of the hashes


@dataclass
class _Found:
    """What has been found so far, and what could not be looked at."""

    comparisons: dict[str, Comparison]
    codebook: list[CodebookChange]
    units: list[UnitChange]
    figures: dict[str, Any]

    def outcome(self, table: str) -> str | None:
        """Return how a table compares, as far as it is known; None for one that neither release has."""
        return self.comparisons[table].outcome if table in self.comparisons else None

    def not_made(self, tables: Sequence[str], reason: str) -> None:
        for table in tables:
            self.comparisons[table] = Comparison(table=table, outcome="not_made", reason=reason)


def diff_releases(home: Home, city: str, before: str, after: str) -> Diff:
    """Return how the release `after` differs from `before`.

    Raises:
        DiffFailed: when one of them is not there or cannot be read.
    """
    try:
        folders = [release_to_read(home, city, version).path for version in (before, after)]
        first, second = (side_of(manifest_of(folder)) for folder in folders)
        if first.tables == second.tables and first.content_format == second.content_format:
            return diff_of(None, city, first, second)
        with connect() as con:
            for folder, name in zip(folders, ("vorher", "fortschreibung"), strict=True):
                attach(con, folder / DATABASE, name)
            return diff_of(con, city, first, second)
    except (FortschreibungError, duckdb.Error, OSError, KeyError, ValueError) as problem:
        code = problem.code if isinstance(problem, FortschreibungError) else None
        raise DiffFailed(f"{city} {before} and {after} cannot be compared: {problem}", code=code) from problem


def attach(con: duckdb.DuckDBPyConnection, database: Path, name: str) -> None:
    """Attach a release's file, read-only, as `name`."""
    con.execute(f"ATTACH {literal(str(database))} AS {name} (READ_ONLY)")


def side_of(manifest: Manifest) -> Side:
    """Return what a manifest says that a comparison needs."""
    return Side(
        named=ReleaseNamed(
            version=manifest.version,
            content_hash=manifest.content_hash,
            stichtag_max=dt.date.fromisoformat(manifest.stichtag_max),
            zuschnitt=manifest.zuschnitt,
        ),
        tables=manifest.content_tables,
        deliveries=frozenset((each["quelle"], each["datei"], each["sha256"]) for each in manifest.sources),
        content_format=manifest.content_format,
    )


def diff_of(con: duckdb.DuckDBPyConnection | None, city: str, before: Side | None, after: Side) -> Diff:
    """Return how the release attached to `con` as `fortschreibung` differs from the one attached as `vorher`.

    Without `con` only what the manifests say is compared; where that differs, the comparison is not made.
    """
    if before is None:
        return Diff(city=city, before=None, after=after.named, same=False, **_moved_alone(con))
    if con is not None and before.content_format != after.content_format:
        before, after = _in_one_format(con, before, "vorher"), _in_one_format(con, after, "fortschreibung")
    found = _Found(_by_hash(before, after), [], [], {})
    if con is not None:
        _look_into(con, found, before, after)
    else:
        differing = [each.table for each in found.comparisons.values() if each.outcome == "different"]
        found.not_made(differing, "the file of the earlier release could not be opened")
    comparisons = [found.comparisons[name] for name in sorted(found.comparisons)]
    return Diff(
        city=city, before=before.named, after=after.named,
        same=all(each.outcome == "same" for each in comparisons), comparisons=comparisons,
        sources=_source_changes(before.deliveries, after.deliveries),
        codebook=found.codebook, units=found.units, **found.figures,
    )  # fmt: skip


def _moved_alone(con: duckdb.DuckDBPyConnection | None) -> dict[str, Any]:
    """Return what moved within a release that is compared with none; nothing where it is not open."""
    if con is None:
        return {}
    diff_catalogue.prepare(con)
    diff_catalogue.note_names(con, "fortschreibung")
    return {"moved": diff_figures.moved(con), **_index_moved(con), "types_moved": diff_types.types_moved(con)}


def _index_moved(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return why the indices of the later release changed since the Stichtag before."""
    if not diff_indices.has_causes(con):
        return {}
    return {"indices_moved": diff_indices.indices_moved(con), "classes_moved": diff_indices.classes_moved(con)}


def _in_one_format(con: duckdb.DuckDBPyConnection, side: Side, name: str) -> Side:
    """Return a side with the hashes of its tables in today's format, computed from its file if they are not."""
    if side.content_format == FORMAT:
        return side
    keys = keys_in_file(con, name)
    hashes = table_hashes(con, {table: keys.get(table, ()) for table in side.tables}, database=name)
    return side._replace(tables=digests(hashes), content_format=FORMAT)


def _by_hash(before: Side, after: Side) -> dict[str, Comparison]:
    comparisons = {}
    for table in {**after.tables, **before.tables}:
        missing = [side.named.version for side in (before, after) if table not in side.tables]
        if missing:
            reason = f"{missing[0]} has no table {table}"
            comparisons[table] = Comparison(table=table, outcome="not_made", reason=reason)
        else:
            same = before.tables[table] == after.tables[table]
            comparisons[table] = Comparison(table=table, outcome="same" if same else "different")
    return comparisons


def _look_into(con: duckdb.DuckDBPyConnection, found: _Found, before: Side, after: Side) -> None:
    """Say what differs in the codebook, in the units and in the figures, as far as each can be said."""
    diff_catalogue.prepare(con)

    def codebook() -> None:
        found.codebook = diff_catalogue.codebook_changes(con)

    def units() -> None:
        found.units = diff_catalogue.unit_changes(con)

    def figures() -> None:
        diff_figures.find_differences(con, other_deliveries=before.deliveries != after.deliveries)
        found.figures |= {
            "causes": diff_figures.causes(con),
            "stichtage": diff_figures.stichtage(con),
            "earlier": diff_figures.earlier(con),
            "changed": diff_figures.changed(con),
            "indikatoren": diff_figures.indikatoren(con),
            "levels": diff_figures.levels(con),
            "movers": diff_figures.movers(con),
            "units_moved": diff_figures.units_moved(con),
        }

    def moved() -> None:
        found.figures["moved"] = diff_figures.moved(con)

    def index_moved() -> None:
        found.figures |= _index_moved(con)

    def types_moved() -> None:
        found.figures["types_moved"] = diff_types.types_moved(con)

    def indices() -> None:
        found.figures["indices"] = diff_indices.index_differences(con)

    _unless_impossible(found, ["indikator", "indikator_teil"], codebook)
    _unless_impossible(found, ["raumebene"], units)
    tables = [name for name in (FIGURES, OTHER) if name in found.comparisons]
    if any(found.comparisons[name].outcome != "same" for name in tables):
        _unless_impossible(found, tables, figures)
    _unless_impossible(found, [FIGURES], moved)
    _unless_impossible(found, [diff_indices.CAUSES], index_moved)
    _unless_impossible(found, [diff_types.TABLE], types_moved)
    differing = [name for name in diff_indices.TABLES if found.outcome(name) == "different"]
    if differing and all(found.outcome(name) in ("same", "different") for name in diff_indices.TABLES):
        _unless_impossible(found, differing, indices)


def _unless_impossible(found: _Found, tables: Sequence[str], step: Callable[[], None]) -> None:
    try:
        step()
    except duckdb.Error as problem:
        found.not_made(tables, str(problem).strip().splitlines()[0])


def _source_changes(before: frozenset[Delivery], after: frozenset[Delivery]) -> list[SourceChange]:
    old = {(quelle, datei): sha256 for quelle, datei, sha256 in before}
    new = {(quelle, datei): sha256 for quelle, datei, sha256 in after}
    changes = []
    for quelle, datei in sorted({**old, **new}):
        was, now = old.get((quelle, datei)), new.get((quelle, datei))
        if was != now:
            kind = "come" if was is None else "gone" if now is None else "other_bytes"
            changes.append(SourceChange(quelle=quelle, datei=datei, change=kind))
    return changes
