"""A release appears whole, moves `latest` only forward, and is never published twice."""

import json
import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace

import duckdb
import pytest

from flows.base.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.base.files import remove
from flows.base.home import home_at
from flows.base.locks import city_lock
from flows.publish import promote
from flows.publish.promote import heal, publish
from flows.publish.release_decisions import rollback, withdraw
from flows.publish.verify import verify
from flows.release.catalog import latest_release, releases
from flows.release.manifest import manifest_of
from tests.parameters import first_of

CITY = "kleinstadt"
pytestmark = pytest.mark.usefixtures("no_exports_built")


def residents(home, where="latest"):
    with duckdb.connect(str((home.releases / CITY / where).resolve() / "fortschreibung.duckdb"), read_only=True) as con:
        return con.execute(
            "SELECT version, wert FROM wert, _release "
            "WHERE raum_id = '011001' AND indikator_id = 'einwohner' ORDER BY stichtag DESC"
        ).fetchone()


@pytest.mark.thorough
def test_the_first_publication_is_edition_one_and_latest(city, home, read_json, real_builder):
    outcome = publish(city.job(), city.run("a"), home)
    assert (outcome.version, outcome.published) == ("2024.1", True)
    assert residents(home) == ("2024.1", 1200.0)
    folder = home.releases / CITY
    assert str((folder / "latest").readlink()) == "2024.1"
    assert read_json(folder / "latest.json")["database"] == "2024.1/fortschreibung.duckdb"
    assert latest_release(home, CITY).content_hash == outcome.content_hash
    assert sorted(path.name for path in folder.iterdir()) == [
        ".lock",
        "2024.1",
        "catalog.json",
        "index.html",
        "latest",
        "latest.json",
        "verified.json",
    ]
    verify(home, CITY)


def test_the_same_content_is_not_published_again(city, home, one_published):
    first = manifest_of(one_published)
    again = publish(city.job(fingerprint="ef" * 32), city.run("b"), home)
    assert (again.version, again.published, again.content_hash) == ("2024.1", False, first.content_hash)
    assert "Nothing new" in again.reason
    assert [release.version for release in releases(home, CITY)] == ["2024.1"]


def test_a_changed_value_is_the_next_edition_and_the_first_stays(city, home, one_published):
    second = publish(city.job(), city.run("b", residents=1250), home)
    assert (second.version, second.published) == ("2024.2", True)
    assert residents(home) == ("2024.2", 1250.0)
    assert residents(home, "2024.1") == ("2024.1", 1200.0)
    verify(home, CITY)


def test_a_release_is_read_only(one_published):
    for path in (one_published, *one_published.rglob("*")):
        assert not stat.S_IMODE(path.lstat().st_mode) & 0o222, path


def test_latest_does_not_move_to_an_older_year(city, home, one_published):
    older = publish(city.job(year=2022), city.run("b", year=2022), home)
    assert (older.version, older.published) == ("2022.1", True)
    assert "latest stays 2024.1" in older.reason
    assert residents(home)[0] == "2024.1"
    verify(home, CITY)


@pytest.mark.thorough
def test_rollback_is_recorded_and_what_was_withdrawn_does_not_come_again(city, home, two_published):
    entry = rollback(home, CITY, "2024.1", why="wrong register", who="anna")
    assert (entry.kind, entry.who, entry.why) == ("rollback", "anna", "wrong register")
    assert residents(home)[0] == "2024.1"
    again = publish(city.job(), city.run("c", residents=1250), home)
    assert not again.published
    assert "rolled back to 2024.1" in again.reason
    assert residents(home)[0] == "2024.1"
    assert publish(city.job(), city.run("d", residents=1260), home).version == "2024.3"
    assert residents(home)[0] == "2024.3"
    verify(home, CITY)


