"""A connector registers itself: what sources.toml needs for it and what fetches it go by the same names."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.app.doctor import _cities
from flows.base.errors import ConfigError
from flows.profile import load
from flows.profile.access import ACCESS
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.pull.connectors import CONNECTORS, connector_of

OFFICIAL = 'official = { merkmale = { einwohner = "value" } }'
GENESIS = {
    "connector": '"genesis"', "file": r"'12411-01-01-4\.zip'", "dialect": '{ member = "*.csv" }',
    "genesis": '{ service = "regionalstatistik", table = "12411-01-01-4", credentials = "REGIO" }',
}  # fmt: skip


@pytest.fixture
def only_city(monkeypatch: pytest.MonkeyPatch):
    """Lets a profile be the only one that doctor finds."""

    def found(profile: Profile) -> None:
        monkeypatch.setattr(load, "cities", lambda: ["kleinstadt"])
        monkeypatch.setattr(load, "load_profile", lambda _: profile)

    return found


def only(profile: Profile) -> Source:
    (source,) = profile.sources
    return source


def test_what_the_profile_knows_can_be_fetched() -> None:
    assert set(CONNECTORS) == set(ACCESS)
    assert {name for name, kind in ACCESS.items() if kind.section} <= set(Source.model_fields)


def test_nothing_else_knows_a_connector_by_name() -> None:
    """Its own modules do, and what it needs in sources.toml."""
    flows = Path(__file__).parents[2] / "flows"
    own = (
        flows / "pull" / "connectors",
        *(flows / "profile" / name for name in ("access.py", "source.py", "source_coherence.py")),
    )
    others = [path for path in flows.rglob("*.py") if not any(path.is_relative_to(each) for each in own)]
    asking = (".genesis", ".ckan", "connector ==", "connector !=", "connector in (")
    assert [path.name for path in others for words in asking if words in path.read_text(encoding="utf-8")] == []


def test_a_connector_has_its_own_patience_unless_the_source_has_another(small_city, source) -> None:
    assert only(small_city.with_sources(source("amtlich", OFFICIAL, **GENESIS))).patience == 300
    given = {**GENESIS, "rate_limits": "{ patience = 20 }"}
    assert only(small_city.with_sources(source("amtlich", OFFICIAL, **given))).patience == 20
    assert only(small_city.with_sources(source("jahr"))).patience == 60


def test_a_source_names_the_variables_of_its_address_and_credentials(small_city, source) -> None:
    given = only(small_city.with_sources(source("amtlich", OFFICIAL, url='"${AMT}/ws"', **GENESIS)))
    assert given.variables == ["AMT", "REGIO_PASSWORD", "REGIO_TOKEN", "REGIO_USER"]
    assert connector_of(given).place(given) == "${AMT}/ws 12411-01-01-4"


def test_rate_limits_are_read_under_their_old_name_and_the_profile_says_so(small_city, source) -> None:
    day = '{ source = "name", day = "12-31" }'
    profile = small_city.with_sources(source("jahr", manners="{ at_once = 1 }", stichtag=day))
    assert only(profile).rate_limits.at_once == 1
    assert profile.notices == (
        "deprecated: sources.toml says `manners` in jahr; it is called `rate_limits` now, and the next version will "
        "refuse the old name",
    )


def test_an_old_name_beside_the_new_one_is_refused(small_city, source) -> None:
    with pytest.raises(ConfigError, match=r"source\.jahr\.manners: Extra inputs are not permitted"):
        small_city.with_sources(source("jahr", manners="{ at_once = 1 }", rate_limits="{ at_once = 2 }"))


def test_a_deprecated_name_is_reported_by_the_pull_and_by_doctor(source, desk, tmp_path: Path, only_city) -> None:
    (tmp_path / "jahr_2022.csv").write_text("BBS;EW\n01100001;12\n")
    given = desk(source("jahr", folder=f'"{tmp_path}"', manners="{ at_once = 1 }"))
    events: list[str] = []
    assert given.pull(folder=tmp_path, progress=events.append).new == 1
    assert events[0].startswith("deprecated: sources.toml says `manners` in jahr")
    only_city(given.profile)
    assert [one.found for one in _cities() if one.ok][1] == events[0]


def test_doctor_says_what_is_set_but_cannot_be_used(small_city, source, only_city, monkeypatch) -> None:
    only_city(small_city.with_sources(source("jahr", connector='"http_file"', url='"${AMT}/jahr.csv"')))
    monkeypatch.setenv("AMT", "ftp://amt.example")
    (finding,) = _cities()
    assert not finding.ok
    assert "to begin with http:// or https://" in finding.found
