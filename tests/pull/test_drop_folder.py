"""A folder into which a colleague puts files: which are taken, which are not, and when it stops."""

import errno
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.base.errors import ConfigError, ContractBroken, SourceUnavailable
from flows.pull import folder
from flows.pull.connectors import drop_folder
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull
from tests.pull.conftest import ONE_ROW, Desk

OTHER = "BBS;EW\n01100001;13\n"


@pytest.fixture
def take(small_city, source, tmp_path: Path, drop: Path):
    """Pull the source `jahr` from the folder, into a landing zone that stays."""
    profile = small_city.with_sources(source("jahr"))

    def taken(landing: Landing | None = None):
        return pull(profile, landing or Landing(tmp_path / "landing"), folder=drop)

    return taken


def names(pulled) -> list[str]:
    return [one.name for one in pulled.lieferungen]


def test_files_are_picked_by_the_pattern_of_the_source(take, drop: Path) -> None:
    (drop / "jahr_2023.csv").write_text(OTHER)
    for other in ("jahr_23.csv", "jahr_2023.csv.bak", "JAHR_2024.CSV", "alt_jahr_2024.csv", "liesmich.txt"):
        (drop / other).write_text("?")
    assert names(take()) == ["jahr_2022.csv", "jahr_2023.csv"]


def test_files_in_folders_below_are_found(take, drop: Path) -> None:
    (drop / "2023").mkdir()
    (drop / "2023" / "jahr_2023.csv").write_text(OTHER)
    assert names(take()) == ["jahr_2022.csv", "jahr_2023.csv"]


@pytest.mark.parametrize("path", [".jahr_2023.csv", ".snapshot/jahr_2022.csv", "jahr_2023.csv.part", "jahr_2023.csv~"])
def test_hidden_and_half_written_files_are_passed_over(
    small_city, source, tmp_path: Path, drop: Path, path: str
) -> None:
    (drop / path).parent.mkdir(exist_ok=True)
    (drop / path).write_text(ONE_ROW)
    profile = small_city.with_sources(source("jahr", file=r"'\.?jahr_(?P<year>\d{4})\.csv.*'"))
    assert names(pull(profile, Landing(tmp_path / "landing"), folder=drop)) == ["jahr_2022.csv"]


def test_one_name_in_two_places_stops(take, drop: Path) -> None:
    (drop / "neu").mkdir()
    (drop / "neu" / "jahr_2022.csv").write_text(ONE_ROW)
    with pytest.raises(ContractBroken, match=r"jahr_2022\.csv lies in two places, .* Keep one of them"):
        take()


def test_files_of_one_name_lie_in_folders_of_their_sources(small_city, source, tmp_path: Path, drop: Path) -> None:
    for name, rows in (("@jahr", OTHER), ("@anderes", ONE_ROW + "\n")):
        (drop / name).mkdir()
        (drop / name / "jahr_2023.csv").write_text(rows)
    pattern = r"'jahr_(?P<year>\d{4})\.csv'"
    profile = small_city.with_sources(source("jahr", file=pattern), source("anderes", file=pattern))
    pulled = pull(profile, Landing(tmp_path / "landing"), folder=drop)
    found = {(one.source, one.name): one.bytes for one in pulled.lieferungen}
    assert found["jahr", "jahr_2023.csv"] == len(OTHER)
    assert found["anderes", "jahr_2023.csv"] == len(ONE_ROW) + 1


def test_a_file_whose_own_name_begins_like_that_of_a_source_is_a_file(
    small_city, source, tmp_path: Path, drop: Path
) -> None:  # fmt: skip
    (drop / "@jahr_2023.csv").write_text(ONE_ROW + "\n")
    profile = small_city.with_sources(source("jahr", file=r"'@jahr_(?P<year>\d{4})\.csv'"))
    assert names(pull(profile, Landing(tmp_path / "landing"), folder=drop)) == ["@jahr_2023.csv"]


def test_nothing_is_moved_and_a_second_look_brings_nothing_new(take, drop: Path) -> None:
    first, second = take(), take()
    assert (first.new, second.new, second.unchanged) == (1, 0, 1)
    assert (drop / "jahr_2022.csv").read_text() == ONE_ROW


