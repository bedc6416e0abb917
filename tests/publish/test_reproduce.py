"""A release comes out of its recorded deliveries again, table by table; where it does not, the table is named.

The release is that of a small Musterstadt (synthetic) which most tests of tests/refresh read.
"""

import datetime as dt
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from flows import stations
from flows.base.errors import ConfigError, SourceUnavailable
from flows.base.home import home_at
from flows.publish import reproduce as module
from flows.publish.publish_release import publish_run
from flows.publish.reproduce import reproduce, summary_lines
from flows.pull.landing.checksum import public_checksum
from flows.release.content_hash import table_hashes
from flows.release.manifest import manifest_of
from flows.run import new_run, working_folder
from tests.refresh.conftest import copy_of, one_release, small_extracts, warm_prefect

pytestmark = pytest.mark.thorough  # tests/refresh/test_releases.py shows it in short

__all__ = ["one_release", "small_extracts", "warm_prefect"]
CITY = "musterstadt"
COMMAND = Path(sys.executable).with_name("fortschreibung")


def released(extracts, home, *, until=None):
    """Publish what the extracts give, as a refresh does, and return the release's folder."""
    run = new_run(CITY, home, from_dir=extracts, until=until)
    with working_folder(run):
        pulled = stations.pull_into(run)
        stations.stage_into(run, pulled)
        stations.transform_in(run)
        stations.protect_in(run)
        (run.folder / "checks").mkdir()
        (run.folder / "checks" / "checks.json").write_text("[]", "utf-8")
        fingerprint = stations.input_fingerprint(run, pulled.lieferungen)
        return publish_run(run.profile, home, run.folder, pulled.lieferungen, [], fingerprint, say=print).path


@pytest.fixture(scope="module")
def published(tmp_path_factory, one_release):
    """A home with 2024.1 of a small Musterstadt; its landing zone and releases are only read."""
    return home_at(copy_of(one_release, tmp_path_factory.mktemp("musterstadt")).home)


@pytest.fixture(autouse=True)
def clean_checkout(monkeypatch, published):
    """What the release was made with is what is here, however the checkout looks while the tests run."""
    as_if_clean(monkeypatch, manifest_of(published.releases / CITY / "2024.1"))


def as_if_clean(monkeypatch, recorded):
    monkeypatch.setattr(module, "commit", lambda: "a" * 40)
    code = {**recorded.code, "commit": "a" * 40}
    monkeypatch.setattr(module, "manifest_of", lambda _: replace(recorded, code=code))


@dataclass(frozen=True)
class Done:
    """A reproduction, what it made, and which folders of killed and living ones it found and left."""

    outcome: module.Reproduced
    judged: list[tuple[object, ...]]
    made: Path
    found: list[str]
    left: list[str]


@pytest.fixture(scope="module")
def done(published, tmp_path_factory):
    """The release made again, beside what a killed reproduction left and what another is at."""
    kept, make, judged = tmp_path_factory.mktemp("made"), module._make, []

    def make_and_keep(*given):
        make(*given)
        shutil.copytree(given[3], kept, dirs_exist_ok=True)

    def judge(work, before, until):
        with duckdb.connect(work, read_only=True) as con:
            tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        judged.append(("indikator_wert" in tables, "wert_alle" in tables, before, until))

    for name in ("dead", "alive"):
        (published.runs / f".reproduce-{name}").mkdir()
    recorded = manifest_of(published.releases / CITY / "2024.1")
    with pytest.MonkeyPatch.context() as patch, module._locked(published.runs / ".reproduce-alive"):
        as_if_clean(patch, recorded)
        patch.setattr(module, "_make", make_and_keep)
        found = folders_of(published)
        outcome = reproduce(published, CITY, "2024.1", judge=judge)
        left = folders_of(published)
    (published.runs / ".reproduce-alive").rmdir()
    return Done(outcome, judged, kept, found, left)


def folders_of(home):
    return sorted(path.name for path in home.runs.glob(".reproduce-*"))


@pytest.fixture
def made_before(done, monkeypatch):
    """The release is not made again, but compared with what was."""
    monkeypatch.setattr(module, "_make", lambda *given: shutil.copytree(done.made, given[3], dirs_exist_ok=True))


def with_manifest(monkeypatch, **changes):
    """Let the release have been recorded otherwise."""
    recorded = module.manifest_of(None)
    monkeypatch.setattr(module, "manifest_of", lambda _: replace(recorded, **changes))


def test_every_table_of_the_content_comes_out_the_same(done):
    outcome = done.outcome
    assert outcome.same
    assert {each.table for each in outcome.tables} >= {"wert", "sozialraum_jahr", "sozialraum", "indikator"}
    assert outcome.made_otherwise == ()
    assert summary_lines(outcome)[-1].startswith("musterstadt 2024.1 is reproduced: ")


def test_a_judge_sees_the_figures_before_they_are_protected(done):
    assert done.judged == [(True, False, None, None)]


