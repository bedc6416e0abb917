"""The checksum by which releases name delivered files: the office finds the file, nobody else can try a guess."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from flows.base.errors import ConfigError
from flows.pull.landing.checksum import KEY_FILE, landed_as, public_checksum
from flows.pull.landing.store import Landing

ONE_ROW = b"BBS;PERSONEN\n01100021;1\n"


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A landing zone with a file of one row."""
    zone = Landing(tmp_path / "landing")
    with zone.incoming() as file:
        file.write(ONE_ROW)
        zone.keep(file)
    return zone.folder


def test_a_file_that_is_guessed_cannot_be_proved_by_its_checksum(landing: Path) -> None:
    told = public_checksum(landing, hashlib.sha256(ONE_ROW).hexdigest())
    tried = {getattr(hashlib, kind)(ONE_ROW).hexdigest() for kind in ("md5", "sha1", "sha256", "blake2s")}
    assert len(told) == 64
    assert told not in tried


def test_two_offices_name_the_same_bytes_differently_and_one_office_always_the_same(tmp_path: Path) -> None:
    here, there = Landing(tmp_path / "here"), Landing(tmp_path / "there")
    assert here.public_checksum("ab" * 32) == Landing(here.folder).public_checksum("ab" * 32)
    assert here.public_checksum("ab" * 32) != there.public_checksum("ab" * 32)


def test_the_secret_is_readable_by_its_owner_alone(landing: Path) -> None:
    public_checksum(landing, "ab" * 32)
    assert (landing / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert not [path for path in landing.iterdir() if path.name.startswith(".incoming")]


def test_the_office_finds_the_file_by_its_checksum_and_by_the_sha256_of_earlier_releases(landing: Path) -> None:
    sha256 = hashlib.sha256(ONE_ROW).hexdigest()
    checksum = public_checksum(landing, sha256)
    assert landed_as(landing, [checksum, sha256, "0" * 64]) == {checksum: sha256, sha256: sha256}


def test_a_damaged_secret_is_named_with_its_remedy(landing: Path) -> None:
    (landing / KEY_FILE).write_bytes(b"short")
    with pytest.raises(ConfigError, match=r"(?s)checksum\.key.*32 bytes.*found 5.*backup"):
        public_checksum(landing, "ab" * 32)