def test_other_content_of_the_same_size_and_date_is_new(take, drop: Path) -> None:
    take()
    file = drop / "jahr_2022.csv"
    before = file.stat()
    file.write_text(ONE_ROW.replace("12", "13"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert take().new == 1


class _Growing(Landing):
    """While a file is copied, its writer goes on."""

    writer: Path

    @contextmanager
    def incoming(self):
        with super().incoming() as file:
            with self.writer.open("a") as more:
                more.write("01100002;7\n")
            yield file


def test_a_file_that_is_still_being_written_stops_and_is_recorded(take, drop: Path, tmp_path: Path) -> None:
    landing = _Growing(tmp_path / "landing")
    landing.writer = drop / "jahr_2022.csv"
    with pytest.raises(SourceUnavailable, match=r"jahr_2022\.csv is still being written") as told:
        take(landing)
    assert told.value.retryable
    assert [(one.outcome, one.name) for one in landing.attempts()] == [("failed", "jahr_2022.csv")]
    assert not any(path.is_file() for path in (tmp_path / "landing" / "objects").rglob("*"))


WRITER = "import sys; file = open(sys.argv[1], 'a'); print(flush=True); sys.stdin.read()"


@pytest.mark.usefixtures("first_look")
def test_a_file_that_another_program_has_open_for_writing_stops(take, drop: Path) -> None:
    """It may pause for as long as it likes."""
    (drop / "jahr_2022.csv").write_text(ONE_ROW)
    given = [sys.executable, "-c", WRITER, str(drop / "jahr_2022.csv")]
    with subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        with pytest.raises(SourceUnavailable, match=r"jahr_2022\.csv is still open for writing in another program"):
            take()
        os.utime(drop / "jahr_2022.csv", (0, 0))  # at rest for long
        assert [one.name for one in take().lieferungen] == ["jahr_2022.csv"]
        writer.stdin.close()


def test_a_file_that_another_program_only_reads_is_taken(take, drop: Path) -> None:
    (drop / "jahr_2022.csv").write_text(ONE_ROW)
    reader = WRITER.replace("'a'", "'r'")
    given = [sys.executable, "-c", reader, str(drop / "jahr_2022.csv")]
    with subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        assert [one.name for one in take().lieferungen] == ["jahr_2022.csv"]
        other.stdin.close()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"<html><body>Anmeldung</body></html>", "a web page"),
        (b'<?xml version="1.0"?><Error/>', "a web page"),
        (b"PK\x03\x04....", "an archive or document"),
        (b"%PDF-1.7", "an archive or document"),
        (b"\x1f\x8b\x08", "an archive or document"),
    ],
)
def test_what_is_no_table_is_refused_and_recorded(take, drop: Path, tmp_path: Path, content, found: str) -> None:
    (drop / "jahr_2022.csv").write_bytes(content)
    with pytest.raises(ContractBroken, match=f"jahr_2022.csv: expected .*, found {found}"):
        take()
    assert [one.outcome for one in Landing(tmp_path / "landing").attempts()] == ["refused"]


@pytest.mark.parametrize(
    ("dialect", "content", "told"),
    [
        ('{ format = "xlsx" }', ONE_ROW.encode(), "expected an XLSX workbook, found bytes that begin b'BBS;EW"),
        ('{ member = "*.csv" }', ONE_ROW.encode(), "expected a ZIP or GZIP archive, found bytes that begin b'BBS;EW"),
    ],
)
def test_what_is_not_of_its_dialect_is_refused_whatever_its_name(
    small_city, source, tmp_path: Path, drop: Path, dialect: str, content: bytes, told: str
) -> None:
    (drop / "jahr_2022.csv").write_bytes(content)
    profile = small_city.with_sources(source("jahr", dialect=dialect))
    with pytest.raises(ContractBroken) as refused:
        pull(profile, Landing(tmp_path / "landing"), folder=drop)
    assert told in str(refused.value)


def test_a_missing_required_source_says_what_to_do(take, drop: Path) -> None:
    (drop / "jahr_2022.csv").unlink()
    with pytest.raises(SourceUnavailable) as refused:
        take()
    assert refused.value.exit_code == 3
    message = str(refused.value)
    assert "Source jahr (jahr): expected a file named like jahr_(?P<year>" in message
    assert f"in {drop}, found none. Put the file there, or mark the source `required = false`" in message


def test_a_file_of_a_year_that_is_not_asked_for_is_named_where_it_is_the_only_one(take, drop: Path) -> None:
    (drop / "jahr_2022.csv").rename(drop / "jahr_2222.csv")
    with pytest.raises(SourceUnavailable, match=r"found only jahr_2222\.csv, which is passed over: 20\d\d is the last"):
        take()


def test_a_gap_between_the_years_in_a_folder_is_reported_for_a_yearly_source(
    small_city, source, tmp_path: Path, drop: Path
) -> None:
    (drop / "jahr_2024.csv").write_text(OTHER)
    profile = small_city.with_sources(source("jahr", years="{ first = 2022 }"))
    with pytest.raises(ContractBroken, match="every year from 2022 to 2024, found none for 2023"):
        pull(profile, Landing(tmp_path / "landing"), folder=drop)


