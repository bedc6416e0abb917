"""Superseded editions may go: never the latest, never a tagged one, nothing without being asked, nothing unrecorded."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.base import files
from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import home_at
from flows.publish.promote import heal, publish
from flows.publish.release_decisions import rollback, tag, withdraw
from flows.publish.retention import remove_superseded, verdicts
from flows.publish.verify import verify
from flows.release.catalog import chain_faults, entries_of, release_named, releases

CITY = "kleinstadt"
pytestmark = pytest.mark.usefixtures("no_exports_built")
COMMAND = Path(sys.executable).with_name("fortschreibung")


@pytest.fixture(scope="module")
def published(tmp_path_factory, city_in, no_exports_built):
    """A home with 2023.1, 2023.2 and 2024.1 to 2024.3; only to be copied."""
    home = home_at(tmp_path_factory.mktemp("five"))
    city = city_in(home.root)
    for year, residents in ((2023, 1), (2023, 2), (2024, 3), (2024, 4), (2024, 5)):
        publish(city.job(year=year), city.run(f"r{residents}", year=year, residents=1000 + residents), home)
    return home.root


@pytest.fixture
def five(published, home):
    """A copy of those releases that a test may change."""
    shutil.copytree(published, home.root, symlinks=True, dirs_exist_ok=True)
    yield home
    for path in home.releases.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


def could_go(home, **rules):
    return [each.version for each in verdicts(home, CITY, **rules) if not each.stays]


def kept(home):
    return [each.version for each in releases(home, CITY)]


@pytest.mark.parametrize(
    ("keep", "versions"),
    [(1, ["2023.1", "2024.1", "2024.2"]), (2, ["2024.1"]), (3, [])],
)
def test_of_each_stichtag_year_the_newest_editions_stay(five, keep, versions):
    assert could_go(five, keep=keep) == versions


def test_without_being_asked_nothing_is_deleted(five):
    verdicts(five, CITY, keep=1)
    assert kept(five) == ["2023.1", "2023.2", "2024.1", "2024.2", "2024.3"]
    assert len(entries_of(five.releases / CITY)) == 5


def test_the_latest_stays_even_when_it_is_an_old_edition(five):
    rollback(five, CITY, "2024.1", why="the later ones are wrong")
    assert could_go(five, keep=1) == ["2023.1", "2024.2"]
    remove_superseded(five, CITY, keep=1)
    verify(five, CITY)
    assert (five.releases / CITY / "latest" / "manifest.json").is_file()


def test_a_withdrawn_edition_does_not_count_among_the_newest(five):
    for version in ("2024.2", "2024.3"):
        withdraw(five, CITY, version, why="wrong file")

    assert could_go(five, keep=1) == ["2023.1"]  # 2024.1 is the only one of its year that is to be used
    words = {each.version: each.why for each in verdicts(five, CITY, keep=1)}
    assert words["2024.2"] == "withdrawn, but 2024 has no newer edition that stands"

    withdraw(five, CITY, "2024.3", why="it was right", undo=True)
    assert could_go(five, keep=1) == ["2023.1", "2024.1", "2024.2"]
    words = {each.version: each.why for each in verdicts(five, CITY, keep=1)}
    assert words["2024.1"] == words["2024.2"] == "2024 has 1 newer edition"


def test_the_reason_of_a_removal_counts_what_is_newer(five):
    words = {each.version: each.why for each in verdicts(five, CITY, keep=1)}
    assert (words["2024.1"], words["2024.2"]) == ("2024 has 2 newer editions", "2024 has 1 newer edition")


def test_a_tagged_release_stays_until_the_tag_is_removed(five):
    tag(five, CITY, "2024.1", why="cited in the report on youth", who="anna")
    assert could_go(five, keep=1) == ["2023.1", "2024.2"]
    (verdict,) = (each for each in verdicts(five, CITY) if each.version == "2024.1")
    assert verdict.why == "tagged by anna: cited in the report on youth"
    tag(five, CITY, "2024.1", why="the report is withdrawn", remove=True)
    assert could_go(five, keep=1) == ["2023.1", "2024.1", "2024.2"]
    verify(five, CITY)


def test_a_tag_does_not_move_latest(five):
    tag(five, CITY, "2023.1", why="handed in")
    assert [each.version for each in releases(five, CITY) if each.latest] == ["2024.3"]
    assert next(each.tag for each in releases(five, CITY) if each.version == "2023.1") == "handed in"


def test_a_tag_needs_a_reason_a_release_and_something_to_remove(five):
    with pytest.raises(ConfigError, match="needs a reason"):
        tag(five, CITY, "2024.1", why=" ")
    with pytest.raises(ConfigError, match="no release '2030"):
        tag(five, CITY, "2030.1", why="x")
    with pytest.raises(ConfigError, match="carries no tag"):
        tag(five, CITY, "2024.1", why="x", remove=True)


def test_a_removal_leaves_the_entry_a_note_and_a_chain_that_holds(five):
    before = entries_of(five.releases / CITY)
    remove_superseded(five, CITY, keep=1, who="anna")
    after = entries_of(five.releases / CITY)
    assert after[:5] == before
    assert [(each.kind, each.version, each.who) for each in after[5:]] == [
        ("removed", version, "anna") for version in ("2023.1", "2024.1", "2024.2")
    ]
    assert after[5].why == "retention: 2023 has 1 newer edition"
    assert chain_faults(after) == []
    assert verify(five, CITY).versions == ("2023.2", "2024.3")
    assert kept(five) == ["2023.2", "2024.3"]
    assert sorted(path.name for path in (five.releases / CITY).iterdir() if path.name[0] == "2") == ["2023.2", "2024.3"]


def test_a_removed_release_is_said_to_be_removed_with_its_hash(five):
    (lost,) = (each.content_hash for each in releases(five, CITY) if each.version == "2024.1")
    remove_superseded(five, CITY, who="anna")
    with pytest.raises(ConfigError, match=f"was removed by anna .*{lost}"):
        release_named(five, CITY, "2024.1")
    with pytest.raises(ConfigError, match="was removed by anna"):
        rollback(five, CITY, "2024.1", why="back")


def test_the_number_of_a_removed_release_is_never_used_again(five, city):
    remove_superseded(five, CITY, keep=1)
    assert publish(city.job(), city.run("next", residents=1300), five).version == "2024.4"
    verify(five, CITY)


def test_a_removal_cut_off_after_its_entry_is_finished_by_the_next(five, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    monkeypatch.setattr("flows.publish.retention.take_away", killed)
    with pytest.raises(Killed):
        remove_superseded(five, CITY)
    monkeypatch.undo()
    assert (five.releases / CITY / "2024.1").is_dir()
    with pytest.raises(VerificationFailed, match=r"2024\.1: lies here, but was removed"):
        verify(five, CITY)
    heal(five, CITY)
    assert not (five.releases / CITY / "2024.1").exists()
    verify(five, CITY)


def test_who_removes_a_folder_by_hand_is_still_found_out(five):
    remove_superseded(five, CITY)
    files.remove(five.releases / CITY / "2023.1")
    with pytest.raises(VerificationFailed, match=r"2023\.1: listed in catalog\.json, but its folder is gone"):
        verify(five, CITY)


def test_an_altered_catalogue_stops_the_removal(five):
    path = five.releases / CITY / "catalog.json"
    path.write_text(path.read_text().replace('"who": "run-1"', '"who": "nobody"', 1))
    with pytest.raises(VerificationFailed, match="not as it was written"):
        remove_superseded(five, CITY)
    assert (five.releases / CITY / "2024.1").is_dir()


@pytest.mark.thorough
def test_the_command_shows_then_removes_when_told_to(five):
    def asked(*arguments):
        return subprocess.run([COMMAND, *arguments, "--home", five.root], capture_output=True, text=True, check=False)

    shown = asked("retention", CITY)
    assert shown.returncode == 0
    assert "2024.1" in next(line for line in shown.stdout.splitlines() if "could go: 2024 has 2 newer" in line)
    assert shown.stdout.splitlines()[-1] == "Nothing was deleted; --apply removes what could go."
    assert asked("tag", CITY, "2023.1", "--why", "cited").returncode == 0
    assert "tagged: cited" in asked("releases", CITY).stdout
    done = json.loads(asked("retention", CITY, "--keep", "1", "--apply", "--json").stdout)
    assert [each["version"] for each in done["releases"] if not each["stays"]] == ["2024.1", "2024.2"]
    assert kept(five) == ["2023.1", "2023.2", "2024.3"]
    assert asked("retention", CITY, "--keep", "0").returncode == 2
    assert asked("retention", "atlantis").returncode == 2
