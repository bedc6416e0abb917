"""What a dry run made of each file: a table of its rows and totals, and one file in detail."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from flows.base.errors import ConfigError, FortschreibungError
from flows.base.home import Home
from flows.base.language import number_shown
from flows.base.texts import tr, tr_count
from flows.profile.dialect import POLYGONS
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.pull.models import Lieferung, Pulled
from flows.stage.file_accounts import FileAccount, FileAccounts
from flows.stations import FILES

_ROWS, _OFFENDING = 3, 5  # of a file in detail
_STICHTAGE = 3  # of a file in the table; the last ones
_CELL = 40  # characters


@dataclass(frozen=True)
class DryRun:
    """The folder of a dry run, the files that it worked with, and what became of those that were staged."""

    folder: Path
    delivered: list[Lieferung]
    accounts: list[FileAccount]

    @classmethod
    def newest(cls, home: Home, city: str, before: set[Path]) -> DryRun | None:
        """Return the run of `city` whose folder was not there `before`; None where none began."""
        new = sorted(set(home.runs.glob(f"{city}-*")) - before)
        if not new:
            return None
        pulled, files = new[-1] / "lieferungen.json", new[-1] / FILES
        return cls(
            new[-1],
            Pulled.model_validate_json(pulled.read_bytes()).lieferungen if pulled.exists() else [],
            FileAccounts.validate_json(files.read_bytes()) if files.exists() else [],
        )

    def quarantined(self, source: str, file: str) -> list[list[str]]:
        """Return line, column, text and rule of the rows of a file that broke its contract."""
        path = self.folder / "quarantine.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as lines:
            return [row[2:] for row in csv.reader(lines, delimiter=";") if row[:2] == [source, file]]


def print_files(run: DryRun) -> None:
    """Print of each file how many rows it has, what became of them, and the city's total per Stichtag."""
    accounts = {(one.source, one.file): one for one in run.accounts}
    print(tr("What became of each file:"))
    for one in run.delivered:
        account = accounts.get((one.source, one.name))
        print(tr("  {file} (source {source})", file=one.name, source=one.source))
        if account is None:
            print(tr("    not read: the run stopped before it was"))
            continue
        rules = ", ".join(f"{rule} {_number(rows)}" for rule, rows in account.left_out.items())
        print(tr(
            "    rows {rows} = taken {taken} + left out {left_out} + quarantined {quarantined}",
            rows=_number(account.rows), taken=_number(account.taken), quarantined=_number(account.quarantined),
            left_out=_number(sum(account.left_out.values())) + (f" ({rules})" if rules else ""),
        ))  # fmt: skip
        for line in _totals(account, _STICHTAGE):
            print(f"    {line}")


def _number(value: float | None) -> str:
    if value is None:
        return tr("unknown")
    return number_shown(value) if value == int(value) else tr("{value:g}", value=value)


def _totals(account: FileAccount, most: int | None = None) -> Iterator[str]:
    """Yield the city's total per Stichtag, in words; with `most`, of the last ones."""
    named = account.totals[-most:] if most else account.totals
    if earlier := len(account.totals) - len(named):
        yield tr_count(
            "{merkmal} of the city on 1 earlier Stichtag, {first}",
            "{merkmal} of the city on {count} earlier Stichtage, from {first}",
            earlier, merkmal=account.merkmal, first=account.totals[0].stichtag,
        )  # fmt: skip
    for total in named:
        known = {"merkmal": account.merkmal, "stichtag": total.stichtag, "value": _number(total.value)}
        yield (
            tr_count(
                "{merkmal} of the city on {stichtag}: {value} (1 unit without)",
                "{merkmal} of the city on {stichtag}: {value} ({count} units without)",
                total.without,
                **known,
            )
            if total.without
            else tr("{merkmal} of the city on {stichtag}: {value}", **known)
        )


