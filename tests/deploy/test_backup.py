"""What cannot be made again is backed up, and comes back as it was or not at all."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from flows.app import backup as backups
from flows.app.commands.copying import backup, restore
from flows.base.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.base.home import Home, home_at
from flows.base.locks import NAME, one_at_a_time
from flows.base.texts import Text
from flows.publish.promote import publish
from tests.postgres import ask
from tests.publish.built_here import releases_built_here
from tests.publish.tiny_city import TinyCity

CITY = "kleinstadt"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    city = TinyCity(tmp_path_factory.mktemp("office") / "home")
    home = home_at(city.root)
    with releases_built_here():
        publish(city.job(), city.run("one"), home)
        publish(city.job(), city.run("two", residents=1300), home)
    (home.landing / "objects").mkdir()
    (home.landing / "objects" / "abc").write_bytes(b"delivered")
    (home.landing / "checksum.key").write_bytes(b"secret")
    (home.landing / "checksum.key").chmod(0o600)
    (home.landing / "staged").mkdir()
    (home.landing / "staged" / "kept").write_bytes(b"can be made again")
    return Path(city.root)


@pytest.fixture
def home(once: Path, tmp_path: Path) -> Home:
    shutil.copytree(once, tmp_path / "home", symlinks=True)
    return home_at(tmp_path / "home")


@pytest.fixture
def archive(home: Home, tmp_path: Path) -> Path:
    backup(tmp_path / "backups", home=home.root)
    (path,) = (tmp_path / "backups").glob("*.tar")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_comes_back_byte_by_byte_and_verified(home: Home, archive: Path, tmp_path: Path, capsys) -> None:
    assert restore(archive, home=tmp_path / "new", as_json=True) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["cities"] == [CITY]

    new = Home(tmp_path / "new")
    known = {
        name: content
        for name, content in contents(home.releases).items()
        if not name.endswith((".lock", "verified.json"))
    }
    back = contents(new.releases)
    assert {name: back.get(name) for name in known} == known
    assert contents(new.landing) == {"objects/abc": b"delivered", "checksum.key": b"secret"}
    assert str((new.releases / CITY / "latest").readlink()) == "2024.2"
    assert (new.landing.stat().st_mode & 0o777, (new.landing / "checksum.key").stat().st_mode & 0o777) == (0o700, 0o600)
    assert not (new.releases / CITY / "2024.1").stat().st_mode & 0o222


def test_it_is_for_its_owner_alone_and_the_newest_stay(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"fortschreibung-2020010{day}T000000.tar").touch()
    path = backups.backup(home, folder, keep=2, say=lambda _: None)

    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in folder.glob("*.tar")) == ["fortschreibung-20200103T000000.tar", path.name]


def test_two_at_once_leave_each_other_what_they_write(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / ".incoming-other").write_bytes(b"half of another")
    monkeypatch.setattr(backups, "_PATIENCE", 0.2)
    heard: list[str] = []
    with one_at_a_time(folder / NAME, Text("the other"), 1, lambda _: None):
        with pytest.raises(FortschreibungError, match="another backup into this folder to end"):
            backups.backup(home, folder, keep=2, say=lambda words: heard.append(str(words)))
        assert (folder / ".incoming-other").is_file()
    assert heard[0].startswith("waits: another backup into this folder is running")

    path = backups.backup(home, folder, keep=2, say=lambda _: None)
    assert [each.name for each in folder.iterdir() if each.name != NAME] == [path.name]


def test_profiles_and_the_key_are_in_it(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cities" / CITY).mkdir(parents=True)
    (tmp_path / "cities" / CITY / "city.toml").write_text("name = 'Kleinstadt'")
    (tmp_path / "office.pem").write_text("the key")
    monkeypatch.setenv("FORTSCHREIBUNG_CITIES", str(tmp_path / "cities"))
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(tmp_path / "office.pem"))
    path = backups.backup(home, tmp_path / "backups", keep=1, say=lambda _: None)
    backups.restore(path, Home(tmp_path / "new"), say=lambda _: None)

    restored = tmp_path / "new" / "restored"
    assert contents(restored) == {
        f"profiles/0/{CITY}/city.toml": b"name = 'Kleinstadt'", "keys/office.pem": b"the key",
    }  # fmt: skip
    assert restored.stat().st_mode & 0o777 == 0o700


def test_a_file_that_cannot_be_read_is_named_and_nothing_stays_of_the_backup(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(tmp_path / "gone.pem"))

    with pytest.raises(FortschreibungError, match=r"Expected to read \S+/gone\.pem for the backup") as failed:
        backups.backup(home, tmp_path / "backups", keep=1, say=lambda _: None)
    assert failed.value.code == "FS-RUN-04"
    assert [each.name for each in (tmp_path / "backups").iterdir() if each.name != NAME] == []


def test_a_folder_of_profiles_that_is_not_there_is_an_error(home: Home, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_CITIES", str(tmp_path / "gone"))

    with pytest.raises(ConfigError, match=r"FORTSCHREIBUNG_CITIES .* found no folder \S+/gone"):
        backups.backup(home, tmp_path / "backups", keep=1, say=lambda _: None)


def test_the_database_is_found_by_either_name_as_prefect_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", raising=False)
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", "postgresql://earlier")
    assert backups.database_url() == "postgresql://earlier"
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql://server")
    assert backups.database_url() == "postgresql://server"


@pytest.mark.parametrize("damage", ["cut off", "without its list", "altered"])
def test_a_damaged_backup_is_refused_whole(archive: Path, tmp_path: Path, damage: str) -> None:
    content = archive.read_bytes()
    if damage == "cut off":
        archive.write_bytes(content[: len(content) // 2])
    elif damage == "altered":
        archive.write_bytes(content.replace(b"delivered", b"DELIVERED", 1))
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(tmp_path / "out", filter="data")
        (tmp_path / "out" / backups.LIST).unlink()
        with tarfile.open(archive, "w") as opened:
            for path in sorted((tmp_path / "out").rglob("*")):
                if path.is_file():
                    opened.add(path, path.relative_to(tmp_path / "out"))

    with pytest.raises(VerificationFailed, match="earlier backup"):
        restore(archive, home=tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_member_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as opened:
        opened.add(__file__, "../evil.py")

    with pytest.raises(VerificationFailed, match="which no backup holds"):
        restore(tmp_path / "evil.tar", home=tmp_path / "new")
    assert not (tmp_path / "evil.py").exists()


def test_a_data_folder_that_is_not_empty_is_not_touched(home: Home, archive: Path) -> None:
    before = contents(home.root)

    with pytest.raises(ConfigError, match="Expected an empty data folder"):
        restore(archive, home=home.root)
    assert contents(home.root) == before


def test_a_backup_into_the_data_folder_is_refused(home: Home) -> None:
    with pytest.raises(ConfigError, match="on another disk"):
        backup(home.root / "backups", home=home.root)


@pytest.mark.slow
def test_the_database_of_the_server_comes_back(home: Home, tmp_path: Path, postgres: str, monkeypatch) -> None:
    monkeypatch.setenv(backups.DATABASE_URL, postgres)
    ask(postgres, "CREATE TABLE flow_run (name text); INSERT INTO flow_run VALUES ('kept')")
    path = backups.backup(home, tmp_path / "backups", keep=1, say=lambda _: None)
    ask(postgres, "UPDATE flow_run SET name = 'lost'")

    assert restore(path, database=True, home=tmp_path / "new") == 0
    assert ask(postgres, "SELECT name FROM flow_run") == "kept"


@pytest.mark.slow
def test_a_database_that_does_not_answer_is_named_without_its_password(home: Home, tmp_path: Path, monkeypatch) -> None:
    if not shutil.which("pg_dump"):
        pytest.skip("PostgreSQL's client is not installed")
    monkeypatch.setenv(backups.DATABASE_URL, "postgresql+asyncpg://prefect:planted-secret@127.0.0.1:1/prefect")

    with pytest.raises(FortschreibungError, match="pg_dump could not do it") as failed:
        backup(tmp_path / "backups", home=home.root)
    assert "planted-secret" not in str(failed.value)
    assert not list((tmp_path / "backups").glob("*.tar"))
