"""Stages tiny files of the small city, and shows what became of their rows."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pytest

from flows.base.db import connect, create_stage, literal, open_work, use_spatial
from flows.base.errors import FortschreibungError
from flows.profile.dialect import Dialect
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.pull.landing.store import Landing
from flows.pull.models import Lieferung
from flows.pull.pull_sources import pull
from flows.stage import catalogue, stage_files
from flows.stage.catalogue import write_catalogue
from flows.stage.kept_results import KeptResults
from flows.stage.stage_files import stage

Files = Mapping[str, bytes | str]
Row = tuple[Any, ...]


@dataclass
class Staged:
    """The working database after the station."""

    con: duckdb.DuckDBPyConnection
    run: Path

    def rows(self, query: str) -> list[Row]:
        return self.con.execute(query).fetchall()

    @property
    def counts(self) -> dict[tuple[str, str], float | None]:
        """The figure of each base unit and Merkmal, but those that a row in quarantine names."""
        found = self.rows(
            "SELECT basis_id, merkmal, wert FROM stage.zaehlung "
            "ANTI JOIN stage.ungewiss USING (quelle, stichtag, basis_id, merkmal)"
        )
        assert len({row[:2] for row in found}) == len(found)
        return {(unit, merkmal): wert for unit, merkmal, wert in found}

    @property
    def residents(self) -> dict[str, float | None]:
        return {unit: wert for (unit, merkmal), wert in self.counts.items() if merkmal == "einwohner"}

    @property
    def statuses(self) -> dict[str, str]:
        return dict(self.rows("SELECT basis_id, status FROM stage.zaehlung WHERE merkmal = 'einwohner'"))

    @property
    def stichtage(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT DISTINCT stichtag::VARCHAR FROM stage.zaehlung ORDER BY 1")]

    @property
    def quarantine(self) -> list[Row]:
        """File, line, column and value of each row set aside; the rule is looked at where it matters."""
        return self.rows("SELECT datei, zeile, spalte, wert FROM stage.quarantaene ORDER BY datei, zeile")

    @property
    def rules(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT regel FROM stage.quarantaene ORDER BY datei, zeile")]

    @property
    def files(self) -> list[Row]:
        """Rows in, taken over, quarantined and dropped of each file; every row is one of them."""
        found = self.rows("SELECT datei, zeilen, uebernommen, quarantaene, entfallen FROM stage.datei ORDER BY datei")
        assert all(rows == taken + bad + dropped for _, rows, taken, bad, dropped in found)
        return found


@pytest.fixture(scope="module", autouse=True)
def only_what_staging_reads() -> Iterator[None]:
    """Indikatoren, indices and types are not written to the catalogue: no statement of this station reads them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_write_indikatoren", "write_relations", "write_indices", "write_typologies"):
            patch.setattr(catalogue, name, lambda *_: None)
        yield


def work_in_memory(run: Path) -> duckdb.DuckDBPyConnection:
    """Return what `open_work` opens, without its file: a third of a small test would be to write it."""
    (run / "spill").mkdir()
    return connect(config={"temp_directory": str(run / "spill"), "autoinstall_known_extensions": False})


@pytest.fixture
def stage_city(tmp_path: Path, small_city: Any) -> Iterator[Callable[..., Staged]]:
    """Pull the files from a folder and run the whole station with the sources given as TOML.

    With `on_disk` the working database is a file, as in a run. With `keeping`, results are kept in the landing zone and
    used again; otherwise every file is read.
    """
    opened: list[duckdb.DuckDBPyConnection] = []

    def staged(
        sources: str | list[str], files: Files, *, home: Path = tmp_path, keeping: bool = False, on_disk: bool = False,
        **options: Any,
    ) -> Staged:  # fmt: skip
        drop, run = tmp_path / f"drop{len(opened)}", home / f"run{len(opened)}"
        drop.mkdir()
        run.mkdir(parents=True)
        for name, content in files.items():
            (drop / name).write_bytes(content.encode() if isinstance(content, str) else content)
        profile = small_city.with_sources(*([sources] if isinstance(sources, str) else sources))
        landing = Landing(home / "landing")
        pulled = pull(profile, landing, folder=drop)
        con = open_work(run / "work.duckdb") if on_disk else work_in_memory(run)
        opened.append(con)
        kept = KeptResults(landing.folder, profile) if keeping else None
        stage(con, profile, pulled.lieferungen, landing.folder, run, kept=kept, **options)
        _quarantine_file_says_the_same(con, run)
        return Staged(con, run)

    yield staged
    for con in opened:
        con.close()


@pytest.fixture
def refusal(stage_city: Callable[..., Staged]) -> Callable[..., str]:
    """Stage and return why it stopped."""

    def told(sources: str | list[str], files: Files, **options: Any) -> str:
        with pytest.raises(FortschreibungError) as refused:
            stage_city(sources, files, **options)
        _names_nothing_but_a_place(refused.value.where, files)
        return str(refused.value)

    return told


