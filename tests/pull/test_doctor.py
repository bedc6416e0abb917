"""What `fortschreibung doctor` says of credentials, of Prefect's server and of telemetry."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
from base64 import b64encode
from types import SimpleNamespace

import pytest

from flows.app import doctor
from flows.app.prefect_server import NO_TELEMETRY, refusal
from flows.profile import load
from flows.profile.load import shared_codebook
from flows.profile.protection import Protection
from tests.pull.replay import Heard, Replay, Said


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


def test_indikatoren_for_which_no_source_is_declared_are_told_once_and_are_no_fault(said) -> None:
    said()
    (found,) = [one for one in doctor._cities() if "without figures" in one.found]

    assert found.ok
    # counts of residents are all that this city has: einwohner and its changes need nothing else
    of_all = re.match(r"(\d+) of (\d+) Indikatoren of the codebook stay without figures", found.found)
    assert of_all
    alone = {name for name, each in shared_codebook().indikator.items()
             if {*each.numerator, *each.denominator} == {"einwohner"}}  # fmt: skip
    assert int(of_all[1]) == int(of_all[2]) - len(alone)


def test_missing_credentials_are_named(said) -> None:
    assert said() == (
        "1 source; REGIO_TOKEN (or REGIO_USER and REGIO_PASSWORD) not set, "
        "so it needs --from DIR, or Secret blocks in Prefect for the credentials"
    )


@pytest.mark.parametrize("names", [["REGIO_TOKEN"], ["REGIO_USER", "REGIO_PASSWORD"]])
def test_a_token_or_user_and_password_are_enough(said, monkeypatch, names: list[str]) -> None:
    for name in names:
        monkeypatch.setenv(name, "geheim")
    assert said() == "1 source"


def test_a_user_without_a_password_is_not_enough(said, monkeypatch) -> None:
    monkeypatch.setenv("REGIO_USER", "amt")
    assert "REGIO_PASSWORD" in said()


def test_what_is_not_required_is_reported_as_what_will_not_be_asked(small_city, source, monkeypatch) -> None:
    optional = {
        "folder": '"${AMT_EINGANG}"', "required": "false", "stichtag": '{ source = "name", day = "12-31" }',
    }  # fmt: skip
    profile = small_city.with_sources(source("haushalte", **optional), source("gebaeude", **optional))
    monkeypatch.setattr(load, "cities", lambda: ["kleinstadt"])
    monkeypatch.setattr(load, "load_profile", lambda _: profile)
    monkeypatch.delenv("AMT_EINGANG", raising=False)
    finding = next(doctor._cities())
    assert finding.ok
    assert finding.found == "2 sources; AMT_EINGANG not set, so not asked without --from DIR: haushalte, gebaeude"


@pytest.mark.parametrize("place", [{"folder": '"${AMT}"'}, {"connector": '"http_file"', "url": '"${AMT}/a.csv"'}])
def test_a_secret_block_is_named_only_for_credentials(small_city, source, monkeypatch, place: dict[str, str]) -> None:
    profile = small_city.with_sources(source("haushalte", **place))
    monkeypatch.setattr(load, "cities", lambda: ["kleinstadt"])
    monkeypatch.setattr(load, "load_profile", lambda _: profile)
    monkeypatch.delenv("AMT", raising=False)
    assert next(doctor._cities()).found == "1 source; AMT not set, so it needs --from DIR"


@pytest.mark.parametrize(
    ("secret", "ok", "found"),
    [
        (None, True, "STADT_GEHEIMNIS not set, so a Secret block in Prefect must have it"),
        ("kurz", False, "at least 32 characters, found 4 characters"),
        ("a secret of thirty-two characters", True, "1 source"),
    ],
)
def test_the_secret_by_which_counts_are_rounded_is_looked_at(small_city, monkeypatch, secret, ok, found) -> None:
    profile = small_city.load()
    rules = {"personen": Protection(method="round", secret="STADT_GEHEIMNIS", min_numerator=3, min_denominator=3)}
    profile = dataclasses.replace(profile, city=profile.city.model_copy(update={"protection": rules}))
    monkeypatch.setattr(load, "cities", lambda: ["kleinstadt"])
    monkeypatch.setattr(load, "load_profile", lambda _: profile)
    if secret is None:
        monkeypatch.delenv("STADT_GEHEIMNIS", raising=False)
    else:
        monkeypatch.setenv("STADT_GEHEIMNIS", secret)
    finding = next(doctor._cities())
    assert finding.ok == ok
    assert found in finding.found


SECRET = "fortschreibung:geheim"


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server like Prefect's, which takes commands with a secret; how it answers can be changed."""
    setting = SimpleNamespace(secret=SECRET, reports=False)

    def answer(one: Heard) -> Said:
        right = "Basic " + b64encode(setting.secret.encode()).decode() if setting.secret else None
        if right and one.headers.get("authorization") != right:
            return Said(401)
        told = {"server": {"analytics_enabled": setting.reports}} if one.path.endswith("settings") else "3.8.8"
        return Said(200, json.dumps(told).encode())

    replay = Replay(answer)
    for name, value in {**NO_TELEMETRY, "PREFECT_API_URL": f"{replay.url}/api", "PREFECT_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PREFECT_API_AUTH_STRING", raising=False)
    yield setting
    replay.close()


