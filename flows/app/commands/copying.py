"""Commands that copy: releases to where others read them, all that matters to a backup and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import AllOrVersion, CityArgument, HomeOption, JsonOption, print_json, say
from flows.base.errors import ConfigError
from flows.base.home import Home, root_at
from flows.base.language import number_shown
from flows.base.texts import tr, tr_count


def push(
    city: CityArgument,
    url: str,
    version: AllOrVersion = None,
    *,
    deep: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Copy the releases of a city (or one) to a folder or to object storage, verified here and there.

    Parameters
    ----------
    url
        file:///srv/releases or s3://BUCKET/PATH (extra `s3`); docs/releases.md.
    deep
        Read back also what is there already.
    """
    from flows.publish.push import push as pushed  # noqa: PLC0415

    done = pushed(Home(root_at(home)), city, url, version, deep=deep, say=say)
    if as_json:
        print_json(asdict(done))
    else:
        what = tr_count(
            "1 file copied ({size:,.1f} MB)", "{count} files copied ({size:,.1f} MB)", done.sent, size=done.bytes / 1e6
        ) if done.sent else tr("nothing new")  # fmt: skip
        print(tr(
            "{city} {versions} at {url}: {what}; latest there is {latest}.",
            city=city, versions=", ".join(done.versions), url=url, what=what, latest=done.latest,
        ))  # fmt: skip
    return 0


def backup(folder: Path, *, keep: int = 8, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Write a backup of all that cannot be made again into a folder; as confidential as what was delivered.

    Parameters
    ----------
    folder
        On another disk; the newest --keep backups stay there.
    keep
        How many backups stay.
    """
    from flows.app.backup import backup as backed_up  # noqa: PLC0415

    if keep < 1:
        raise ConfigError(f"--keep must be at least 1, found {keep}.", code="FS-USE-01")
    path = backed_up(Home(root_at(home)), folder, keep=keep, say=say)
    if as_json:
        print_json({"backup": str(path), "bytes": path.stat().st_size})
    else:
        print(f"{path} ({number_shown(path.stat().st_size / 1e6, 1)} MB)")
    return 0


def restore(
    archive: Path,
    *,
    database: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Bring a backup back into an empty data folder and verify every release by its content.

    Parameters
    ----------
    archive
        The file of the backup.
    database
        Also replace the Prefect server's database (PREFECT_SERVER_DATABASE_CONNECTION_URL) by the one in the backup.
    """
    from flows.app.backup import restore as restored  # noqa: PLC0415
    from flows.app.server_database import DATABASE_URL, database_url, restore_database  # noqa: PLC0415
    from flows.publish.promote import heal  # noqa: PLC0415
    from flows.publish.verify import Content, verify  # noqa: PLC0415

    where, url = Home(root_at(home)), database_url()
    if database and not url:
        raise ConfigError(
            f"--database: expected {DATABASE_URL} to name the database, found it not set.", code="FS-USE-01"
        )
    done = restored(archive, where, say=say)
    for city in done.cities:
        heal(where, city)  # `latest`, which is a link, follows from the catalogue
        verify(where, city, content=Content.ALL, say=say)
    if database and url:
        if done.database is None:
            raise ConfigError(f"{archive} holds no database of a server; the files are back and verified.")
        restore_database(url, done.database)
    if as_json:
        print_json({"files": done.files, "cities": done.cities, "database": database, "home": str(where.root)})
    else:
        print(tr_count(
            "{folder}: 1 file; {cities} verified by content.",
            "{folder}: {count} files; {cities} verified by content.",
            done.files, folder=where.root, cities=", ".join(done.cities) or tr("no city"),
        ))  # fmt: skip
        for path in sorted((where.root / "restored").glob("*")):
            print(tr("  {path}: put it where your settings look for it", path=path))
    return 0
