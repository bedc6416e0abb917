"""Which profile counts where an office has folders of its own."""

import os
import shutil

import pytest

from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.profile.load import cities, load_profile
from flows.profile.places import VARIABLE


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def berlin_in(folder, name):
    """A profile of an office's own: Berlin's with another name."""
    shutil.copytree(resource("cities") / "berlin", folder / "berlin")
    file = folder / "berlin" / "city.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('name = "Berlin"', f'name = "{name}"'), encoding="utf-8")


def test_the_bundled_cities_are_there_everywhere(here):
    assert cities() == ["berlin", "duesseldorf", "musterstadt"]


def test_a_folder_cities_where_one_works_takes_precedence_over_the_bundled_ones(here):
    berlin_in(here / "cities", "Berlin (Amt)")

    assert load_profile("berlin").city.name == "Berlin (Amt)"
    assert load_profile("musterstadt").city.id == "musterstadt"


def test_folders_of_the_variable_take_precedence_in_their_order(here, monkeypatch):
    for place in ("cities", "first", "second"):
        berlin_in(here / place, f"Berlin ({place})")
    monkeypatch.setenv(VARIABLE, os.pathsep.join([str(here / "first"), str(here / "second")]))

    assert load_profile("berlin").city.name == "Berlin (first)"


def test_a_place_that_is_no_folder_is_named(here, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(here / "citties"))

    with pytest.raises(ConfigError, match=r"FORTSCHREIBUNG_CITIES.*found no folder .*citties"):
        cities()


def test_a_city_that_is_nowhere_names_the_places_that_were_looked_at(here, monkeypatch):
    (here / "ours").mkdir()
    monkeypatch.setenv(VARIABLE, str(here / "ours"))

    with pytest.raises(ConfigError, match=r"no city 'atlantis'.*Looked for atlantis/city\.toml in .*/ours, .*--cities"):
        load_profile("atlantis")


def test_a_folder_is_called_like_its_city(here):
    berlin_in(here / "cities", "Berlin")
    (here / "cities" / "berlin").rename(here / "cities" / "berlin_neu")

    with pytest.raises(
        ConfigError, match=r"berlin_neu/city\.toml: expected the id of the city to be 'berlin_neu'.*'berlin'"
    ):
        load_profile("berlin_neu")
