"""A tiny city that passes every check; a test spoils one thing in it and names the check that must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import duckdb
import pytest

from flows.base.db import create_stage, sql
from flows.base.resources import resource
from flows.check.models import CheckJob, CheckReport, CheckResult, Finding, findings_of, results_of
from flows.profile.load import load_profile
from flows.stage.catalogue import write_relations, write_vocabulary
from tests.judged_once import judge_once

_OTHER_TABLES = """
CREATE TABLE stichtag (stichtag DATE, zuschnitt VARCHAR, basis VARCHAR);
CREATE TABLE raum (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, name VARCHAR, gueltig_ab DATE, gueltig_bis DATE,
    flaeche_km2 DOUBLE, geometrie BLOB, eltern MAP(VARCHAR, VARCHAR)
);
CREATE TABLE merkmal_raum (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, merkmal VARCHAR, wert DOUBLE,
    teile BIGINT, teile_unbekannt BIGINT, herkunft VARCHAR DEFAULT 'gezaehlt'
);
CREATE TABLE zu_schaetzen (stichtag DATE, von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR);
CREATE TABLE schluessel_geschaetzt (von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR);
CREATE TABLE merkmal_geschaetzt (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, merkmal VARCHAR, wert DOUBLE
);
CREATE TABLE schaetzung (
    von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, gelungen BOOLEAN, grund VARCHAR
);
CREATE TABLE schaetzung_befund (
    von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, merkmal VARCHAR, einheit VARCHAR,
    befund VARCHAR, personen DOUBLE, flaeche_km2 DOUBLE
);
CREATE TABLE indikator_wert (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, indikator_id VARCHAR, wert DOUBLE,
    zaehler DOUBLE, nenner DOUBLE, status VARCHAR, methode VARCHAR, unsicherheit DOUBLE
);
CREATE TABLE luecke (
    stichtag DATE, merkmal VARCHAR, basis VARCHAR, basis_id VARCHAR, grund VARCHAR DEFAULT 'ungelistet'
);
"""

# what 200 residents are made of; a block has a little more or less of everything
_BLOCK = {
    "einwohner": 200, "weiblich": 102, "nichtdeutsche": 33, "migrationshintergrund": 60,
    "einwohner_0_2": 6, "einwohner_3_5": 7, "einwohner_6_9": 9, "einwohner_10_17": 14, "einwohner_18_26": 24,
    "einwohner_27_66": 104, "einwohner_67_plus": 36,
    "einwohner_0_17": 34, "einwohner_18_64": 124, "einwohner_65_plus": 42, "einwohner_0_64": 158,
    "geburten": 2, "sterbefaelle": 3,
    "sgb2": 30, "sgb2_0_17": 10, "sgb2_0_14": 8,
    "haushalte": 100, "haushalte_1_person": 50, "personen_in_haushalten": 190,
}  # fmt: skip


@dataclass
class City:
    """A run's working database under a test's hands."""

    run_folder: Path
    stichtage: tuple[str, ...]

    @property
    def work_db(self) -> Path:
        return self.run_folder / "work.duckdb"

    @property
    def job(self) -> CheckJob:
        return CheckJob(
            work_db=self.work_db,
            run_folder=self.run_folder,
            city_id="kleinstadt",
        )

    def spoil(self, statement: str) -> None:
        """Change the finished tables, and nothing that was computed from them."""
        with duckdb.connect(str(self.work_db)) as connection:
            connection.execute(statement)

    def deliver(self, statement: str) -> None:
        """Change what was delivered and compute the Sozialraum tables from it again."""
        with duckdb.connect(str(self.work_db)) as connection:
            connection.execute(statement)
            _transform(connection)

    def rows(self, frame: str, **asked: Any) -> list[dict[str, Any]]:
        """Return the rows of one frame, without Great Expectations, which takes seconds."""
        from flows.check.frames import working_tables  # noqa: PLC0415

        sql = resource("sql") / "check"
        with working_tables(self.job.model_copy(update=asked), sql) as connection:
            found = connection.execute((sql / f"{frame}.sql").read_text(encoding="utf-8"))
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def units(self, frame: str, **asked: Any) -> list[str]:
        """Return what the rows of one frame are about."""
        return [row["einheit"] for row in self.rows(frame, **asked)]

    def check(self, *named: str, **asked: Any) -> Checked:
        """Judge the frames of the checks that are named (else all); `asked` is what the job says besides.

        A frame without rows whose suite expects none is good by definition, and one that the city of another test had
        with the same rows is judged once. `report` judges each, which takes seconds.
        """
        from flows.check.frames import Frame, working_tables  # noqa: PLC0415
        from flows.check.validation import all_suites  # noqa: PLC0415 -- takes seconds

        job, sql = self.job.model_copy(update=asked), resource("sql") / "check"
        judge, every, outcomes = judge_once()(job), all_suites(job), []
        with working_tables(job, sql) as connection:
            for file in sorted(sql.glob("[!_]*.sql")):
                suites = [one for one in every[file.stem] if not named or _checks_of(one) & set(named)]
                frame = Frame(file.stem, connection.sql(file.read_text(encoding="utf-8")).df()) if suites else None
                for suite in suites:
                    stored = (resource("expectations") / f"{suite.name}.json").exists()
                    if frame is not None and (stored or not frame.rows.empty):
                        outcomes += judge.outcomes(suite, frame)
        results = {outcome.result.check: outcome.result for outcome in outcomes}
        return Checked(results, [finding for outcome in outcomes for finding in outcome.findings])

    def report(self, *named: str, **asked: Any) -> Report:
        """Run the checks that are named (else all) in this process as a refresh does, with the pages.

        All take seconds. Those of waivers are always made.
        """
        from flows.check import validation  # noqa: PLC0415 -- takes seconds
        from flows.check.city_decisions import WAIVERS  # noqa: PLC0415
        from flows.check.reading import read  # noqa: PLC0415

        job = self.job.model_copy(update=asked)
        reading, suites = read(job), validation.all_suites(job)
        if named:
            suites = {
                frame: kept
                for frame, own in suites.items()
                if (kept := [one for one in own if frame == WAIVERS or _checks_of(one) & set(named)])
            }
            kept = {"frames": reading.frames, "own_frames": reading.own_frames}
            reading = replace(
                reading, **{name: [one for one in frames if one.name in suites] for name, frames in kept.items()}
            )
        with mock.patch.object(validation, "all_suites", return_value=suites):
            report = validation.judged(job, reading)
        return Report({result.check: result for result in results_of(report)}, findings_of(report), report)


def _checks_of(suite: Any) -> set[str]:
    return {expectation.meta["id"] for expectation in suite.expectations}


@dataclass
class Checked:
    """What the checks said."""

    results: dict[str, CheckResult]
    findings: list[Finding]

    @property
    def failed(self) -> set[str]:
        return {check for check, result in self.results.items() if not result.ok}

    @property
    def blockers(self) -> list[str]:
        return [check for check, result in self.results.items() if result.blocks]

    @property
    def warnings(self) -> list[str]:
        return [check for check, result in self.results.items() if result.severity == "warning" and result.counts]

    def units(self, check: str) -> list[str]:
        """The units that `check` found, with what was found there."""
        return [f"{finding.unit}: {finding.found}" for finding in self.findings if finding.check == check]


@dataclass
class Report(Checked):
    """What the checks said, and the report of it on disk."""

    report: CheckReport


STICHTAGE = ("2023-12-31", "2024-12-31")


def city_in(folder: Path, sozialraeume: int = 3, stichtage: tuple[str, ...] = STICHTAGE) -> City:
    """Make a city of so many Sozialräume, two blocks each, at the given Stichtage; its run lies in `folder`."""
    city = City(folder / "run", stichtage)
    city.run_folder.mkdir()
    city.work_db.write_bytes(_made(sozialraeume, stichtage))
    return city


@cache
def _made(sozialraeume: int, stichtage: tuple[str, ...]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "work.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(sql("schema/katalog"))
            write_vocabulary(connection)
            write_relations(connection, load_profile("musterstadt").codebook)
            create_stage(connection)
            connection.execute(_OTHER_TABLES)
            _fill_catalogue(connection)
            _fill_deliveries(connection, sozialraeume, stichtage)
            _transform(connection)
        return path.read_bytes()


@pytest.fixture
def make_city(tmp_path: Path) -> Callable[..., City]:
    """See `city_in`; the run lies in the test's folder."""
    return partial(city_in, tmp_path)


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of all checks of the city below, as it is; read only."""
    return city_in(tmp_path_factory.mktemp("good")).report()


@pytest.fixture
def city(make_city: Callable[..., City]) -> City:
    """Three Sozialräume 011001..011003 (011003 in Stadtteil 012), two Stichtage, one Zuschnitt."""
    return make_city()


def _fill_catalogue(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        INSERT INTO katalog.stadt BY NAME SELECT 'kleinstadt' AS stadt_id, 'Kleinstadt (synthetisch)' AS name,
            'EPSG:25832' AS koordinatensystem, TRUE AS synthetisch, 0.05 AS amtlich_band;
        INSERT INTO katalog.raumebene BY NAME FROM (VALUES
            ('sozialraum', 1, '\\d{6}'), ('stadtteil', 2, '\\d{3}'), ('stadt', 3, '05999')
        ) AS e (raumebene, rang, id_muster),
            (SELECT '-' AS label_de, '-' AS label_en, 'datei' AS zugehoerigkeit);
        INSERT INTO katalog.zuschnitt BY NAME SELECT '2020-01-01' AS zuschnitt, 'bbs' AS basis,
            DATE '2020-01-01' AS gueltig_ab, '\\d{8}' AS basis_muster, TRUE AS schachtelung;
    """)
    for position, merkmal in enumerate([*_BLOCK, "flaeche_km2"]):
        art = "flaeche" if merkmal == "flaeche_km2" else "bestand"
        connection.execute(
            "INSERT INTO katalog.merkmal BY NAME SELECT $1 AS merkmal, $2 AS position, '-' AS label_de, "
            "'-' AS label_en, 'Personen' AS einheit, $3 AS art, 'bevoelkerung' AS thema, "
            "TRUE AS geschuetzt, TRUE AS ganzzahlig",
            [merkmal, position, art],
        )
    for position, (indikator, typ, faktor, zaehler, nenner) in enumerate(
        [
            ("einwohner", "anzahl", 1, "einwohner", None),
            ("anteil_weiblich", "anteil", 100, "weiblich", "einwohner"),
            ("anteil_nichtdeutsche", "anteil", 100, "nichtdeutsche", "einwohner"),
            ("sgb2_quote", "anteil", 100, "sgb2", "einwohner_0_64"),
        ]
    ):
        connection.execute(
            "INSERT INTO katalog.indikator VALUES (?, ?, '-', '-', '-', '-', '%', 1, ?, ?, NULL, 'stichtag',"
            " '-', '-', 'neutral', 'personen', '-', '-', '', '')",
            [indikator, position, typ, faktor],
        )
        for rolle, merkmal in (("zaehler", zaehler), ("nenner", nenner)):
            if merkmal:
                connection.execute("INSERT INTO katalog.indikator_teil VALUES (?, ?, ?)", [indikator, rolle, merkmal])


