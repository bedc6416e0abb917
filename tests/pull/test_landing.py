"""The landing zone: bytes under their hash, a line for every attempt, and nothing that a crash can spoil."""

import errno
import hashlib
import io
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.base.errors import SourceUnavailable
from flows.musterstadt.faults import Fault
from flows.pull.landing.store import Landing, now, read_back
from flows.pull.models import Attempt
from flows.pull.pull_sources import accept_pulled

ROOT = Path(__file__).resolve().parents[2]


def _keep(landing: Landing, content: bytes) -> str:
    with landing.incoming() as file:
        file.write(content)
        return landing.keep(file).sha256


def test_bytes_lie_under_their_hash_and_cannot_be_written_to(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    sha256 = _keep(landing, b"BBS;EW\n")
    assert sha256 == hashlib.sha256(b"BBS;EW\n").hexdigest()
    path = landing.path(sha256)
    assert path == tmp_path / "objects" / sha256[:2] / sha256
    assert path.read_bytes() == b"BBS;EW\n"
    assert path.stat().st_mode & 0o777 == 0o400


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    first = _keep(landing, b"BBS")
    written = landing.path(first).stat().st_mtime_ns
    assert _keep(landing, b"BBS") == first
    assert landing.path(first).stat().st_mtime_ns == written


def test_what_was_not_kept_leaves_nothing_behind(tmp_path: Path) -> None:
    with Landing(tmp_path).incoming() as file:
        file.write(b"half a file")
    assert [path.name for path in tmp_path.rglob("*")] == ["objects"]


def test_damage_is_noticed_and_mended_by_the_same_bytes(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    sha256 = _keep(landing, b"BBS;EW\n")
    landing.path(sha256).chmod(0o600)
    landing.path(sha256).write_bytes(b"BBS;EX\n")
    assert not landing.holds(sha256)
    _keep(landing, b"BBS;EW\n")
    assert landing.holds(sha256)


def test_reading_back_names_what_is_damaged_and_that_another_refresh_helps(office) -> None:
    (lieferung,) = office.pull().lieferungen
    read_back(office.landing.folder, [lieferung])
    office.landing.path(lieferung.sha256).unlink()
    with pytest.raises(SourceUnavailable, match=r"no longer holds .* bestand\.csv .* Run the refresh again") as told:
        read_back(office.landing.folder, [lieferung])
    assert told.value.retryable


def test_every_attempt_is_a_line(office) -> None:
    office.server.faults["bestand.csv"] = Fault(kind="login_page")
    office.refusal()
    office.server.faults.clear()
    office.pull()
    office.pull()
    assert office.outcomes == ["refused", "new", "unchanged"]
    assert [line.get("status") for line in office.record] == [200, 200, 304]
    new = office.record[1]
    assert new["city"] == "kleinstadt"
    assert new["source"] == "bestand"
    assert new["url"] == f"{office.server.url}/bestand.csv"
    assert new["bytes"] == (office.shelf / "bestand.csv").stat().st_size
    assert new["etag"].startswith('"')
    assert new["at"].endswith("Z")


def test_the_record_belongs_to_its_owner_alone(office) -> None:
    office.pull()
    assert (office.landing.folder / "attempts.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("rest", [b'{"city":"kleinst', b"\xff\xfe\x00", b'{"city":"x"}\n', b"null\n"])
def test_a_line_that_a_killed_run_cut_short_spoils_no_other(office, rest: bytes) -> None:
    office.pull()
    with (office.landing.folder / "attempts.jsonl").open("ab") as record:
        record.write(rest)
    assert office.pull().unchanged == 1
    assert office.pull().unchanged == 1
    assert [attempt.outcome for attempt in office.landing.attempts()] == ["new", "unchanged", "unchanged"]


def test_attempts_of_many_threads_are_whole_lines(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    (tmp_path / "attempts.jsonl").write_bytes(b'{"city":"kleinst')

    def record(source: str) -> None:
        for number in range(50):
            told = {"city": "kleinstadt", "source": source, "name": str(number), "url": "", "outcome": "failed"}
            landing.record(Attempt(**told, at=now(), seconds=0.0, problem="x" * 3000))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(record, "abcdefgh"))
    assert (tmp_path / "attempts.jsonl").read_bytes().count(b"\n") == 1 + 8 * 50
    for source in "abcdefgh":
        assert [one.name for one in landing.attempts() if one.source == source] == [str(n) for n in range(50)]


def test_a_refusal_does_not_make_the_accepted_file_forgotten(office) -> None:
    office.pull()
    office.server.faults["bestand.csv"] = Fault(kind="server_error")
    office.refusal()
    office.server.faults.clear()
    assert office.pull().unchanged == 1


@pytest.mark.slow
def test_two_pulls_at_once_do_not_hurt_each_other(small_city, source, tmp_path: Path) -> None:
    small_city.with_sources(source("jahr"))
    drop, landing = tmp_path / "drop", tmp_path / "landing"
    drop.mkdir()
    for year in range(2015, 2025):
        (drop / f"jahr_{year}.csv").write_text(f"BBS;EW\n01100001;{year}\n" * 1000)
    command = [sys.executable, Path(__file__).parent / "pulling.py", small_city.folder, drop, landing, "5"]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(timeout=600) for process in both] == [0, 0]
    zone = Landing(landing)
    attempts = list(zone.attempts())
    assert len(attempts) == 2 * 5 * 10
    assert len({attempt.sha256 for attempt in attempts}) == 10
    assert all(zone.holds(attempt.sha256) for attempt in attempts)
    assert sorted(path.name for path in landing.iterdir()) == ["attempts.jsonl", "checksum.key", "objects"]


def test_what_a_killed_run_left_unfinished_goes_at_the_next_start(office) -> None:
    left = office.landing.folder / ".incoming-weg"
    left.write_bytes(b"half a file")
    office.pull()
    assert not left.exists()


def test_what_another_run_is_writing_stays(office) -> None:
    with office.landing.incoming() as file:
        file.write(b"half a file")
        office.pull()
        assert file.path.exists()
        assert office.landing.keep(file).bytes == 11


def test_a_file_tidied_away_while_it_was_made_is_made_again(tmp_path: Path, monkeypatch) -> None:
    landing, made = Landing(tmp_path), []

    def lock(handle: int, how: int) -> None:
        if not made:
            made.append(1)
            next(tmp_path.glob(".incoming-*")).unlink()

    monkeypatch.setattr("flows.base.locks.fcntl.flock", lock)
    with landing.incoming() as file:
        assert file.path.exists()


def test_a_pull_that_begins_leaves_the_secret_that_another_is_writing(tmp_path: Path, monkeypatch) -> None:
    landing = Landing(tmp_path)

    def tidied_before(link: Path, target: Path) -> None:
        assert Landing(tmp_path).forget_leftovers() == 0
        os.link(target, link)

    monkeypatch.setattr(Path, "hardlink_to", tidied_before)
    assert landing.public_checksum("01" * 32) == landing.public_checksum("01" * 32)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checksum.key", "objects"]
    assert (tmp_path / "checksum.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_reported_and_leaves_nothing_behind(office, monkeypatch, number: int) -> None:
    real = os.fsync

    def full(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr("flows.base.files.os.fsync", full)
    message = office.refusal()
    assert f"The landing zone {office.landing.folder}: expected to write a file, found no room" in message
    assert "MB are free. Make room" in message
    assert not list(office.landing.folder.glob(".incoming-*"))
    assert office.outcomes == ["failed"]


def test_a_write_that_fails_is_reported(tmp_path: Path) -> None:
    """/dev/full refuses every byte, as a full disk does."""
    with Landing(tmp_path).incoming() as file:
        file._file.close()
        file._file = Path("/dev/full").open("w+b")  # noqa: SIM115
        with pytest.raises(SourceUnavailable, match="found no room"):
            file.write(b"x" * (1 << 20))


def test_one_query_says_since_when_a_source_fails(office) -> None:
    office.pull()
    office.server.faults["bestand.csv"] = Fault(kind="server_error")
    office.refusal()
    office.refusal()
    record = office.landing.folder / "attempts.jsonl"
    query = re.search(r"```sql\n(.*?)```", (ROOT / "docs" / "sources.md").read_text(encoding="utf-8"), re.DOTALL)
    assert query
    found = duckdb.sql(query[1].replace("data/landing/attempts.jsonl", str(record))).fetchall()
    assert [row[:2] for row in found] == [("kleinstadt", "bestand")]
    assert found[0][2].isoformat() == office.record[1]["at"].removesuffix("Z")


# --- A disk that is full, and files of another user ---


@pytest.fixture
def half_a_line(monkeypatch) -> None:
    """The disk takes half of what is written to a record, as one does that has become full."""
    real = os.write
    monkeypatch.setattr("flows.pull.landing.store.os.write", lambda handle, line: real(handle, line[: len(line) // 2]))


def test_half_a_line_in_the_record_of_attempts_is_reported(office, half_a_line, monkeypatch) -> None:
    assert "expected to write a file, found no room" in office.refusal()
    monkeypatch.undo()
    monkeypatch.setenv("OFFICE", office.server.url)
    assert office.pull().new == 1
    assert [attempt.outcome for attempt in office.landing.attempts()] == ["new"]


def test_half_a_line_in_the_record_of_what_was_accepted_is_reported(office, half_a_line, monkeypatch) -> None:
    with monkeypatch.context() as whole:
        whole.setattr("flows.pull.landing.store.append_line", lambda *_: None)
        pulled = office.pull()
    with pytest.raises(SourceUnavailable, match="expected to write a file, found no room"):
        accept_pulled(office.profile, office.landing.folder, "lauf", pulled, None)


def test_a_disk_that_becomes_full_while_a_body_breaks_is_reported(tmp_path: Path) -> None:
    with Landing(tmp_path).incoming() as file:
        file.write(b"x" * 100)
        file._file.close()
        file._file = Path("/dev/full").open("w+b")  # noqa: SIM115
        file._file.write(b"x")
        with pytest.raises(SourceUnavailable, match="found no room"):
            file.restart()


def _of_another_user(monkeypatch, *paths: Path) -> None:
    """Refuse to open some files, as is done to all but root where they belong to another user."""
    real = io.open

    def opened(file: Any, *args: Any, **options: Any) -> Any:
        if isinstance(file, (str, Path)) and Path(file) in paths:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
        return real(file, *args, **options)

    monkeypatch.setattr("io.open", opened)


def test_an_object_that_cannot_be_read_is_fetched_again(office, monkeypatch) -> None:
    (lieferung,) = office.pull().lieferungen
    with monkeypatch.context() as shut:
        _of_another_user(shut, office.landing.path(lieferung.sha256))
        assert not office.landing.holds(lieferung.sha256)
        assert office.pull().unchanged == 1
    assert office.landing.holds(lieferung.sha256)
    assert office.server.answers == {("bestand.csv", 200): 2}


@pytest.mark.parametrize("record", ["attempts.jsonl", "accepted.jsonl"])
def test_a_record_of_another_user_is_reported(office, monkeypatch, record: str) -> None:
    accept_pulled(office.profile, office.landing.folder, "lauf", office.pull(), None)
    path = office.landing.folder / record
    _of_another_user(monkeypatch, path)
    with pytest.raises(SourceUnavailable) as told:
        office.pull()
    assert f"The landing zone {office.landing.folder}: expected to read " in str(told.value)
    assert f"Permission denied ({path}). Is the folder there, and does it belong to this user" in str(told.value)


def test_what_another_user_left_unfinished_stays(office, monkeypatch) -> None:
    left = office.landing.folder / ".incoming-root"
    left.write_bytes(b"half a file")
    _of_another_user(monkeypatch, left)
    assert office.pull().new == 1
    assert left.exists()
