"""Releases are copied to other places so that a reader there never meets half of one; a real S3 server takes part."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.error import HTTPError, URLError

import duckdb
import pytest

from flows.app.commands.copying import push as push_command
from flows.base.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.base.extras import need
from flows.publish import places
from flows.publish.promote import publish
from flows.publish.push import push
from flows.publish.release_decisions import withdraw
from tests.parameters import first_of
from tests.publish.comparing import CITY

pytestmark = pytest.mark.usefixtures("no_exports_built")


@pytest.fixture
def url(tmp_path):
    return f"file://{tmp_path / 'copy'}"


def latest_at(tmp_path):
    return json.loads((tmp_path / "copy" / CITY / "latest.json").read_bytes())


def test_the_copy_holds_every_byte_and_can_be_read(home, two_published, url, tmp_path):
    done = push(home, CITY, url)

    assert (done.versions, done.latest) == (("2024.1", "2024.2"), "2024.2")
    for version in done.versions:
        ours, theirs = home.releases / CITY / version, tmp_path / "copy" / CITY / version
        assert {p.relative_to(ours): p.read_bytes() for p in ours.rglob("*") if p.is_file()} == {
            p.relative_to(theirs): p.read_bytes() for p in theirs.rglob("*") if p.is_file()
        }
    with duckdb.connect(tmp_path / "copy" / CITY / latest_at(tmp_path)["database"], read_only=True) as con:
        assert con.execute("SELECT version FROM _release").fetchone() == ("2024.2",)


def test_pushed_again_it_sends_nothing(home, two_published, url):
    first = push(home, CITY, url)
    again = push(home, CITY, url, deep=True)

    assert first.sent > 0
    assert (again.sent, again.bytes, again.latest) == (0, 0, "2024.2")


@pytest.mark.thorough
def test_a_new_release_and_a_decision_follow(home, one_published, url, city, tmp_path):
    push(home, CITY, url)
    publish(city.job(), city.run("second", residents=1250), home)
    push(home, CITY, url)
    assert latest_at(tmp_path)["version"] == "2024.2"

    withdraw(home, CITY, "2024.2", why="wrong file")
    assert push(home, CITY, url).sent == 3  # catalogue, page, pointer
    assert latest_at(tmp_path)["version"] == "2024.1"


@pytest.mark.thorough
@pytest.mark.parametrize("after", first_of([0, 1, 5]))
def test_cut_off_anywhere_readers_see_the_last_release_and_the_next_push_goes_on(
    home, one_published, url, city, tmp_path, monkeypatch, after
):
    push(home, CITY, url)
    publish(city.job(), city.run("second", residents=1250), home)
    copies, copy = [], places.Folder.copy

    def copied_until(self, source, name):
        if len(copies) == after:
            (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "copy" / name).write_bytes(source.read_bytes()[:10])  # what a lost connection may leave
            raise KeyboardInterrupt
        copies.append(name)
        copy(self, source, name)

    with monkeypatch.context() as patch:
        patch.setattr(places.Folder, "copy", copied_until)
        with pytest.raises(KeyboardInterrupt):
            push(home, CITY, url)
    assert latest_at(tmp_path)["version"] == "2024.1"
    assert not (tmp_path / "copy" / CITY / "2024.2" / "manifest.json").exists()

    assert push(home, CITY, url).latest == "2024.2"
    assert push(home, CITY, url, deep=True).sent == 0


def test_a_release_that_is_not_as_published_is_not_copied(home, one_published, url, tmp_path):
    page = one_published / "fortschreibung.duckdb"
    page.chmod(0o644)
    page.write_bytes(b"something else")

    with pytest.raises(VerificationFailed, match="its bytes have changed"):
        push(home, CITY, url)
    assert not (tmp_path / "copy").exists()


def test_what_was_changed_there_is_found_by_size_and_with_deep_by_content(home, one_published, url, tmp_path):
    push(home, CITY, url)
    there = tmp_path / "copy" / CITY / "2024.1" / "fortschreibung.duckdb"
    there.write_bytes(bytes(there.stat().st_size))

    assert push(home, CITY, url).sent == 0
    assert push(home, CITY, url, deep=True).sent == 1
    there.write_bytes(b"short")
    assert push(home, CITY, url).sent == 1


def test_a_file_that_is_no_part_of_a_release_is_named(home, one_published, url, tmp_path):
    push(home, CITY, url)
    (tmp_path / "copy" / CITY / "2024.1" / "extra.html").write_text("hello")

    with pytest.raises(VerificationFailed, match=r"not in its manifest: extra.html"):
        push(home, CITY, url)


def test_an_older_data_folder_does_not_take_back_what_is_out(home, two_published, url, homes, tmp_path):
    push(home, CITY, url)
    shutil.rmtree(home.releases)
    shutil.copytree(homes(1200) / "releases", home.releases, symlinks=True)

    with pytest.raises(VerificationFailed, match="restored from an older backup"):
        push(home, CITY, url)
    assert latest_at(tmp_path)["version"] == "2024.2"


def test_one_release_alone_moves_no_pointer_to_what_is_not_there(home, two_published, url, tmp_path):
    done = push(home, CITY, url, "2024.1")

    assert (done.versions, done.latest) == (("2024.1",), None)
    assert not (tmp_path / "copy" / CITY / "latest.json").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("https://releases.example/city", "Expected where to copy releases to"),
        ("releases", "Expected where to copy releases to"),
        ("s3://user:secret@bucket/city", "carries a user or a password"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(home, one_published, wrong, words):
    with pytest.raises(ConfigError, match=words) as refused:
        push(home, CITY, wrong)
    assert "secret" not in str(refused.value)


EVERYBODY_READS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open-data/*"},
    ],
}


def _put(address, content=b""):
    urllib.request.urlopen(
        urllib.request.Request(address, content, {"Content-Type": "application/json"}, method="PUT"), timeout=5
    ).close()


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    """The address of a real S3 server of this machine, with a bucket."""
    pytest.importorskip("moto.server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                _put(f"{address}/open-data")
                _put(f"{address}/open-data?policy", json.dumps(EVERYBODY_READS).encode())
                break
            except ConnectionError:
                time.sleep(0.1)
            except URLError as problem:
                if isinstance(problem, HTTPError):
                    raise
                time.sleep(0.1)
        yield address
        server.terminate()


@pytest.fixture
def s3_set(s3, monkeypatch):
    """The environment that names the server and its credentials."""
    pytest.importorskip("s3fs")
    import fsspec  # noqa: PLC0415

    fsspec.filesystem("s3").clear_instance_cache()
    for name, value in {
        "AWS_ENDPOINT_URL": s3, "AWS_ACCESS_KEY_ID": "office", "AWS_SECRET_ACCESS_KEY": "planted-secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return s3


@pytest.mark.thorough
@pytest.mark.slow
def test_a_real_s3_server_gets_the_releases_and_readers_read_over_http(home, two_published, s3_set, capsys):
    url = "s3://open-data/statistik"
    assert push_command(CITY, url, as_json=True, home=home.root) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["latest"], done["versions"]) == ("2024.2", ["2024.1", "2024.2"])
    assert push(home, CITY, url, deep=True).sent == 0

    public = f"{s3_set}/open-data/statistik/{CITY}"
    with urllib.request.urlopen(f"{public}/latest.json") as answer:
        pointer = json.load(answer)
    asked = urllib.request.Request(f"{public}/{pointer['database']}", headers={"Range": "bytes=8-11"})
    with urllib.request.urlopen(asked) as answer:  # DuckDB asks for parts of the file
        assert (answer.status, answer.read()) == (206, b"DUCK")
    _attach_over_http(f"{public}/{pointer['database']}")


def _attach_over_http(address):
    """Attach a release where it lies, as docs/releases.md says, if this machine has DuckDB's extension for that."""
    extensions = pytest.importorskip("duckdb_extensions")
    pytest.importorskip("duckdb_extension_httpfs")
    with duckdb.connect() as con:
        extensions.import_extension("httpfs", con=con)
        con.execute(f"ATTACH '{address}' AS release (READ_ONLY)")
        assert con.execute("SELECT version FROM release._release").fetchone() == ("2024.2",)


@pytest.mark.slow
def test_a_storage_that_refuses_says_what_to_do_and_no_secret(home, one_published, s3_set):
    with pytest.raises(FortschreibungError, match="Is the bucket there") as refused:
        push(home, CITY, "s3://no-bucket-of-that-name/statistik")
    assert "planted-secret" not in str(refused.value)


def test_without_the_extra_the_message_names_it(home, one_published, monkeypatch):
    monkeypatch.setattr("flows.base.extras.find_spec", lambda _: None)

    with pytest.raises(ConfigError, match=r"the extra `s3` \(pip install 'fortschreibung\[s3\]'"):
        push(home, CITY, "s3://open-data/statistik")
    with pytest.raises(ConfigError, match="needs prefect"):
        need("prefect")