def _fill_deliveries(connection: duckdb.DuckDBPyConnection, sozialraeume: int, stichtage: tuple[str, ...]) -> None:
    connection.execute(
        """
        CREATE TEMP TABLE block AS
        SELECT printf('0110%02d', sr) AS sozialraum, printf('01%d', 1 + sr // 3) AS stadtteil,
            printf('011%04d%d', sr, seite) AS basis_id, sr + seite AS nr
        FROM range(1, ? + 1) AS s (sr), range(1, 3) AS b (seite);
        """,
        [sozialraeume],
    )
    for year, stichtag in enumerate(stichtage):
        for merkmal, count in _BLOCK.items():
            # the bands grow alike, so that they keep adding up; some others vary between the blocks
            extra = "nr % 3" if merkmal in ("weiblich", "nichtdeutsche", "sgb2") else "0"
            connection.execute(
                "INSERT INTO stage.zaehlung_einzeln "
                f"SELECT 'einwohner', ?, 'bbs', basis_id, ?, ? * (nr + ?) + {extra}, 'ok' FROM block",
                [stichtag, merkmal, count, year],
            )
    connection.execute("""
        INSERT INTO stage.zuordnung
            SELECT '2020-01-01', 'bbs', basis_id, 'sozialraum', sozialraum FROM block
            UNION ALL SELECT '2020-01-01', 'bbs', basis_id, 'stadtteil', stadtteil FROM block
            UNION ALL SELECT '2020-01-01', 'bbs', basis_id, 'stadt', '05999' FROM block;
        INSERT INTO stage.raum_name
            SELECT DISTINCT zuschnitt, raumebene, raum_id, 'Raum ' || raum_id FROM stage.zuordnung;
        INSERT INTO stage.geometrie SELECT 'bbs', basis_id, NULL, '\\x01'::BLOB, FALSE, FALSE FROM block;
        INSERT INTO stage.datei
            SELECT 'einwohner', 'EW_' || stichtag, md5(stichtag::VARCHAR), 1, count(*), count(*), 0, 0, 0, [], FALSE,
                NULL
            FROM stage.zaehlung GROUP BY stichtag;
        INSERT INTO stage.amtlich SELECT 'amtlich', stichtag, 'einwohner', 'stadt', '05999', 1.02 * sum(wert), 'ok'
            FROM stage.zaehlung WHERE merkmal = 'einwohner' GROUP BY stichtag;
    """)
    for stichtag in stichtage:
        connection.execute("INSERT INTO stichtag VALUES (?, '2020-01-01', 'bbs')", [stichtag])


