"""Tiny cities, drawn: a row of squares of 100 m; each letter says in which unit the square at its place lies.

    city.zuschnitt("2020-01-01", sozialraum="AAB", stadtteil="XYY")

has the base units 1, 2, 3; 1 and 2 lie in Sozialraum A, which lies in two Stadtteile. A dot is a square that
the Zuschnitt does not assign. In counts, None is delivered as unknown, a text is the status
that a missing-value sign states, and ... is a square without a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import EllipsisType
from typing import Any, NamedTuple

import duckdb
import pytest

from flows.base.db import create_stage, insert, sql, use_spatial
from flows.stage.catalogue import write_vocabulary
from flows.transform.kept_parts import KeptParts
from flows.transform.transform_counts import transform

Count = float | EllipsisType | str | None


class Figure(NamedTuple):
    """An Indikator of a unit."""

    wert: float | None
    zaehler: float | None
    nenner: float | None
    status: str


class City:
    """A working database with staged counts under a test's hands."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.con.execute("USE memory; DETACH DATABASE IF EXISTS stadt; ATTACH ':memory:' AS stadt; USE stadt")
        self.con.execute(sql("schema/katalog"))
        write_vocabulary(self.con)
        create_stage(self.con)
        insert(self.con, "katalog.quelle_reihe", [{"quelle": "register", "merkmale": ["einwohner", "weiblich"]}])
        insert(
            self.con, "katalog.quelle",
            [{"quelle": "register", "titel_de": "-", "titel_en": "-", "art": "register", "quarantaene_erlaubt": 0,
              "ungelistet_null": True}],
        )  # fmt: skip
        insert(
            self.con, "katalog.raumebene",
            [{"raumebene": level, "rang": rank, "label_de": level, "label_en": level, "id_muster": ".*",
              "zugehoerigkeit": "city" if level == "stadt" else "assignment"}
             for rank, level in enumerate(("sozialraum", "stadtteil", "stadt"), start=1)],
        )  # fmt: skip
        self._sources: set[str] = set()
        self._indikatoren: set[str] = set()

    def zuschnitt(
        self, name: str, sozialraum: Sequence[str], stadtteil: Sequence[str] = "", basis: str = "bbs"
    ) -> None:
        """Draw a Zuschnitt valid from the date `name`; the city is always the unit S."""
        insert(
            self.con, "katalog.zuschnitt",
            [{"zuschnitt": name, "gueltig_ab": name, "basis": basis, "basis_muster": ".*", "schachtelung": True}],
        )  # fmt: skip
        drawn = {"sozialraum": sozialraum, "stadtteil": stadtteil or "X" * len(sozialraum)}
        insert(
            self.con, "stage.zuordnung",
            [{"zuschnitt": name, "basis": basis, "basis_id": str(square), "raumebene": level, "raum_id": unit}
             for square, own in enumerate(sozialraum, start=1) if own != "."
             for level, unit in ((*((x, drawn[x][square - 1]) for x in drawn), ("stadt", "S")))],
        )  # fmt: skip

    def squares(self, how_many: int, basis: str = "bbs", moved: Mapping[int, float] | None = None) -> None:
        """Give the squares their polygons; `moved` says by how much the line behind a square lies further on."""
        lines = [100 * line + (moved or {}).get(line, 0) for line in range(how_many + 1)]
        for square, (west, east) in enumerate(pairwise(lines), start=1):
            self.con.execute(
                f"INSERT INTO stage.geometrie SELECT '{basis}', '{square}', NULL, "
                f"st_aswkb(st_makeenvelope({west}, 0, {east}, 100))::BLOB, FALSE, FALSE"
            )

    def counts(
        self, merkmal: str, stichtag: str, counts: Sequence[Count], *, ungelistet_null: bool = True, basis: str = "bbs"
    ) -> None:
        """Deliver a Merkmal of each square from a table; the source is one that leaves out zeros or lists all."""
        source = f"{merkmal}_{'ohne_nullen' if ungelistet_null else 'vollstaendig'}"
        if source not in self._sources:
            self._sources.add(source)
            insert(
                self.con, "katalog.quelle",
                [{"quelle": source, "titel_de": "-", "titel_en": "-", "art": "matrix", "quarantaene_erlaubt": 0,
                  "ungelistet_null": ungelistet_null}],
            )  # fmt: skip
        insert(
            self.con, "stage.zaehlung_einzeln",
            [{"quelle": source, "stichtag": stichtag, "basis": basis, "basis_id": str(square), "merkmal": merkmal,
              "wert": None if isinstance(count, str) else count,
              "status": count if isinstance(count, str) else "unbekannt" if count is None else "ok"}
             for square, count in enumerate(counts, start=1) if count is not ...],
        )  # fmt: skip

    def register(self, stichtag: str, residents: dict[int, tuple[int, int]]) -> None:
        """Deliver the register: residents and women of each square where somebody lives."""
        insert(
            self.con, "stage.zaehlung_reihe",
            [{"quelle": "register", "stichtag": stichtag, "basis": "bbs", "basis_id": str(square),
              "mit_zeichen": False, "werte": list(counts)} for square, counts in residents.items()],
        )  # fmt: skip

    def quarantined(self, merkmal: str, stichtag: str, square: int, source: str) -> None:
        """Let a row in quarantine name a square, so that its count is unknown."""
        insert(
            self.con, "stage.ungewiss",
            [{"quelle": source, "stichtag": stichtag, "basis": "bbs", "basis_id": str(square), "merkmal": merkmal}],
        )  # fmt: skip

    def fell_out(self, stichtag: str | None, square: int | None, source: str) -> None:
        """Let a row of a square (None: of one that nobody can read) be left out by a rule, or lie in quarantine."""
        unit = {} if square is None else {"basis": "bbs", "basis_id": str(square)}
        insert(self.con, "stage.entfallen_einheit", [{"quelle": source, "stichtag": stichtag, **unit}])

    def indikator(
        self, name: str, zaehler: str, nenner: str = "", *, typ: str = "", faktor: float = 1, stellen: int = 0,
        jahre: int | None = None,
    ) -> None:  # fmt: skip
        """Add an Indikator to the codebook; several Merkmale are separated by blanks."""
        position = len(self._indikatoren) + 1
        self._indikatoren.add(name)
        text = dict.fromkeys(
            ("label_de", "label_en", "beschreibung_de", "beschreibung_en", "einheit", "bezug", "thema", "quelle",
             "richtung", "schutzklasse", "einschraenkung_de", "einschraenkung_en", "hinweise", "suchworte"),
            "-",
        )  # fmt: skip
        insert(
            self.con, "katalog.indikator",
            [text | {"indikator_id": name, "position": position, "nachkommastellen": stellen, "faktor": faktor,
                     "typ": typ or ("anteil" if nenner else "anzahl"), "abstand_jahre": jahre}],
        )  # fmt: skip
        insert(
            self.con, "katalog.indikator_teil",
            [{"indikator_id": name, "rolle": role, "merkmal": merkmal}
             for role, merkmale in (("zaehler", zaehler), ("nenner", nenner)) for merkmal in merkmale.split()],
        )  # fmt: skip

    def transform(self, kept: KeptParts | None = None) -> City:
        """Run the station."""
        transform(self.con, kept=kept)
        return self

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.con.execute(query).fetchall()

    def sums(self, merkmal: str, stichtag: str, raumebene: str = "sozialraum", zuschnitt: str = "") -> dict[str, float]:
        """A Merkmal of each unit of a Raumebene, on the Stichtag's own Zuschnitt unless told."""
        return dict(
            self.rows(
                "SELECT raum_id, wert FROM merkmal_raum JOIN stichtag USING (stichtag) "
                f"WHERE merkmal = '{merkmal}' AND stichtag = '{stichtag}' AND raumebene = '{raumebene}' "
                f"AND merkmal_raum.zuschnitt = coalesce(nullif('{zuschnitt}', ''), stichtag.zuschnitt) ORDER BY raum_id"
            )
        )

    def figure(
        self, indikator: str, raum_id: str, stichtag: str, raumebene: str = "", zuschnitt: str = ""
    ) -> Figure | None:
        """An Indikator of a unit, on the Stichtag's own Zuschnitt unless told; None where there is no row."""
        level = raumebene or ("stadt" if raum_id == "S" else "stadtteil" if raum_id in "XYZ" else "sozialraum")
        found = self.rows(
            "SELECT wert, zaehler, nenner, status FROM indikator_wert JOIN stichtag USING (stichtag) "
            f"WHERE indikator_id = '{indikator}' AND raum_id = '{raum_id}' AND stichtag = '{stichtag}' "
            f"AND raumebene = '{level}' "
            f"AND indikator_wert.zuschnitt = coalesce(nullif('{zuschnitt}', ''), stichtag.zuschnitt)"
        )
        assert len(found) <= 1
        return Figure(*found[0]) if found else None


@pytest.fixture(scope="session")
def new_city() -> Iterator[Callable[[], City]]:
    """Make an empty city in place of the one before: for property tests, one for each example."""
    with duckdb.connect(config={"threads": 1}) as con:
        use_spatial(con)  # takes longer than a test
        yield lambda: City(con)


@pytest.fixture
def city(new_city: Callable[[], City]) -> City:
    """An empty city with the Raumebenen sozialraum, stadtteil and stadt."""
    return new_city()
