"""A table of a GENESIS service behind a loopback server, and credentials for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pull.conftest import Desk
from tests.pull.genesis.answers import PASSWORD, TABLE, USER
from tests.pull.replay import Heard, Replay, Said


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AMT_TOKEN", "AMT_USER", "AMT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AMT_USER", USER)
    monkeypatch.setenv("AMT_PASSWORD", PASSWORD)


@pytest.fixture
def table(source: Callable[..., str]) -> Callable[..., str]:
    """TOML of a source that is a table of a GENESIS service."""

    def text(server: Replay, extra: str = "", name: str = TABLE, **fields: str) -> str:
        given = {
            "connector": '"genesis"',
            "url": f'"{server.url}"',
            "file": rf"'{name}\.zip'",
            "genesis": f'{{ table = "{name}", credentials = "AMT"{extra} }}',
            "dialect": '{ encoding = "utf-8-sig", member = "*.csv" }',
            "stichtag": '{ source = "column", column = "time" }',
            **fields,
        }
        return source("amtlich", 'official = { merkmale = { einwohner = "value" } }', **given)

    return text


@pytest.fixture
def asked(desk: Callable[..., Desk], table: Callable[..., str], replay: Callable[..., Replay]):
    """A server that answers as told, and the desk that asks it."""

    def given(answer: Callable[[Heard], Said], *more: str, **fields: str) -> tuple[Replay, Desk]:
        server = replay(answer)
        return server, desk(table(server, *more, **fields))

    return given