def print_file(run: DryRun, profile: Profile, home: Home, name: str) -> None:
    """Print how one file was read: its first rows, what each column is for, and the first rows that broke its contract.

    Raises:
        ConfigError: the run had no such file.
    """
    found = [one for one in run.delivered if one.name in (name, PurePath(name).name)]
    if not found:
        raise ConfigError(
            f"--explain {name}: expected a file of this run, which are "
            f"{', '.join(sorted({one.name for one in run.delivered})) or 'none'}.",
            code="FS-USE-01",
        )
    accounts = {(one.source, one.file): one for one in run.accounts}
    sources = {source.id: source for source in profile.sources}
    for one in found:
        source = sources[one.source].as_written_in(one.name)
        print("\n" + tr("{file} as source {source} ({kind})", file=one.name, source=source.id, kind=source.kind))
        _print_content(source, one, home.landing)
        if account := accounts.get((one.source, one.name)):
            print(*(f"  {line}" for line in _totals(account)), sep="\n")
            for rule, rows in account.left_out.items():
                print(tr("  left out by {rule}: {rows} rows", rule=rule, rows=_number(rows)))
        offending = run.quarantined(one.source, one.name)
        print(tr("  rows that broke the contract: {count}", count=len(offending)))
        for line, column, cell, rule in offending[:_OFFENDING]:
            print(tr(
                "    line {line}, column {column}: {cell}, expected: {rule}",
                line=line, column=column, cell=repr(_short(cell)), rule=rule,
            ))  # fmt: skip


def _print_content(source: Source, lieferung: Lieferung, landing: Path) -> None:
    try:
        columns, rows, days = _as_read(source, lieferung, landing)
    except FortschreibungError as problem:
        print(tr("  cannot be read: {problem}", problem=problem))
        return
    print(tr_count("  first row as read:", "  first {count} rows as read:", len(rows)))
    print(f"    {' | '.join(map(_short, columns))}")
    for row in rows:
        print(f"    {' | '.join(map(_short, row))}")
    print(tr("  what each column is for:"))
    nobody, explained = list[str](), _explained_by_format(source, columns)
    for column in columns:
        use = days.get(column) or _use(source, column) or explained.get(column)
        nobody += [] if use else [column]
        print(f"    {column}: {use or tr('nobody names it')}")
    if nobody:
        listed = json.dumps(nobody, ensure_ascii=False)
        print(tr("  to leave these out, add to `ignore` in sources.toml: {columns}", columns=listed))


def _as_read(source: Source, lieferung: Lieferung, landing: Path) -> tuple[list[str], list[list[str]], dict[str, str]]:
    """Return the columns of a file as the contract names them, its first rows, and what columns called by a day are.

    Raises:
        ContractBroken: it cannot be read as the profile says.
    """
    from flows.stage.read.normalise import Wanted, normalise, unpacked  # noqa: PLC0415
    from flows.stage.read.polygons import polygon_rows  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        path = unpacked(lieferung.path_in(landing), lieferung.name, source.dialect, Path(folder) / "unpacked")
        if source.dialect.format in POLYGONS:
            features = polygon_rows(source, lieferung.name, path).rows
            columns = [name for name in features[0] if name not in ("geometrie", "zeile")]
            return columns, [[row.get(name, "") for name in columns] for row in features[:_ROWS]], {}
        dialect = source.dialect.model_copy(update={"long": None})
        wanted = Wanted(called=source.renamed)
        plain = normalise(path, lieferung.name, dialect, Path(folder) / "plain.csv", wanted)
        with plain.path.open(encoding="utf-8", newline="") as file:
            rows = [row[2:] for row in islice(csv.reader(file), 1, 1 + _ROWS)]
        return plain.columns, rows, _days(source, lieferung.name, path)