def test_a_release_of_content_format_1_is_compared_by_its_own_format(published, monkeypatch, made_before):
    recorded = module.manifest_of(None)
    with duckdb.connect(str(published.releases / CITY / "2024.1" / "fortschreibung.duckdb"), read_only=True) as con:
        old = table_hashes(con, dict.fromkeys(recorded.content_tables, ()), form=1)
    tables = {name: {**recorded.tables[name], "hash": each.digest} for name, each in old.items()}
    with_manifest(monkeypatch, tables=tables, content_format=1)
    assert reproduce(published, CITY, "2024.1").same


def test_nothing_confidential_is_left_behind_and_what_another_is_at_stays(done):
    assert done.found == [".reproduce-alive", ".reproduce-dead"]
    assert done.left == [".reproduce-alive"]


def test_the_table_that_differs_is_named_with_its_rows(published, monkeypatch):
    real = module.transform

    def otherwise(con):
        real(con)
        con.execute(
            "UPDATE indikator_wert SET wert = wert + 1 WHERE indikator_id = 'einwohner' AND stichtag = "
            "DATE '2024-12-31' AND raumebene = 'stadt' AND zuschnitt = '2020-01-01'"
        )

    monkeypatch.setattr(module, "transform", otherwise)
    outcome = reproduce(published, CITY, "2024.1")
    assert not outcome.same
    (wrong,) = (each for each in outcome.tables if not each.same)
    assert (wrong.table, wrong.only_published, wrong.only_made_again) == ("wert", 1, 1)
    assert summary_lines(outcome)[0] == "wert: differs; 1 rows only in the release, 1 only in what was made again"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"libraries": {"duckdb": "1.0.0"}}, "library duckdb: 1.0.0 then"),
        ({"code": {"version": "0.0.1", "commit": "a" * 40, "sql_sha256": "0" * 64}}, "code version: 0.0.1 then"),
        ({"code": {"version": "0.1.0", "commit": "b" * 40, "sql_sha256": "0" * 64}}, f"code commit: {'b' * 40} then"),
        ({"code": {"version": "0.1.0", "commit": "a" * 40, "sql_sha256": "0" * 64}}, "SQL (sha256): 00000"),
        ({"code": {"version": "0.1.0", "commit": "c-dirty", "sql_sha256": "0" * 64}}, "changes then that no commit"),
    ],
)
def test_other_code_or_libraries_are_refused_and_named(published, monkeypatch, changes, words):
    with_manifest(monkeypatch, **changes)
    with pytest.raises(ConfigError) as refused:
        reproduce(published, CITY, "2024.1")
    assert words in str(refused.value)
    assert "--anyway" in str(refused.value)


def test_with_anyway_it_is_compared_and_said(published, monkeypatch, made_before):
    with_manifest(monkeypatch, libraries={**module.manifest_of(None).libraries, "pandas": "0.1"})
    outcome = reproduce(published, CITY, "2024.1", anyway=True)
    assert outcome.same
    assert summary_lines(outcome)[0].startswith("made with other code or libraries: library pandas: 0.1 then, ")


def test_a_lost_or_altered_delivery_is_named(published, tmp_path, monkeypatch):
    copy = home_at(tmp_path / "copy")
    shutil.copytree(published.root, copy.root, symlinks=True, dirs_exist_ok=True)
    first, second = sorted(copy.landing.glob("objects/*/*"))[:2]
    checksum = public_checksum(copy.landing, first.name)
    first.unlink()
    second.chmod(0o600)
    second.write_bytes(b"altered")
    with pytest.raises(SourceUnavailable, match=rf"no longer holds 2 of its \d+ files.*{checksum[:12]}"):
        reproduce(copy, CITY, "2024.1")


def test_a_stichtag_that_bounded_the_refresh_bounds_its_reproduction(
    published,
    small_extracts,
    tmp_path,
    monkeypatch,
):
    shutil.copytree(published.root, tmp_path / "bounded", symlinks=True)
    home = home_at(tmp_path / "bounded")
    folder = released(small_extracts, home, until=dt.date(2022, 12, 31))
    recorded = manifest_of(folder)
    assert (folder.name, recorded.until) == ("2022.1", "2022-12-31")
    code = {**recorded.code, "commit": "a" * 40}
    monkeypatch.setattr(module, "manifest_of", lambda _: replace(recorded, code=code))
    assert reproduce(home, CITY, "2022.1").same


@pytest.mark.nightly  # tests/refresh/test_releases.py asks the command line in its own process
def test_the_command_says_it_in_json_and_by_its_exit_code(published):
    done = subprocess.run(
        [COMMAND, "reproduce", CITY, "2024.1", "--anyway", "--json", "--home", published.root],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["same"] is True
    unknown = [COMMAND, "reproduce", CITY, "2019.1", "--home", published.root]
    assert subprocess.run(unknown, check=False).returncode == 2
