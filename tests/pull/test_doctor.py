"""What `fortschreibung doctor` says of credentials."""

from __future__ import annotations

import pytest

from flows.app import doctor
from flows.profile import load


@pytest.fixture
def said(small_city, source, monkeypatch):
    """What doctor says of a city with a GENESIS table."""
    profile = small_city.with_sources(
        source(
            "amtlich", 'official = { merkmale = { einwohner = "value" } }', connector='"genesis"',
            file=r"'12411-01-01-4\.zip'", dialect='{ member = "*.csv" }',
            genesis='{ service = "regionalstatistik", table = "12411-01-01-4", credentials = "REGIO" }',
        )
    )  # fmt: skip
    monkeypatch.setattr(load, "cities", lambda: ["kleinstadt"])
    monkeypatch.setattr(load, "load_profile", lambda _: profile)
    for name in ("REGIO_TOKEN", "REGIO_USER", "REGIO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return lambda: next(doctor._cities()).found


def test_missing_credentials_are_named(said) -> None:
    assert said() == (
        "1 sources; REGIO_TOKEN (or REGIO_USER and REGIO_PASSWORD) not set, "
        "so it needs --from DIR, or Secret blocks in Prefect for the credentials"
    )


@pytest.mark.parametrize("names", [["REGIO_TOKEN"], ["REGIO_USER", "REGIO_PASSWORD"]])
def test_a_token_or_user_and_password_are_enough(said, monkeypatch, names: list[str]) -> None:
    for name in names:
        monkeypatch.setenv(name, "geheim")
    assert said() == "1 sources"


def test_a_user_without_a_password_is_not_enough(said, monkeypatch) -> None:
    monkeypatch.setenv("REGIO_USER", "amt")
    assert "REGIO_PASSWORD" in said()


def test_what_is_not_required_is_reported_as_what_will_not_be_asked(small_city, source, monkeypatch) -> None:
    optional = {"folder": '"${AMT_EINGANG}"', "required": "false"}
    profile = small_city.with_sources(source("haushalte", **optional), source("gebaeude", **optional))
    monkeypatch.setattr(load, "cities", lambda: ["kleinstadt"])
    monkeypatch.setattr(load, "load_profile", lambda _: profile)
    monkeypatch.delenv("AMT_EINGANG", raising=False)
    (finding,) = doctor._cities()
    assert finding.ok
    assert finding.found == "2 sources; AMT_EINGANG not set, so not asked without --from DIR: haushalte, gebaeude"


@pytest.mark.parametrize("place", [{"folder": '"${AMT}"'}, {"connector": '"http_file"', "url": '"${AMT}/a.csv"'}])
def test_a_secret_block_is_named_only_for_credentials(small_city, source, monkeypatch, place: dict[str, str]) -> None:
    profile = small_city.with_sources(source("haushalte", **place))
    monkeypatch.setattr(load, "cities", lambda: ["kleinstadt"])
    monkeypatch.setattr(load, "load_profile", lambda _: profile)
    monkeypatch.delenv("AMT", raising=False)
    assert next(doctor._cities()).found == "1 sources; AMT not set, so it needs --from DIR"
