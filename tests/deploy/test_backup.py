"""What cannot be made again is backed up, and comes back as it was or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from flows.app import backup as backups
from flows.app import server_database
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
    monkeypatch.chdir(tmp_path)
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


def test_the_folder_cities_where_one_works_is_in_it_too(home: Home, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "cities" / CITY).mkdir(parents=True)
    (tmp_path / "cities" / CITY / "city.toml").write_text("name = 'Kleinstadt'")
    monkeypatch.chdir(tmp_path)

    backups.restore(
        backups.backup(home, tmp_path / "backups", keep=1, say=lambda _: None),
        Home(tmp_path / "new"),
        say=lambda _: None,
    )

    assert (tmp_path / "new" / "restored" / "profiles" / "0" / CITY / "city.toml").is_file()


def test_what_links_lead_to_is_in_it(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repository" / CITY).mkdir(parents=True)
    (tmp_path / "repository" / CITY / "city.toml").write_text("name = 'Kleinstadt'")
    (tmp_path / "cities").mkdir()
    (tmp_path / "cities" / CITY).symlink_to("../repository/" + CITY)
    (tmp_path / "cities" / "round").symlink_to(".")
    (tmp_path / "cities" / "gone").symlink_to("nowhere")
    monkeypatch.chdir(tmp_path)
    (home.releases / CITY).rename(tmp_path / "disk")
    (home.releases / CITY).symlink_to(tmp_path / "disk")

    path = backups.backup(home, tmp_path / "backups", keep=1, say=lambda _: None)

    with tarfile.open(path) as opened:
        names = opened.getnames()
    assert [name for name in names if name.startswith("profiles/")] == [f"profiles/0/{CITY}/city.toml"]
    assert f"releases/{CITY}/2024.1/manifest.json" in names
    assert not [name for name in names if "latest/" in name]


def test_a_folder_that_cannot_be_read_is_named_and_not_passed_over(home: Home, tmp_path: Path, monkeypatch) -> None:
    scandir = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("objects"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)

    with pytest.raises(FortschreibungError, match=r"Expected to read \S+/landing/objects for the backup"):
        backups.backup(home, tmp_path / "backups", keep=1, say=lambda _: None)
    monkeypatch.undo()
    assert not list((tmp_path / "backups").glob("*.tar"))


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
    assert server_database.database_url() == "postgresql://earlier"
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql://server")
    assert server_database.database_url() == "postgresql://server"


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


def test_a_backup_into_what_is_backed_up_is_refused(home: Home, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "cities").mkdir()
    monkeypatch.chdir(tmp_path)
    for place in (home.root, tmp_path / "cities"):
        with pytest.raises(ConfigError, match="on another disk"):
            backup(place / "backups", home=home.root)


def test_a_folder_that_is_there_keeps_its_rights(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir(mode=0o700)

    backups.restore(archive, Home(tmp_path / "new"), say=lambda _: None)

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_what_is_left_of_an_earlier_one_is_named_before_anything_is_brought_back(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "new" / "restored" / "profiles").mkdir(parents=True)

    with pytest.raises(ConfigError, match=r"Expected an empty data folder, found \S+/restored"):
        backups.restore(archive, Home(tmp_path / "new"), say=lambda _: None)
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["restored"]


def test_a_place_that_cannot_be_written_is_named(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "new").write_text("a file")

    with pytest.raises(
        FortschreibungError, match=r"cannot be brought back to \S+: (Not a directory|File exists)"
    ) as failed:
        backups.restore(archive, Home(tmp_path / "new"), say=lambda _: None)
    assert failed.value.code == "FS-RUN-04"


@pytest.mark.slow
def test_the_database_of_the_server_comes_back(home: Home, tmp_path: Path, postgres: str, monkeypatch) -> None:
    monkeypatch.setenv(server_database.DATABASE_URL, postgres)
    ask(postgres, "CREATE TABLE flow_run (name text); INSERT INTO flow_run VALUES ('kept')")
    path = backups.backup(home, tmp_path / "backups", keep=1, say=lambda _: None)
    ask(postgres, "UPDATE flow_run SET name = 'lost'")

    assert restore(path, database=True, home=tmp_path / "new") == 0
    assert ask(postgres, "SELECT name FROM flow_run") == "kept"


@pytest.mark.slow
def test_a_database_that_does_not_answer_is_named_without_its_password(home: Home, tmp_path: Path, monkeypatch) -> None:
    if not shutil.which("pg_dump"):
        pytest.skip("PostgreSQL's client is not installed")
    monkeypatch.setenv(server_database.DATABASE_URL, "postgresql+asyncpg://prefect:planted-secret@127.0.0.1:1/prefect")

    with pytest.raises(FortschreibungError, match="pg_dump could not do it") as failed:
        backup(tmp_path / "backups", home=home.root)
    assert "planted-secret" not in str(failed.value)
    assert not list((tmp_path / "backups").glob("*.tar"))
