"""Which columns a column is computed from, read from the SQL itself, so that nobody has to write it down.

Followed are the columns that make the value: what stands in the SELECT list, through every step (WITH) down to
the tables that a file reads. What only filters or joins rows is not followed.

Three things are known by table only and noted as ``*``:

* the number of rows (``count(*)``): every row of what is counted,
* the columns of a delivery: the office names them, sources.toml says what they mean, and no SQL does,
* what a table function of DuckDB returns.

A column that PIVOT makes is one of the values of another column: its sources are the pivoted value and that column.
A column that UNPIVOT makes may come from any of the columns that it takes apart, and has them all as sources.
A column without a source is a literal or a setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlglot import exp

ALL = "*"


class Source(NamedTuple):
    """A column of a table, or with ``*`` the table as a whole."""

    table: str
    column: str


Sources = frozenset[Source]
NONE: Sources = frozenset()


@dataclass(frozen=True)
class Relation:
    """What a query can see of a table or step: its columns, and where each comes from."""

    columns: Mapping[str, Sources]
    rows: Sources = NONE
    """Where its rows come from, for count(*)."""
    others: Sources | None = None
    """Where columns come from that no SQL names; None if there are none."""

    def of(self, column: str) -> Sources | None:
        """Return where `column` comes from, or None when there is no such column."""
        return self.columns.get(column.lower(), self.others)

    def without(self, names: Iterable[str]) -> Relation:
        """Return the relation without some columns."""
        gone = {name.lower() for name in names}
        kept = {name: sources for name, sources in self.columns.items() if name not in gone}
        return Relation(kept, self.rows, self.others)


def table(name: str, columns: Sequence[str] | None) -> Relation:
    """Return a table as the queries on it see it; None for columns that only its data tell."""
    whole = frozenset({Source(name, ALL)})
    if columns is None:
        return Relation({}, whole, whole)
    return Relation({column.lower(): frozenset({Source(name, column)}) for column in columns}, whole)


def lineage(query: exp.Expr, known: Mapping[str, Relation]) -> Relation:
    """Return the columns of `query` with their sources among the tables `known`; another table is known as a whole."""
    return _Reader(dict(known)).relation(query)


@dataclass
class _Scope:
    """The relations that one SELECT reads, by the name that it gives them."""

    relations: dict[str, Relation] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """Names that only filter rows (SEMI and ANTI JOIN)."""

    @property
    def visible(self) -> list[Relation]:
        return [relation for name, relation in self.relations.items() if name not in self.hidden]

    @property
    def rows(self) -> Sources:
        return NONE.union(*(relation.rows for relation in self.visible))


class _Reader:
    """Reads a query from the inside out; `known` grows with each step (WITH) that was read."""

    def __init__(self, known: dict[str, Relation]) -> None:
        self.known = known

    def relation(self, query: exp.Expr) -> Relation:
        from sqlglot import exp  # noqa: PLC0415 -- commands that only read releases do without

        inner = _Reader(dict(self.known))
        for step in query.ctes if isinstance(query, exp.Query) else _steps(query):
            inner.known[step.alias_or_name.lower()] = inner.relation(step.this)
        if isinstance(query, exp.Subquery):
            return inner.relation(query.this)
        if isinstance(query, exp.SetOperation):
            by_name = bool(query.args.get("by_name"))
            return _one_below_the_other(inner.relation(query.left), inner.relation(query.right), by_name=by_name)
        if isinstance(query, exp.Pivot):
            return inner._pivoted(inner._read(query.this), query)
        if isinstance(query, exp.Select):
            return inner._selected(query)
        return Relation({}, NONE, NONE)

    def _read(self, source: exp.Expr) -> Relation:
        """Return what stands in FROM or JOIN: a step, a table, a subquery, a table function."""
        from sqlglot import exp  # noqa: PLC0415

        if not isinstance(source, exp.Table):
            found = self.relation(source)
        elif not source.name or not isinstance(source.this, exp.Identifier):
            called = source.this.name if isinstance(source.this, exp.Anonymous) else source.this.sql_name().lower()
            found = table(f"{called}()", None)
        else:
            name = f"{source.db}.{source.name}" if source.db else source.name
            found = self.known.get(name.lower()) or table(name, None)
        for pivot in source.args.get("pivots") or ():
            found = self._pivoted(found, pivot)
        return found

    def _scope(self, query: exp.Select) -> _Scope:
        scope, first = _Scope(), query.args.get("from_")
        if first is not None:
            scope.relations[first.this.alias_or_name.lower()] = self._read(first.this)
        for number, join in enumerate(query.args.get("joins") or ()):
            name = join.this.alias_or_name.lower() or f"join {number}"
            scope.relations[name] = self._read(join.this)
            if join.kind in ("SEMI", "ANTI"):
                scope.hidden.add(name)
        return scope

    def _selected(self, query: exp.Select) -> Relation:
        scope = self._scope(query)
        made: dict[str, Sources] = {}
        others: Sources | None = None
        for item in query.expressions:
            seen = self._several(item, scope, made)
            if seen is None:
                made[item.alias_or_name.lower()] = self._sources(item, scope, made)
                continue
            made |= seen.columns
            others = _both(others, seen.others)
        return Relation(made, scope.rows, others)

    def _several(self, item: exp.Expr, scope: _Scope, made: Mapping[str, Sources]) -> Relation | None:
        """Return what an item of the SELECT list makes when it may make several columns, else None."""
        from sqlglot import exp  # noqa: PLC0415

        if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            return scope.relations[item.table.lower()].without(_named(item.this, "except_"))
        star = item if isinstance(item, exp.Star) else None
        if star is None:
            several = item.find(exp.Columns)
            star = several.this if several is not None and isinstance(several.this, exp.Star) else None
        if star is None:
            return None
        everything = _side_by_side(scope.visible).without(_named(star, "except_"))
        columns = dict(everything.columns)
        if star is not item:  # an expression over COLUMNS(*): the columns beside it go into each
            beside = [each for each in item.find_all(exp.Column) if not each.find_ancestor(exp.Columns)]
            more = NONE.union(*(self._sources(each, scope, made) for each in beside))
            columns = {name: sources | more for name, sources in columns.items()}
        for replaced in star.args.get("replace") or ():
            columns[replaced.alias.lower()] = self._sources(replaced.this, scope, made)
        for renamed in star.args.get("rename") or ():
            columns[renamed.alias.lower()] = columns.pop(renamed.this.name.lower(), NONE)
        return Relation(columns, everything.rows, everything.others)

    def _sources(self, item: exp.Expr, scope: _Scope, made: Mapping[str, Sources]) -> Sources:
        """Return every column that the value of `item` is computed from."""
        from sqlglot import exp  # noqa: PLC0415

        found: set[Source] = set()
        within = [item]
        while within:
            node = within.pop()
            if isinstance(node, exp.Subquery | exp.Select):
                found |= NONE.union(*self.relation(node).columns.values())
            elif isinstance(node, exp.Column):
                found |= _column(node, scope, made)
            elif isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
                found |= scope.rows
            else:
                within += node.iter_expressions()
        return frozenset(found)

    def _pivoted(self, read: Relation, pivot: exp.Pivot) -> Relation:
        scope = _Scope({"": read})
        if pivot.args.get("unpivot"):
            return self._taken_apart(read, pivot)
        spread = [*pivot.expressions, *(pivot.args.get("using") or ())]
        value = NONE.union(*(self._sources(each, scope, {}) for each in spread))
        group = pivot.args.get("group")
        kept = {each.name.lower(): self._sources(each, scope, {}) for each in (group.expressions if group else ())}
        return Relation(kept, read.rows, value)

    def _taken_apart(self, read: Relation, pivot: exp.Pivot) -> Relation:
        """Return an UNPIVOT: one column of names, one of values, and those that were not taken."""
        from sqlglot import exp  # noqa: PLC0415

        into = pivot.args.get("into")
        if into is not None:  # UNPIVOT t ON ... INTO NAME n VALUE v
            names, taken = [into.this.name, *(each.name for each in into.expressions)], pivot.expressions
        else:  # FROM t UNPIVOT (v FOR n IN (...))
            (fields,) = pivot.args["fields"]
            names, taken = [fields.this.name, *(each.name for each in pivot.expressions)], fields.expressions
        stars = [each.this for each in taken if isinstance(each, exp.Columns)]
        left_out = {name.lower() for star in stars for name in _named(star, "except_")}
        kept = left_out if stars else set(read.columns) - {each.name.lower() for each in taken}
        gone = [sources for name, sources in read.columns.items() if name not in kept]
        apart = (read.others or NONE).union(*gone)
        columns = {name: read.of(name) or NONE for name in (*read.columns, *sorted(kept)) if name in kept}
        return Relation(columns | {name.lower(): apart for name in names}, read.rows)


def _steps(query: exp.Expr) -> Sequence[exp.Expr]:
    steps = query.args.get("with_")
    return steps.expressions if steps is not None else ()


def _named(star: exp.Expr, what: str) -> list[str]:
    return [each.name for each in star.args.get(what) or ()]


def _one_below_the_other(upper: Relation, lower: Relation, *, by_name: bool) -> Relation:
    """Return a UNION: column by column, in their order or by their name."""
    if by_name:
        names = [*upper.columns, *(name for name in lower.columns if name not in upper.columns)]
        columns = {name: upper.columns.get(name, NONE) | lower.columns.get(name, NONE) for name in names}
    else:
        pairs = zip_longest(upper.columns.items(), lower.columns.values(), fillvalue=NONE)
        columns = {pair[0]: pair[1] | below for pair, below in pairs if isinstance(pair, tuple)}
    return Relation(columns, upper.rows | lower.rows, _both(upper.others, lower.others))


def _both(one: Sources | None, other: Sources | None) -> Sources | None:
    return None if one is None and other is None else (one or NONE) | (other or NONE)


def _side_by_side(relations: Sequence[Relation]) -> Relation:
    columns: dict[str, Sources] = {}
    others: Sources | None = None
    for relation in relations:
        columns |= {name: sources for name, sources in relation.columns.items() if name not in columns}
        others = _both(others, relation.others)
    return Relation(columns, NONE.union(*(relation.rows for relation in relations)), others)


def _column(column: exp.Column, scope: _Scope, made: Mapping[str, Sources]) -> Sources:
    """Return where a column of the scope comes from; one made earlier in the same list counts as well."""
    name = column.name.lower()
    if column.table:
        relation = scope.relations.get(column.table.lower())
        found = relation.of(name) if relation is not None else None
        return found if found is not None else NONE
    for relation in scope.visible:
        if name in relation.columns:
            return relation.columns[name]
    if name in made:
        return made[name]
    return NONE.union(*(relation.others or NONE for relation in scope.visible))