def _transform(connection: duckdb.DuckDBPyConnection) -> None:
    """The Sozialraum tables as the station transform makes them, in small."""
    connection.execute("""
        DELETE FROM raum; DELETE FROM merkmal_raum; DELETE FROM indikator_wert;
        INSERT INTO raum BY NAME SELECT zuschnitt, raumebene, raum_id, name, DATE '2020-01-01' AS gueltig_ab,
            1.5 AS flaeche_km2 FROM stage.raum_name;
        INSERT INTO merkmal_raum
            SELECT z.zuschnitt, z.raumebene, z.raum_id, w.stichtag, w.merkmal, sum(w.wert), count(*),
                count(*) FILTER (w.wert IS NULL), 'gezaehlt'
            FROM stage.zaehlung AS w JOIN stage.zuordnung AS z USING (basis, basis_id)
            GROUP BY ALL;
        INSERT INTO indikator_wert
            SELECT z.zuschnitt, z.raumebene, z.raum_id, z.stichtag, i.indikator_id, w, z.wert, n.wert,
                CASE
                    WHEN w IS NULL THEN 'unbekannt' WHEN z.teile_unbekannt > 0 THEN 'unvollstaendig' ELSE 'ok'
                END, 'exact', NULL
            FROM katalog.indikator AS i
            JOIN katalog.indikator_teil AS iz ON i.indikator_id = iz.indikator_id AND iz.rolle = 'zaehler'
            JOIN merkmal_raum AS z ON iz.merkmal = z.merkmal
            LEFT JOIN katalog.indikator_teil AS jn ON i.indikator_id = jn.indikator_id AND jn.rolle = 'nenner'
            LEFT JOIN merkmal_raum AS n ON jn.merkmal = n.merkmal AND n.zuschnitt = z.zuschnitt
                AND n.raumebene = z.raumebene AND n.raum_id = z.raum_id AND n.stichtag = z.stichtag,
            LATERAL (SELECT i.faktor * z.wert / CASE WHEN jn.merkmal IS NULL THEN 1 ELSE n.wert END AS w);
    """)
