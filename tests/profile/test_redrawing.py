"""How a Gliederung is reviewed is data: what is wrong with it is named by file and key."""

from __future__ import annotations

import pytest

from flows.base.errors import ConfigError
from flows.profile.load import load_profile
from flows.profile.redrawing import Character, Redrawing
from tests.redrawing.towns import folder_of


def test_a_city_without_the_file_has_traits_in_three_groups_of_equal_weight(tmp_path):
    folder = folder_of({}, tmp_path)
    (folder / "redrawing.toml").unlink()
    redrawing = load_profile("musterstadt", folder).redrawing

    assert not redrawing.chosen
    assert list(redrawing.character.groups) == ["people", "settlement", "housing"]
    assert redrawing.character.weights["anteil_wohnungen_gefoerdert"] == pytest.approx(1 / 6)
    assert sum(redrawing.character.weights.values()) == pytest.approx(1)


def test_a_group_keeps_its_weight_however_many_traits_it_has():
    character = Character.model_validate({
        "people": {"weight": 3, "trait": [{"indikator": "a"}, {"indikator": "b", "weight": 2}]},
        "housing": {"trait": [{"indikator": "c"}]},
    })  # fmt: skip
    assert character.weights == pytest.approx({"a": 0.25, "b": 0.5, "c": 0.25})


def test_units_nest_where_the_zuschnitt_says_so_unless_the_city_frees_them():
    city = load_profile("musterstadt").city
    cut = city.zuschnitt[-1]
    assert Redrawing().nesting_in(city, cut) == "stadtteil"
    assert Redrawing.model_validate({"rules": {"nesting": "none"}}).nesting_in(city, cut) is None
    assert Redrawing().nesting_in(city, cut.model_copy(update={"nested": False})) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules]\nlest = 5", r"redrawing\.toml is not.*\n.*rules\.lest: .*permitted are barriers, compactness"),
        ("[rules]\nleast = 500\nmost = 700", r"rules: most: expected at least twice `least` \(500\).*found 700"),
        ("[rules]\ntogether = [['a', 'b'], ['b']]", r"together: expected each base unit in one list, found b again"),
        ("[rules]\nnesting = 'bezirk'", r"rules\.nesting: expected one of stadtteil, .* none, found 'bezirk'"),
        ("[character]", r"character: expected at least one of the groups"),
        ("[character.people]\ntrait = [{ indikator = 'x' }]", r"character\.people\.trait: 'x' is no Indikator"),
        ("[character.housing]\ntrait = [{ indikator = 'einwohner' }]", r"found 'einwohner' of type 'anzahl'"),
        ("character.people.trait = [{ indikator = 'a' }, { indikator = 'a' }]", "found a again"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said):
        load_profile("musterstadt", folder_of({"redrawing.toml": text}, tmp_path))
