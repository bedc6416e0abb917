"""Whatever is changed in a published release, or in the catalogue, verify names it."""

import json
import shutil
import threading

import duckdb
import pytest

from flows.base import files
from flows.base.errors import ConfigError, VerificationFailed
from flows.publish import read_back, read_notes
from flows.publish.promote import publish
from flows.publish.read_back import database_faults
from flows.publish.read_notes import note_readings, reading_of
from flows.publish.verify import Content, release_faults, verify
from flows.publish.workspace import recorded, release_entries
from flows.release.catalog import entries_of
from flows.release.manifest import files_in, manifest_of
from tests.parameters import first_of
from tests.publish.comparing import as_format_1, built

CITY = "kleinstadt"


@pytest.fixture
def published(homes, home):
    """The folder of three releases; it may be written again, as an intruder would make it."""
    shutil.copytree(homes(1200, 1201, 1202), home.root, symlinks=True, dirs_exist_ok=True)
    folder = home.releases / CITY
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def off(home, version=None, *, content=Content.UNREAD):
    with pytest.raises(VerificationFailed) as caught:
        verify(home, CITY, version, content=content)
    return str(caught.value)


def test_what_is_as_published_verifies(published, home):
    assert verify(home, CITY).versions == ("2024.1", "2024.2", "2024.3")
    assert verify(home, CITY, "2024.2").versions == ("2024.2",)


@pytest.mark.parametrize("name", ["fortschreibung.duckdb", "csv/wert.csv.gz", "geo/stadt.gpkg", "codebook.html"])
def test_a_flipped_byte_is_noticed(published, home, name):
    path = published / "2024.2" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert f"2024.2: {name}: its bytes have changed" in off(home, content=Content.NONE)


def test_a_removed_and_an_added_file_are_noticed(published, home):
    (published / "2024.1" / "csv" / "wert.csv.gz").unlink()
    (published / "2024.1" / "notes.txt").write_text("mine")
    said = off(home)
    assert "2024.1: csv/wert.csv.gz: missing" in said
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
    assert "the content of wert is not what was published (columns wert; among the rows 1 to 65536 by its key)" in said


def test_a_removed_comment_and_a_changed_type_are_noticed(published, home):
    with duckdb.connect(str(published / "2024.1" / "fortschreibung.duckdb")) as con:
        con.execute("COMMENT ON COLUMN wert.status IS NULL; ALTER TABLE _checks ALTER beanstandet TYPE INTEGER")
    said = off(home, "2024.1")
    assert "wert.status has no comment" in said
    assert "_checks.beanstandet (INTEGER) is not as _columns says" in said


@pytest.mark.parametrize("number", first_of([0, 1, 2]))
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


@pytest.fixture
def opened(monkeypatch):
    """The versions whose database verify opens."""
    found = []

    def noting(path, manifest, **how):
        found.append(manifest.version)
        return database_faults(path, manifest, **how)

    monkeypatch.setattr(read_back, "database_faults", noting)
    return found


def test_content_is_read_where_this_duckdb_and_code_have_not_read_it(published, home, opened, monkeypatch):
    first = verify(home, CITY, "2024.1")
    assert (opened, first.content["2024.1"].when) == ([], "before")  # the publication read it
    (published / "verified.json").unlink()
    assert verify(home, CITY, "2024.1").content["2024.1"].when == "now"
    assert verify(home, CITY, "2024.1").content["2024.1"].when == "before"
    monkeypatch.setattr(read_notes, "version", lambda _: "9.9.9")
    assert verify(home, CITY, "2024.1").content["2024.1"].duckdb == "9.9.9"
    monkeypatch.setattr(read_notes, "code_fingerprint", lambda: "other code")
    assert verify(home, CITY, "2024.1").content["2024.1"].when == "now"
    assert opened == ["2024.1"] * 3


def test_deep_reads_all_content_whatever_is_noted_and_quick_reads_none(home, published, opened):
    assert {each.when for each in verify(home, CITY, content=Content.ALL).content.values()} == {"now"}
    assert sorted(opened) == ["2024.1", "2024.2", "2024.3"]
    (published / "verified.json").unlink()
    assert {each.when for each in verify(home, CITY, content=Content.NONE).content.values()} == {"no"}
    assert len(opened) == 3


def test_releases_are_looked_at_side_by_side(home, published, monkeypatch):
    monkeypatch.setenv("FORTSCHREIBUNG_THREADS", "3")
    all_three = threading.Barrier(3)

    def meeting(path, manifest, **how):
        all_three.wait(timeout=30)
        return database_faults(path, manifest, **how)

    monkeypatch.setattr(read_back, "database_faults", meeting)
    assert verify(home, CITY, content=Content.ALL).versions == ("2024.1", "2024.2", "2024.3")


def test_a_forged_note_hides_neither_changed_bytes_nor_a_changed_database(published, home):
    database = published / "2024.2" / "fortschreibung.duckdb"
    with duckdb.connect(str(database)) as con:
        con.execute("UPDATE wert SET wert = wert + 1 WHERE raum_id = '05999' AND indikator_id = 'einwohner'")
    manifest = manifest_of(published / "2024.2")
    note_readings(published, [reading_of(published / "2024.2", files.sha256_of(database), manifest.content_hash)])
    assert "2024.2: fortschreibung.duckdb: its bytes have changed" in off(home)
    assert "the content of wert is not what was published" in off(home, content=Content.ALL)


def test_a_release_with_a_fault_is_not_noted(published, home):
    (published / "verified.json").unlink()
    (published / "2024.1" / "notes.txt").write_text("mine")
    off(home)
    assert sorted(json.loads((published / "verified.json").read_bytes())["readings"]) == ["2024.2", "2024.3"]


@pytest.mark.parametrize(
    "content", first_of(["", "{", "[]", '{"format": "fortschreibung-verified/1", "readings": {"2024.1": 7}}'])
)
def test_a_damaged_note_means_reading_again(published, home, content):
    (published / "verified.json").write_text(content)
    assert {each.when for each in verify(home, CITY).content.values()} == {"now"}


def test_where_no_note_can_be_written_content_is_read_every_time(published, home, monkeypatch):
    (published / "verified.json").unlink()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_whole", full)
    for _ in range(2):
        assert verify(home, CITY, "2024.1").content["2024.1"].when == "now"


def test_a_release_of_content_format_1_verifies_and_names_a_changed_table(city, tmp_path):
    release = as_format_1(built(city, "old"))
    assert release_faults(release, manifest_of(release)) == []
    with duckdb.connect(str(release / "fortschreibung.duckdb")) as con:
        con.execute("UPDATE hinweis SET text_en = 'other'")
    found = release_faults(release, manifest_of(release))
    assert "fortschreibung.duckdb: the content of hinweis is not what was published" in found


@pytest.mark.thorough
def test_the_same_content_is_not_published_again_because_the_hash_has_a_new_format(published, home, city):
    release = published / "2024.3"
    as_format_1(release)
    entries = entries_of(published)
    (adopted,) = release_entries(release, manifest_of(release), entries[:2])
    recorded(published, CITY, [*entries[:2], adopted])
    again = publish(city.job(), city.run("again", residents=1202), home)
    assert (again.version, again.published, again.content_hash) == ("2024.3", False, adopted.content_hash)
    new = publish(city.job(), city.run("new", residents=1299), home)
    changes = json.loads((new.path / "changes.json").read_bytes())
    assert {each["table"] for each in changes["comparisons"] if each["outcome"] == "different"} == {
        "wert", "sozialraum_jahr",
    }  # fmt: skip
    verify(home, CITY, content=Content.ALL)