def _days(source: Source, name: str, path: Path) -> dict[str, str]:
    """Return, in words, which figure at which Stichtag the columns have that are called by one.

    Raises:
        ContractBroken: the header does not say it as the profile does.
    """
    from flows.stage.header_dates import days_of_columns  # noqa: PLC0415

    contract = source.matrix or source.official
    if contract is None or source.stichtag is None or source.stichtag.source != "header":
        return {}
    ignored = source.expand([*contract.ignore, *source.ignored_here])
    found = days_of_columns(source, name, path, ignored)
    merkmale = {
        figure: ", ".join(f"Merkmal {name}" for name, columns in _summands(source).items() if figure in columns)
        for figure in source.figure_columns
    }
    return {
        column: tr("{merkmale} on {day}", merkmale=merkmale[figure], day=day)
        for day, of_day in found.items()
        for column, figure in of_day.items()
        if figure in merkmale
    }


def _explained_by_format(source: Source, columns: Sequence[str]) -> dict[str, str]:
    """Return what columns are for that a contract need not name, since the format of the file does."""
    from flows.stage.read.long import known_by_format  # noqa: PLC0415

    named = [column for column in columns if _use(source, column)]
    return dict.fromkeys(known_by_format(source.dialect.format, columns, named), tr("known by the format of the file"))


def _short(text: str) -> str:
    return text if len(text) <= _CELL else f"{text[: _CELL - 3]}..."


def _use(source: Source, column: str) -> str | None:
    """Return what a column is for, in words; None where nobody names it."""
    uses = [*_roles(source, column), *_figures(source, column)]
    if uses:
        return ", ".join(uses)
    contract = source.contract(source.kind)
    if column == source.dialect.section:
        return tr("the heading above the row (`section`)")
    if column in source.expand([*getattr(contract, "ignore", ()), *source.ignored_here]):
        return tr("left out (ignore)")
    return tr("not used") if source.drawn else None


def _roles(source: Source, column: str) -> Iterator[str]:
    unit = source.matrix or source.assignment or source.register_
    if unit and unit.unit == column:
        level = source.matrix.unit_by_name if source.matrix else None
        yield tr("unit, by the names of {level}", level=level) if level else tr("the unit")
    contract = source.contract(source.kind)
    picking = [*getattr(contract, "only", ()), *(rule.column for rule in getattr(contract, "drop", ()))]
    if column in picking:
        yield tr("picks rows")
    if source.stichtag and source.stichtag.column == column:
        yield f"Stichtag ({source.stichtag.format})"
    if source.geometry:
        yield from [tr("the unit")] if source.geometry.id_property == column else []
        yield from (
            tr("must agree with the {level}", level=level)
            for level, each in source.geometry.parents.items() if each.property == column
        )  # fmt: skip
    if source.barriers and source.barriers.id_property == column:
        yield tr("name of the line")
    if source.assignment:
        yield from (
            tr("{level} of the unit", level=level) for level, each in source.assignment.units.items() if each == column
        )
    naming = source.geometry or source.assignment
    if naming:
        yield from (tr("name of {level}", level=level) for level, each in naming.names.items() if each == column)
    if source.names:
        roles = {source.names.level: "Raumebene", source.names.id: "id", source.names.name: "name"}
        yield from [roles[column]] if column in roles else []
    if source.register_:
        persons = {name: each for name, each in source.register_ if isinstance(each, str) and name != "unit"}
        yield from (name for name, each in persons.items() if each == column)


def _figures(source: Source, column: str) -> Iterator[str]:
    contract = source.matrix or source.official
    if contract is None:
        return
    if long := source.dialect.long:
        if column in (long.value, long.unit):
            yield tr("value") if column == long.value else tr("unit of the value")
        if column in long.over:
            yield tr("added over (`long.over`)")
        if any(column in texts for texts in long.columns.values()):
            yield tr("says of which column a row is")
    brought = _summands(source)
    yield from (f"Merkmal {name}" for name, columns in brought.items() if column in columns)


def _summands(source: Source) -> dict[str, Sequence[str]]:
    if source.matrix:
        return {name: source.expand(columns) for name, columns in source.matrix.merkmale.items()}
    return {name: [column] for name, column in source.official.merkmale.items()} if source.official else {}
