"""Credentials come from the environment, travel encrypted, and are written down nowhere."""

from __future__ import annotations

import html
import json
from urllib.parse import quote

import pytest

from flows.base.errors import ConfigError
from tests.pull.genesis.answers import PASSWORD, TABLE, TOKEN, USER, by_path, ffcsv, job_dialogue, status
from tests.pull.replay import Said


def test_a_token_is_a_user_without_a_password(asked, monkeypatch) -> None:
    monkeypatch.setenv("AMT_TOKEN", TOKEN)
    server, given = asked(lambda _: ffcsv())
    given.pull()
    assert (server.heard[0].headers["username"], server.heard[0].headers["password"]) == (TOKEN, "")


def test_missing_credentials_are_a_mistake_of_the_configuration(asked, monkeypatch) -> None:
    monkeypatch.delenv("AMT_PASSWORD")
    server, given = asked(lambda _: ffcsv())
    with pytest.raises(ConfigError, match="AMT_TOKEN, or in AMT_USER and AMT_PASSWORD; found neither"):
        given.pull()
    assert server.heard == []


def test_address_and_credentials_that_are_missing_are_reported_together(desk, table, replay, monkeypatch) -> None:
    for name in ("AMT_USER", "AMT_PASSWORD", "AMT_DIENST"):
        monkeypatch.delenv(name, raising=False)
    server = replay(lambda _: ffcsv())
    with pytest.raises(ConfigError, match=r"AMT_TOKEN, or in AMT_USER and AMT_PASSWORD.* variable AMT_DIENST"):
        desk(table(server, url='"${AMT_DIENST}"')).pull()


@pytest.mark.parametrize("spoilt", [PASSWORD + "\n", " " + PASSWORD, PASSWORD + "\x7f"])
def test_a_password_that_no_header_can_carry_is_reported_before_anybody_is_asked(
    asked, monkeypatch, spoilt: str
) -> None:
    monkeypatch.setenv("AMT_PASSWORD", spoilt)
    server, given = asked(lambda _: ffcsv())
    with pytest.raises(ConfigError, match="expected AMT_PASSWORD to be one line") as told:
        given.pull()
    assert server.heard == []
    assert PASSWORD not in str(told.value)


def test_credentials_never_travel_unencrypted(desk, source) -> None:
    text = source(
        "amtlich", 'official = { merkmale = { einwohner = "value" } }', connector='"genesis"',
        file=r"'12411-0001\.zip'",
        url='"http://amt.example/rest"', genesis='{ table = "12411-0001", credentials = "AMT" }',
        dialect='{ member = "*.csv" }', stichtag='{ source = "column", column = "time" }',
    )  # fmt: skip
    with pytest.raises(ConfigError, match="expected an address that begins with https://"):
        desk(text).pull()


def test_a_secret_cannot_stand_in_the_profile(small_city, table, replay) -> None:
    server = replay(lambda _: ffcsv())
    with pytest.raises(ConfigError, match="Secrets themselves never stand in a profile"):
        small_city.with_sources(table(server, genesis=f'{{ table = "{TABLE}", credentials = "geheim123" }}'))


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: ffcsv(),
        lambda _: status(15, f"Falsches Passwort {PASSWORD} des Benutzers {USER}"),
        lambda _: Said(200, f"<html>{USER} {PASSWORD}".encode()),
        lambda _: Said(401),
        lambda _: Said(500),
        lambda _: Said(302, headers={"Location": f"http://{USER}:{PASSWORD.encode().hex()}@x/?p={USER}"}),
        by_path(**job_dialogue(results=status(104))),
    ],
    ids=["fine", "echo", "page", "401", "500", "redirect", "job"],
)
def test_user_and_password_reach_neither_landing_zone_nor_message_nor_log(asked, caplog, answer) -> None:
    caplog.set_level("DEBUG")
    _, given = asked(answer, ", wait_minutes = 0.002")
    try:
        told = given.pull().model_dump_json()
    except Exception as problem:  # noqa: BLE001 -- whichever it is, it must not tell
        told = str(problem)
    files = [path for path in given.landing.folder.rglob("*") if path.is_file()]
    assert files
    for secret in (USER, PASSWORD):
        assert secret not in told + caplog.text
        assert not [path for path in files if secret.encode() in path.read_bytes() or secret in path.name]


@pytest.mark.parametrize(
    ("user", "password", "echo"),
    [
        ("amt", "amt2024!x", "amt2024!x"), (USER, PASSWORD, quote(PASSWORD)), (USER, PASSWORD, html.escape(PASSWORD)),
        (USER, PASSWORD, json.dumps(PASSWORD)), (USER, "zwei  blanks", "zwei  blanks"),
    ],
)  # fmt: skip
def test_an_echo_is_reported_without_the_password_however_it_is_written(
    asked, monkeypatch, user: str, password: str, echo: str
) -> None:
    monkeypatch.setenv("AMT_USER", user)
    monkeypatch.setenv("AMT_PASSWORD", password)
    _, given = asked(lambda _: status(15, f"Falsches Passwort {echo}!"))
    assert "Falsches Passwort ***" in given.refusal().replace('"', "")


def test_a_token_is_not_told_in_part(asked, monkeypatch) -> None:
    monkeypatch.setenv("AMT_TOKEN", TOKEN)
    _, given = asked(lambda _: Said(200, f"<html>Nutzer {TOKEN}</html>".encode()))
    assert TOKEN[:8] not in given.refusal()


@pytest.mark.parametrize("address", ["https://amt:geheim@amt.example/rest", "https://amt.example/rest?key=geheim"])
def test_an_address_holds_no_credentials(desk, table, replay, address: str) -> None:
    with pytest.raises(ConfigError, match=r"expected an address without user, password") as told:
        desk(table(replay(lambda _: ffcsv()), url=f'"{address}"')).pull()
    assert "geheim" not in str(told.value)