def _names_nothing_but_a_place(where: str, files: Files) -> None:
    """What anybody may read of a refusal names source, file, line, feature or cell: never what was found there."""
    for name in files:
        where = where.replace(name, "*")
    place = r"(,? ?(File|file|Workbook) \*( ?/ ?[\w.]+)?|, \*)*(, (line|feature|row) \d+|, cell [A-Z]+\d+)?"
    assert re.fullmatch(rf"(Sources? [a-z0-9_]+(, [a-z0-9_]+)*)?{place}", where), where


def _quarantine_file_says_the_same(con: duckdb.DuckDBPyConnection, run: Path) -> None:
    with (run / "quarantine.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert lines[0] == ["quelle", "datei", "zeile", "spalte", "wert", "regel"]
    found = con.execute("SELECT quelle, datei, zeile, spalte, wert, regel FROM stage.quarantaene").fetchall()
    assert sorted(lines[1:]) == sorted([str(v) if v is not None else "" for v in row] for row in found)


@dataclass
class Workbench:
    """One working database for hundreds of small files: staged tables are emptied, not made anew."""

    profile: Profile
    landing: Landing
    run: Path
    con: duckdb.DuckDBPyConnection
    known: Sequence[str] = ()
    """Statements that fill staged tables with what is known of space before."""

    def stage(self, files: Files, dialect: Dialect | None = None) -> Staged:
        """Stage the files into the one source of the profile, in its dialect or in another."""
        (source,) = self.profile.sources
        if dialect:
            source = source.model_copy(update={"dialect": dialect})
        for (table,) in self.con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'stage'"
        ).fetchall():
            self.con.execute(f"DELETE FROM stage.{table}")
        for statement in self.known:
            self.con.execute(statement)
        lieferungen = [self._delivered(source, name, content) for name, content in files.items()]
        if source.kind in ("geometry", "assignment", "names"):
            stage_files._stage_space(self.con, self.profile, lieferungen, self.landing.folder, self.run)
        else:
            stage_files._stage_one(self.con, self.profile, source, lieferungen, self.landing.folder, self.run)
        return Staged(self.con, self.run)

    def _delivered(self, source: Source, name: str, content: bytes | str) -> Lieferung:
        data = content.encode() if isinstance(content, str) else content
        with self.landing.incoming() as file:
            file.write(data)
            stored = self.landing.keep(file)
        return Lieferung(
            source=source.id, name=name, sha256=stored.sha256, checksum=stored.sha256, bytes=stored.bytes, url=name,
            fetched_at="2025-01-01T00:00:00Z",
        )  # fmt: skip


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Callable[[Profile], Workbench]]:
    """Make a workbench for a profile with one source."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def made(profile: Profile) -> Workbench:
        run = tmp_path / f"bench{len(opened)}"
        run.mkdir()
        con = work_in_memory(run)
        opened.append(con)
        use_spatial(con)
        write_catalogue(con, profile)
        create_stage(con)
        return Workbench(profile, Landing(tmp_path / "bench_landing"), run, con)

    yield made
    for con in opened:
        con.close()


SQUARE = "POLYGON ((350000 5650000, 350100 5650000, 350100 5650100, 350000 5650100, 350000 5650000))"


@pytest.fixture
def drawn(tmp_path: Path) -> Callable[..., bytes]:
    """Write a square, or an outline of its own, for each id as GDAL does; a Shapefile's parts come in a ZIP."""

    def write(
        driver: str,
        srs: str | None = "EPSG:25832",
        outline: str | Sequence[str] = SQUARE,
        units: Sequence[str | float] = ("01100001",),
    ) -> bytes:
        folder = tmp_path / f"drawn{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        path = folder / ("bbs.gpkg" if driver == "GPKG" else "bbs.shp")
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as con:
            use_spatial(con)
            outlines = [outline] * len(units) if isinstance(outline, str) else list(outline)
            states = f", SRS {literal(srs)}" if srs else ""
            con.execute(
                f"COPY (SELECT unnest({literal(list(units))}) AS BBS, "
                f"st_geomfromtext(unnest({literal(outlines)})) AS geom) "
                f"TO {literal(str(path))} (FORMAT gdal, DRIVER {literal(driver)}{states})"
            )
        if driver == "GPKG":
            return path.read_bytes()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(folder.iterdir()):
                archive.write(part, f"Daten/{part.name}")
        return out.getvalue()

    return write


MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


@pytest.fixture
def ods() -> Callable[[list[list[str | float]]], bytes]:
    """Write rows as an open document with one sheet, `Tabelle`."""
    return _ods


def _ods(rows: list[list[str | float]]) -> bytes:
    def cell(value: str | float) -> str:
        text = f"<text:p>{escape(str(value))}</text:p>"
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}">{text}</table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Tabelle">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", content)
    return out.getvalue()