def test_a_folder_named_by_a_variable(small_city, source, tmp_path: Path, drop: Path, monkeypatch) -> None:
    profile = small_city.with_sources(source("jahr", folder='"${KLEINSTADT_DIR}"'))
    with pytest.raises(ConfigError, match=r"give it with --from DIR or set KLEINSTADT_DIR"):
        pull(profile, Landing(tmp_path / "landing"))
    monkeypatch.setenv("KLEINSTADT_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(SourceUnavailable, match="nowhere is not there"):
        pull(profile, Landing(tmp_path / "landing"))
    monkeypatch.setenv("KLEINSTADT_DIR", str(drop))
    assert names(pull(profile, Landing(tmp_path / "landing"))) == ["jahr_2022.csv"]


# --- A folder that nobody has named yet ---


@pytest.fixture
def two_folders(desk, source, drop: Path, monkeypatch) -> Callable[..., Desk]:
    """`da` in a folder that is named, `wartet` in one that is not: it is not required."""
    monkeypatch.setenv("AMT_EINGANG", str(drop))
    monkeypatch.delenv("AMT_SPAETER", raising=False)
    monkeypatch.setattr(drop_folder, "SETTLE_SECONDS", 0.0)
    (drop / "da_2022.csv").write_text("BBS;EW\n01100001;1\n")
    both = {"stichtag": '{ source = "name", day = "12-31" }'}
    later = {"folder": '"${AMT_SPAETER}"', "required": "false"} | both
    return lambda **fields: desk(source("da", folder='"${AMT_EINGANG}"', **both), source("wartet", **later | fields))


def test_a_source_that_is_not_required_waits_until_its_folder_is_named(two_folders, drop: Path) -> None:
    told = list[str]()
    given = two_folders()
    pulled = given.pull(progress=told.append)
    assert [one.name for one in pulled.lieferungen] == ["da_2022.csv"]
    assert (pulled.missing, pulled.not_asked) == (["wartet"], {"AMT_SPAETER": ["wartet"]})
    assert told == ["da: 1 file", "wartet: AMT_SPAETER is not set"]
    assert given.outcomes == ["new"], "waiting is no failure"


def test_a_source_that_the_last_run_had_is_not_left_out_because_its_folder_is_no_longer_named(
    two_folders, drop: Path, monkeypatch
) -> None:
    (drop / "wartet_2022.csv").write_text("BBS;EW\n01100001;2\n")
    monkeypatch.setenv("AMT_SPAETER", str(drop))
    given = two_folders()
    given.accept(given.pull())
    monkeypatch.delenv("AMT_SPAETER")
    with pytest.raises(ConfigError, match=r"Source wartet .* set AMT_SPAETER"):
        given.pull()
    assert "refused" in given.outcomes
    given = two_folders(relax='[{ gate = "files", reason = "Frau Amt, 3.2.: kommt nicht mehr" }]')
    assert given.pull().missing == ["wartet"]


def test_a_file_in_a_folder_that_is_fetched_elsewhere_says_how_it_would_be_taken(
    desk, source, drop, monkeypatch
) -> None:
    monkeypatch.setenv("AMT_EINGANG", str(drop))
    monkeypatch.setattr(drop_folder, "SETTLE_SECONDS", 0.0)
    for name in ("da_2022.csv", "netz_2022.csv"):
        (drop / name).write_text("BBS;EW\n01100001;1\n")
    optional = {"connector": '"http_file"', "url": '"${AMT_URL}/netz_2022.csv"', "required": "false"}
    monkeypatch.delenv("AMT_URL", raising=False)
    pulled = desk(source("da", folder='"${AMT_EINGANG}"'), source("netz", **optional)).pull()
    assert pulled.passed_over == [
        "jahr_2022.csv: its name matches no source's pattern",
        "netz_2022.csv: netz is fetched from its own address; --from DIR takes it from a folder",
    ]
    assert pulled.not_asked == {"AMT_URL": ["netz"]}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_reported(take, drop: Path) -> None:
    (drop / "jahr_2022.csv").chmod(0)
    with pytest.raises(SourceUnavailable, match="Permission denied"):
        take()


def test_a_link_to_nowhere_is_no_file(take, drop: Path) -> None:
    (drop / "jahr_2023.csv").symlink_to(drop / "weg.csv")
    assert names(take()) == ["jahr_2022.csv"]


def test_last_years_file_under_a_new_name_stops(take, drop: Path) -> None:
    (drop / "jahr_2023.csv").write_text(ONE_ROW)
    with pytest.raises(ContractBroken, match=r"found the same content in jahr_2022\.csv and jahr_2023\.csv"):
        take()


# --- A watched folder ---


def test_a_folder_that_cannot_be_looked_into_is_reported(drop: Path, monkeypatch) -> None:
    def stale(path: Path) -> bool:
        raise OSError(errno.ESTALE, "Stale file handle", str(path))

    monkeypatch.setattr("pathlib.Path.is_file", stale)
    with pytest.raises(SourceUnavailable, match=r"expected to look into it, found .*Stale file handle: .*jahr_2022"):
        folder._files(drop)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".jahr_2023.csv", "hidden"),
        ("jahr_2023.csv.part", "its ending says that it is not complete"),
        ("jahr_2023.csv.filepart", "its ending says that it is not complete"),
        ("~$jahr_2023.csv", "somebody has the workbook open"),
        (".~lock.jahr_2023.csv#", "somebody has the workbook open"),
        ("JAHR_2023.CSV", "differs from the pattern of jahr in capital letters"),
        ("jahr_2023 (1).csv", "looks like a second download of a file of jahr"),
        ("liesmich.txt", "its name matches no source's pattern"),
        ("jahr_2999.csv", "which is not asked for"),
    ],
)
def test_what_is_passed_over_is_reported_with_the_reason(take, drop: Path, name: str, why: str) -> None:
    (drop / name).write_text(OTHER)
    (told,) = take().passed_over
    assert told.startswith(f"{name}: ")
    assert why in told