def test_rollback_needs_a_reason_and_a_release(city, home, one_published):
    with pytest.raises(ConfigError, match="needs a reason"):
        rollback(home, CITY, "2024.1", why=" ")
    with pytest.raises(ConfigError, match=r"There are: 2024\.1"):
        rollback(home, CITY, "2019.1", why="x")


def test_leftovers_of_killed_runs_are_cleaned(city, home, one_published):
    left = home.releases / CITY / ".incoming-deadbeef"
    (left / "csv").mkdir(parents=True)
    (left / "csv" / "wert.csv").write_text("half")
    left.chmod(0o500)
    (home.releases / CITY / ".incoming-link").symlink_to("nowhere")
    heal(home, CITY)
    assert not list((home.releases / CITY).glob(".incoming-*"))
    verify(home, CITY)


def test_a_second_publication_waits_for_the_first_and_says_so(city, home):
    run, said = city.run("a"), []
    (home.releases / CITY).mkdir()
    with city_lock(home.releases / CITY, 0, said.append):
        second = threading.Thread(target=lambda: said.append(publish(city.job(), run, home, say=said.append)))
        second.start()
        while not said:
            second.join(0.05)
        assert f"process {os.getpid()}" in said[0]
        assert not (home.releases / CITY / "2024.1").exists()
    second.join()
    assert said[1].version == "2024.1"


def test_waiting_for_a_publication_has_an_end(city, home):
    (home.releases / CITY).mkdir()
    with (
        city_lock(home.releases / CITY, 0, print),
        pytest.raises(FortschreibungError, match="Another publication holds"),
    ):
        publish(city.job(), city.run("a"), home, wait_seconds=0.2)


