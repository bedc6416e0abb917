"""Archives: what is taken out of them, and what is refused with a clear error."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest

from flows.base.errors import ContractBroken
from flows.pull.landing.archive import refuse_bad_archive, unpack

TABLE = b"BBS;EW\n" + b"01100001;12\n" * 1000
CAP = 64 << 20


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def refusal(tmp_path: Path):
    """Have an archive looked at and return why it was refused."""

    def told(content: bytes, name: str = "ew.zip", pattern: str | None = "*.csv", cap: int = CAP) -> str:
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(ContractBroken) as refused:
            refuse_bad_archive(tmp_path / "file", name, pattern, cap)
        return str(refused.value)

    return told


@pytest.fixture
def taken_out(tmp_path: Path):
    def content(packed: bytes, name: str = "ew.zip", pattern: str = "*.csv") -> bytes:
        (tmp_path / "file").write_bytes(packed)
        refuse_bad_archive(tmp_path / "file", name, pattern, CAP)
        unpack(tmp_path / "file", name, pattern, tmp_path / "out")
        return (tmp_path / "out").read_bytes()

    return content


def test_the_member_named_like_the_pattern_is_taken_out(taken_out) -> None:
    assert taken_out(zipped({"liesmich.txt": b"?", "daten/ew_2022.csv": TABLE})) == TABLE


def test_what_a_mac_adds_to_an_archive_is_no_second_member(taken_out) -> None:
    assert taken_out(zipped({"ew.csv": TABLE, "__MACOSX/._ew.csv": b"\x00\x05"})) == TABLE


def test_a_gzip_file_is_taken_out_by_its_own_name_or_the_one_inside(taken_out, tmp_path: Path) -> None:
    assert taken_out(gzip.compress(TABLE), "ew_2022.csv.gz") == TABLE
    with (tmp_path / "named.gz").open("wb") as raw, gzip.GzipFile("ew_2022.csv", "wb", fileobj=raw) as file:
        file.write(TABLE)
    assert taken_out((tmp_path / "named.gz").read_bytes(), "export") == TABLE


def test_a_gzip_file_of_another_name_is_refused(refusal) -> None:
    assert "named like '*.csv', found ew.json" in refusal(gzip.compress(TABLE), "ew.json.gz")


@pytest.mark.parametrize(
    "name", ["/etc/ew.csv", "../ew.csv", "a/../../ew.csv", "..\\ew.csv", "C:\\ew.csv", "C:/ew.csv"]
)
def test_a_member_that_leads_out_of_the_archive_is_refused(refusal, name: str) -> None:
    message = refusal(zipped({"gut.csv": TABLE, name: TABLE}))
    assert "which leads out of it" in message
    assert "Nothing was taken over" in message


@pytest.mark.parametrize("pattern", ["*.csv", None], ids=["archive", "workbook"])
def test_a_bomb_is_known_by_how_much_comes_out_of_how_little(refusal, pattern: str | None) -> None:
    message = refusal(zipped({"ew.csv": bytes(60 << 20)}), pattern=pattern)
    assert "60 MB or more come out of 0.06 MB" in message
    assert "max_mb" in message


def test_a_gzip_bomb_is_stopped_while_it_unpacks(refusal) -> None:
    assert "come out of 0.06 MB" in refusal(gzip.compress(bytes(60 << 20)), "ew.csv.gz")


def test_more_than_the_cap_of_the_source_is_refused_even_if_it_packs_badly(refusal) -> None:
    noise = random.Random(1).randbytes(3 << 20)
    assert "expected at most 2 MB" in refusal(zipped({"a.csv": noise}), cap=2 << 20)
    assert "expected at most 2 MB" in refusal(gzip.compress(noise), "a.csv.gz", cap=2 << 20)


def test_an_archive_that_claims_less_than_it_holds_gives_no_more_than_it_claims(refusal) -> None:
    content = bytearray(zipped({"ew.csv": bytes(60 << 20)}))
    size = (60 << 20).to_bytes(4, "little")
    for at in (content.index(size), content.rindex(size)):
        content[at : at + 4] = (1000).to_bytes(4, "little")
    assert "Archive ew.zip is damaged" in refusal(bytes(content))


def test_an_encrypted_member_is_reported(refusal) -> None:
    content = bytearray(zipped({"ew.csv": TABLE}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "ew.csv is encrypted" in refusal(bytes(content))


@pytest.mark.parametrize("length", [30, 60, 100])
def test_an_archive_that_was_cut_is_damaged(refusal, length: int) -> None:
    assert "Archive ew.zip is damaged" in refusal(zipped({"ew.csv": TABLE})[:length])


def test_a_flipped_byte_is_noticed_before_anything_is_parsed(refusal) -> None:
    content = bytearray(zipped({"ew.csv": TABLE}))
    content[60] ^= 0xFF
    assert "is damaged" in refusal(bytes(content))
    packed = bytearray(gzip.compress(TABLE))
    packed[-6] ^= 0xFF
    assert "is damaged" in refusal(bytes(packed), "ew.csv.gz")


def test_a_gzip_file_that_was_cut_is_damaged(refusal) -> None:
    assert "is damaged" in refusal(gzip.compress(TABLE)[:-9], "ew.csv.gz")


def test_a_bad_archive_never_lands(desk, source, tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "jahr_2022.csv").write_bytes(zipped({"../ew.csv": TABLE}))
    given = desk(source("jahr", dialect='{ member = "*.csv" }'))
    assert "leads out of it" in given.refusal(folder=tmp_path / "drop")
    assert given.objects == []
    assert given.outcomes == ["refused"]


def test_a_member_without_a_name_is_refused(refusal) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), TABLE)
        archive.writestr("ew.csv", TABLE)
    assert "Archive ew.zip is damaged: it has a member without a name" in refusal(out.getvalue())