def test_the_same_content_under_another_name_is_not_new(take, drop: Path, tmp_path: Path) -> None:
    first = take()
    (drop / "jahr_2022.csv").rename(drop / "jahr_2023.csv")
    second = take()
    assert [one.sha256 for one in first.lieferungen] == [one.sha256 for one in second.lieferungen]
    assert len([path for path in (tmp_path / "landing" / "objects").rglob("*") if path.is_file()]) == 1


def test_a_folder_below_that_cannot_be_looked_into_is_reported(take, drop: Path, monkeypatch) -> None:
    (drop / "neu").mkdir()
    listed = os.scandir

    def scandir(path):
        if Path(path).name == "neu":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(SourceUnavailable, match=r"cannot be done \(Permission denied: .*/neu\)"):
        take()
    (drop / "neu").rename(drop / ".neu")
    assert names(take()) == ["jahr_2022.csv"]


def test_a_link_to_a_folder_is_passed_over_and_told(take, drop: Path, tmp_path: Path) -> None:
    (tmp_path / "anderswo").mkdir()
    (tmp_path / "anderswo" / "jahr_2023.csv").write_text(OTHER)
    (drop / "mehr").symlink_to(tmp_path / "anderswo")
    pulled = take()
    assert names(pulled) == ["jahr_2022.csv"]
    assert pulled.passed_over == ["mehr: a link to a folder, which is not followed"]


def test_a_name_that_is_no_text_is_reported_as_bytes(take, drop: Path) -> None:
    (drop / os.fsdecode(b"M\xfcll.csv")).write_text("?")
    pulled = take()
    assert pulled.passed_over == ["M\\xfcll.csv: its name matches no source's pattern"]
    assert "xfcll" in pulled.model_dump_json()


def test_a_file_of_a_source_whose_name_is_no_text_is_refused(small_city, source, tmp_path: Path, drop: Path) -> None:
    (drop / os.fsdecode(b"jahr_S\xfcd_2023.csv")).write_text(OTHER)
    profile = small_city.with_sources(source("jahr", file=r"'jahr_.*(?P<year>\d{4})\.csv'"))
    with pytest.raises(
        ContractBroken, match=r"expected a file name of printable characters, found .*jahr_S\\xfcd_2023\.csv"
    ):
        pull(profile, Landing(tmp_path / "landing"), folder=drop)


def test_a_name_whose_umlauts_a_share_took_apart_is_the_same_name(
    small_city, source, tmp_path: Path, drop: Path
) -> None:
    (drop / unicodedata.normalize("NFD", "räume_2022.csv")).write_text(OTHER)
    profile = small_city.with_sources(source("raum", file=r"'räume_(?P<year>\d{4})\.csv'"))
    assert names(pull(profile, Landing(tmp_path / "landing"), folder=drop)) == ["räume_2022.csv"]


def test_a_year_that_is_no_number_is_none(small_city, source) -> None:
    (given,) = small_city.with_sources(source("jahr", file=r"'jahr_(?P<year>[^.]+)\.csv'")).sources
    assert given.year_in("jahr_neu.csv") is None
