"""What a city's folder says about its checks, read with the profile."""

import shutil

import pytest

from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.profile.load import load_profile

_WAIVER = '[[waiver]]\ncheck = "raum_name"\nreason = "{reason}"\nwho = "A. Beispiel"\nexpires = 2025-12-31\n'


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(resource("cities") / "berlin", tmp_path / "berlin")


def test_waivers_and_expectations_are_part_of_the_profile(folder):
    (folder / "waivers.toml").write_text(_WAIVER.format(reason="No names are given"))

    profile = load_profile("berlin", folder)

    assert [waiver.check for waiver in profile.waivers] == ["raum_name"]
    assert profile.expected is not None
    assert profile.expected.deliveries["ewr_matrix"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("waivers.toml", _WAIVER.format(reason=" "), "reason"),
        ("expected.toml", "[deliveries.nothing]\n2024-12-31 = 1\n", "'nothing' is not in sources.toml"),
        ("expected.toml", '[units."2019-01-01"]\nsozialraum = 1\n', "2019-01-01 is no Zuschnitt"),
    ],
)
def test_a_decision_that_cannot_hold_is_reported_with_its_file(folder, name, text, told):
    (folder / name).write_text(text)

    with pytest.raises(ConfigError, match=rf"(?s){name}.*{told}"):
        load_profile("berlin", folder)


def test_an_own_check_without_owner_is_reported_before_anything_runs(folder):
    (folder / "checks").mkdir()
    (folder / "checks" / "kaserne.sql").write_text("-- severity: info\n-- reason: -\nSELECT 1 AS einheit")

    with pytest.raises(ConfigError, match=r"(?s)kaserne\.sql.*owner"):
        load_profile("berlin", folder)