def found_wrong() -> list[str]:
    wrong = (one.found for one in (*doctor._prefect(), *doctor._telemetry()) if not one.ok)
    return [found.partition("/api ")[2] or found for found in wrong]


def test_a_server_that_takes_commands_of_this_user_alone_and_reports_nothing_is_as_it_must_be(
    server, monkeypatch
) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", SECRET)
    assert found_wrong() == []
    assert refusal() is None


@pytest.mark.parametrize("given", [None, "fortschreibung:anders"])
def test_a_refresh_says_of_a_server_that_refuses_it_what_doctor_says(server, monkeypatch, given: str | None) -> None:
    if given:
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", given)
    (said,) = [one for one in doctor._prefect() if not one.ok]
    assert "refuses this user (answer 401): it wants PREFECT_API_AUTH_STRING and got" in said.found
    words = refusal()
    assert words is not None
    assert said.found in words
    assert said.remedy in words
    assert SECRET not in words


def test_a_server_that_takes_commands_of_anybody_is_named(server) -> None:
    server.secret = None
    assert found_wrong() == ["takes commands of anybody who reaches it"]


def test_a_server_that_cannot_be_reached_is_named_by_both(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    (said,) = doctor._prefect()
    assert "http://127.0.0.1:9/api cannot be reached (ConnectionError)" in (refusal() or "")
    assert (said.ok, said.found) == (False, "http://127.0.0.1:9/api cannot be reached (ConnectionError)")


def test_the_server_of_prefects_active_profile_is_looked_at(server, monkeypatch, tmp_path) -> None:
    address = os.environ["PREFECT_API_URL"]
    monkeypatch.delenv("PREFECT_API_URL")
    (tmp_path / "profiles.toml").write_text(
        f'active = "amt"\n[profiles.amt]\nPREFECT_API_URL = "{address}"\nPREFECT_API_AUTH_STRING = "{SECRET}"\n'
    )
    assert found_wrong() == []
    assert next(doctor._prefect()).found == f"{address} takes this user's commands"


def test_telemetry_that_is_on_is_named_wherever_it_is_on(server, monkeypatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", SECRET)
    server.reports = True
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "true")
    monkeypatch.delenv("DO_NOT_TRACK")
    assert found_wrong() == [
        "reports home",
        "GX_ANALYTICS_ENABLED=true switches it on; DO_NOT_TRACK not set: commands of Prefect itself report home",
    ]


@pytest.mark.parametrize(
    ("today", "said"),
    [("2026-12-01", "versions of 2026-11-26, 5 days ago"), ("2027-11-26", "365 days ago; that is long: `make audit`")],
)
def test_the_lock_says_when_its_versions_were_chosen(today, said, tmp_path, monkeypatch):
    lock = tmp_path / "requirements.lock"
    lock.write_text("# Resolved on 2026-11-26.\nduckdb==1.5.5\n")
    monkeypatch.setattr(doctor, "__file__", str(tmp_path / "flows" / "app" / "doctor.py"))

    assert [said in one.found for one in doctor._lock(dt.date.fromisoformat(today))] == [True]
    lock.unlink()
    assert ["without requirements.lock" in one.found for one in doctor._lock(dt.date.max)] == [True]
