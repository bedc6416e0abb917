"""Whatever is changed in a published release, or in the catalogue, verify names it."""

import json
import shutil

import duckdb
import pytest

from flows.base import files
from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import home_at
from flows.publish.promote import publish
from flows.publish.verify import verify
from flows.release.manifest import files_in

CITY = "kleinstadt"


@pytest.fixture(scope="module")
def three_releases(tmp_path_factory, city_in):
    """A home with three releases, only to be copied."""
    home = home_at(tmp_path_factory.mktemp("three"))
    city = city_in(home.root)
    for number in range(3):
        publish(city.job(), city.run(f"r{number}", residents=1200 + number), home)
    return home.root


@pytest.fixture
def published(three_releases, home):
    """The folder of three releases; it may be written again, as an intruder would make it."""
    shutil.copytree(three_releases, home.root, symlinks=True, dirs_exist_ok=True)
    folder = home.releases / CITY
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def off(home, version=None, *, deep=True):
    with pytest.raises(VerificationFailed) as caught:
        verify(home, CITY, version, deep=deep)
    return str(caught.value)


def test_what_is_as_published_verifies(published, home):
    assert verify(home, CITY).versions == ("2024.1", "2024.2", "2024.3")
    assert verify(home, CITY, "2024.2").versions == ("2024.2",)


@pytest.mark.parametrize("name", ["fortschreibung.duckdb", "csv/wert.csv", "geo/stadt.gpkg", "codebook.html"])
def test_a_flipped_byte_is_noticed(published, home, name):
    path = published / "2024.2" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert f"2024.2: {name}: its bytes have changed" in off(home, deep=False)


def test_a_removed_and_an_added_file_are_noticed(published, home):
    (published / "2024.1" / "csv" / "wert.csv").unlink()
    (published / "2024.1" / "notes.txt").write_text("mine")
    said = off(home)
    assert "2024.1: csv/wert.csv: missing" in said
    assert "2024.1: notes.txt: not in the manifest" in said


def test_a_database_rewritten_with_its_manifest_is_noticed_by_its_content_and_by_the_catalogue(published, home):
    release = published / "2024.3"
    with duckdb.connect(str(release / "fortschreibung.duckdb")) as con:
        con.execute("UPDATE wert SET wert = wert + 1 WHERE raum_id = '05999' AND indikator_id = 'einwohner'")
    manifest = json.loads((release / "manifest.json").read_bytes())
    manifest["files"] = files_in(release)
    (release / "manifest.json").write_text(json.dumps(manifest))
    said = off(home)
    assert "manifest.json: is not the one that was published" in said
    assert "the content of wert is not what was published" in said


def test_a_removed_comment_and_a_changed_type_are_noticed(published, home):
    with duckdb.connect(str(published / "2024.1" / "fortschreibung.duckdb")) as con:
        con.execute("COMMENT ON COLUMN wert.status IS NULL; ALTER TABLE _checks ALTER beanstandet TYPE INTEGER")
    said = off(home, "2024.1")
    assert "wert.status has no comment" in said
    assert "_checks.beanstandet (INTEGER) is not as _columns says" in said


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_removed_catalog_entry_is_noticed(published, home, number):
    path = published / "catalog.json"
    content = json.loads(path.read_bytes())
    del content["entries"][number]
    path.write_text(json.dumps(content))
    assert f"2024.{number + 1}: lies here, but is not in catalog.json" in off(home)
    if number < 2:
        assert "an entry is missing or altered" in off(home)


def test_a_release_removed_with_its_entry_is_noticed(published, home):
    path = published / "catalog.json"
    content = json.loads(path.read_bytes())
    del content["entries"][2]
    path.write_text(json.dumps(content))
    shutil.rmtree(published / "2024.3")
    assert "latest.json: does not say what the catalogue says (2024.2)" in off(home)


def test_an_altered_entry_and_a_lost_release_are_noticed(published, home):
    path = published / "catalog.json"
    path.write_text(path.read_text().replace('"who": "run-1"', '"who": "nobody"', 1))
    files.remove(published / "2024.2")
    said = off(home)
    assert "entry 1 (2024.1) was altered" in said
    assert "2024.2: listed in catalog.json, but its folder is gone" in said


def test_a_latest_that_was_moved_by_hand_is_noticed(published, home):
    (published / "latest").unlink()
    (published / "latest").symlink_to("2024.1")
    assert "latest: points to 2024.1, the catalogue says 2024.3" in off(home)


def test_a_damaged_catalogue_is_said_to_be_damaged(published, home):
    (published / "catalog.json").write_text("{")
    assert "is damaged" in off(home)


def test_an_unknown_city_or_release_is_wrong_use(published, home):
    with pytest.raises(ConfigError, match="no releases of 'atlantis'"):
        verify(home, "atlantis")
    with pytest.raises(ConfigError, match=r"no release '2030\.1'"):
        verify(home, CITY, "2030.1")