def test_a_lock_falls_when_its_owner_is_killed(home):
    folder = home.releases / CITY
    folder.mkdir()
    code = (
        "import sys, time; from pathlib import Path; from flows.base.locks import city_lock\n"
        "with city_lock(Path(sys.argv[1]), 0, print):\n    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE) as owner:
        assert owner.stdout.readline() == b"held\n"
        owner.kill()
        owner.wait()
    with city_lock(folder, 1, print):
        pass


def test_a_folder_that_cannot_be_written_is_a_clear_error(city, home):
    run = city.run("a")
    (home.releases / CITY).write_text("a file is in the way")
    with pytest.raises(FortschreibungError, match="Could not write the release into"):
        publish(city.job(), run, home)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_a_clear_error_and_the_last_release_stands(city, home, one_published):
    folder = home.releases / CITY
    folder.chmod(0o555)
    try:
        with pytest.raises(FortschreibungError, match="may not write there"):
            publish(city.job(), city.run("b", residents=1250), home)
    finally:
        folder.chmod(0o755)
    assert residents(home)[0] == "2024.1"


@pytest.mark.thorough
@pytest.mark.parametrize("limit", first_of((2_000, 100_000, 1_000_000)))
def test_a_disk_that_takes_no_more_is_a_clear_error_and_the_last_release_stands(city, home, limit, one_published):
    """The system's limit on the size of files stands in for a full disk: the same write fails."""
    run = city.run("b", residents=1250)
    city.job().write(run)
    code = (
        "import resource, sys; from pathlib import Path; from flows.base.home import home_at\n"
        "from flows.base.errors import FortschreibungError; from flows.release.job import job_from\n"
        "from flows.publish.promote import publish\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))\n"
        "run = Path(sys.argv[2])\n"
        "try: publish(job_from(run / 'job.json'), run, home_at(Path(sys.argv[3])))\n"
        "except FortschreibungError as problem: print('clear:', problem)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(limit), run, home.root], capture_output=True, text=True, check=False
    )
    assert "clear:" in done.stdout, done.stderr
    assert "last release stands" in done.stdout
    assert residents(home) == ("2024.1", 1200.0)
    assert publish(city.job(), run, home).version == "2024.2"
    verify(home, CITY)


def test_a_catalogue_that_was_altered_is_not_built_upon(city, home, one_published):
    catalog = home.releases / CITY / "catalog.json"
    catalog.write_text(catalog.read_text().replace("2024-12-31", "2023-12-31"))
    with pytest.raises(VerificationFailed, match=r"entry 1 .* was altered"):
        publish(city.job(), city.run("b", residents=1250), home)
    assert residents(home)[0] == "2024.1"


def test_where_there_are_no_links_latest_json_alone_points(city, home, monkeypatch, read_json):
    def no_links(*_, **__):
        raise OSError(1, "no links here")

    monkeypatch.setattr("pathlib.Path.symlink_to", no_links)
    publish(city.job(), city.run("a"), home)
    assert not (home.releases / CITY / "latest").exists()
    assert read_json(home.releases / CITY / "latest.json")["version"] == "2024.1"
    verify(home, CITY)


def test_listing_releases_takes_less_than_half_a_second_of_cpu(city, home, one_published):
    code = (
        "import sys, time; from pathlib import Path; from flows.base.home import Home; "
        "from flows.release.catalog import releases; found = releases(Home(Path(sys.argv[1])), 'kleinstadt'); "
        "assert not {'duckdb', 'pydantic', 'prefect'} & set(sys.modules); "
        "print(found[0].version, time.process_time())"
    )
    done = subprocess.run([sys.executable, "-c", code, home.root], capture_output=True, text=True, check=True)
    version, seconds = done.stdout.split()
    assert version == "2024.1"
    assert float(seconds) < 0.5


# --- What was withdrawn or rolled back holds nothing back ---


@pytest.fixture
def wrong_year(city, home, one_published):
    """A right release, and one named for a typing error in a year."""
    publish(city.job(year=2042), city.run("b", year=2042), home)
    assert residents(home)[0] == "2042.1"
    return home


@pytest.mark.thorough
def test_after_a_rollback_from_a_wrong_year_right_releases_become_latest_again(city, wrong_year):
    rollback(wrong_year, CITY, "2024.1", why="2042 is a typing error")
    later = publish(city.job(year=2025), city.run("c", year=2025), wrong_year)
    assert "is now the latest release" in later.reason
    assert residents(wrong_year)[0] == "2025.1"
    verify(wrong_year, CITY)


@pytest.mark.thorough
def test_a_withdrawn_release_is_latest_no_longer_and_the_reason_is_kept(city, wrong_year):
    entry = withdraw(wrong_year, CITY, "2042.1", why="a typing error", who="anna")
    assert (entry.kind, entry.who, entry.why) == ("withdrawn", "anna", "a typing error")
    assert residents(wrong_year)[0] == "2024.1"
    assert {one.version: one.withdrawn for one in releases(wrong_year, CITY)} == {
        "2024.1": None, "2042.1": "a typing error",
    }  # fmt: skip
    assert publish(city.job(year=2025), city.run("c", year=2025), wrong_year).version == "2025.1"
    assert residents(wrong_year)[0] == "2025.1"
    verify(wrong_year, CITY)


@pytest.mark.thorough
def test_a_withdrawn_release_does_not_come_again_nor_is_it_rolled_back_to(city, wrong_year):
    withdraw(wrong_year, CITY, "2042.1", why="a typing error")
    again = publish(city.job(year=2042), city.run("again", year=2042), wrong_year)
    assert not again.published
    assert "which was withdrawn on" in again.reason
    with pytest.raises(ConfigError, match=r"2042\.1 was withdrawn by .* undo that first"):
        rollback(wrong_year, CITY, "2042.1", why="x")
    withdraw(wrong_year, CITY, "2042.1", why="it was right after all", undo=True)
    assert residents(wrong_year)[0] == "2042.1"


def test_a_withdrawal_needs_a_reason_a_release_and_another_one(city, home, one_published):
    with pytest.raises(ConfigError, match="needs a reason"):
        withdraw(home, CITY, "2024.1", why=" ")
    with pytest.raises(ConfigError, match="is the only release that `latest` can be"):
        withdraw(home, CITY, "2024.1", why="x")
    with pytest.raises(ConfigError, match="is not withdrawn"):
        withdraw(home, CITY, "2024.1", why="x", undo=True)
    assert residents(home)[0] == "2024.1"


# --- What is gone ---


def test_a_lost_latest_is_put_back(city, home, one_published):
    folder = home.releases / CITY
    (folder / "latest").unlink()
    (folder / "latest.json").unlink()
    heal(home, CITY)
    verify(home, CITY)
    assert residents(home)[0] == "2024.1"


def test_a_latest_whose_folder_is_gone_is_made_again_as_the_next_edition(city, home, one_published):
    first = manifest_of(one_published)
    remove(one_published)
    again = publish(city.job(), city.run("b"), home)
    assert (again.version, again.published, again.content_hash) == ("2024.2", True, first.content_hash)
    assert "The folder of 2024.1 is gone" in again.reason
    assert residents(home)[0] == "2024.2"


def test_what_was_rolled_back_is_not_made_again_when_latest_is_gone(city, home, two_published):
    rollback(home, CITY, "2024.1", why="wrong register")
    remove(home.releases / CITY / "2024.1")
    assert not publish(city.job(), city.run("c", residents=1250), home).published


# --- Who may read it, and who may publish ---


def test_releases_can_be_read_by_everybody_whatever_the_umask(city, tmp_path):
    before = os.umask(0o077)
    try:
        home = home_at(tmp_path / "closed" / "home")
        publish(city.job(), city.run("a"), home)
    finally:
        os.umask(before)
    folder = home.releases / CITY
    for path in (*folder.rglob("*"), folder, home.releases, home.root, home.root.parent):
        if path.name not in (".lock",):
            wanted = 0o555 if path.is_dir() else 0o444
            assert stat.S_IMODE(path.stat().st_mode) & wanted == wanted, path
    assert stat.S_IMODE(home.landing.stat().st_mode) == 0o700


@pytest.mark.parametrize("rolled_back", [False, True])
def test_an_older_program_does_not_publish_over_a_newer_schema(city, home, monkeypatch, two_published, rolled_back):
    if rolled_back:
        rollback(home, CITY, "2024.1", why="program")
    schema = {"2024.2": {"schema_version": "99.0.0"}}
    monkeypatch.setattr(promote, "manifest_of", lambda path: replace(manifest_of(path), **schema.get(path.name, {})))
    run = city.run("c", residents=1300)
    if rolled_back:
        assert publish(city.job(), run, home).published
    else:
        with pytest.raises(ConfigError, match=r"schema version 99\.0\.0, this program makes .* Update the program"):
            publish(city.job(), run, home)


def test_a_release_of_an_earlier_year_by_a_newer_program_counts_too(city, home, monkeypatch, one_published):
    earlier = city.job(year=2022)
    assert publish(earlier, city.run("b", residents=1100), home).version == "2022.1"
    schema = {"2022.1": {"schema_version": "99.0.0"}}
    monkeypatch.setattr(promote, "manifest_of", lambda path: replace(manifest_of(path), **schema.get(path.name, {})))
    with pytest.raises(ConfigError, match=r"kleinstadt 2022\.1 has tables of schema version 99\.0\.0"):
        publish(city.job(), city.run("c", residents=1300), home)


@pytest.mark.parametrize("version", [2024.1, "zwanzig", None])
def test_a_catalogue_with_a_version_that_is_none_is_told(city, home, version, one_published):
    catalogue = home.releases / CITY / "catalog.json"
    content = json.loads(catalogue.read_bytes())
    content["entries"][0]["version"] = version
    catalogue.write_text(json.dumps(content))
    with pytest.raises(VerificationFailed, match="is damaged"):
        releases(home, CITY)
