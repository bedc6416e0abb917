"""A typology is data: what is wrong with it is named by file and key, and no word in it belittles a place."""

from __future__ import annotations

import tomllib

import pytest

from flows.base.errors import ConfigError
from flows.profile.load import load_profile
from tests.redrawing.towns import folder_of

OWN = (load_profile("musterstadt").folder / "types.toml").read_text("utf-8")


def test_a_city_without_the_file_has_no_types(tmp_path) -> None:
    folder = folder_of({}, tmp_path)
    (folder / "types.toml").unlink()
    assert load_profile("musterstadt", folder).typologies == ()


def test_musterstadt_has_four_types_by_settlement_and_housing() -> None:
    (typology,) = load_profile("musterstadt").typologies
    assert (typology.id, [each.id for each in typology.definition.type]) == (
        "siedlung", ["eigenheime", "altbau", "innenstadt", "geschossbau"],
    )  # fmt: skip


def test_an_earlier_version_stands_beside_the_new_one_under_the_same_name(tmp_path) -> None:
    old = OWN.replace("typology.siedlung", "typology.alt").replace('version = "1"', 'version = "0"\nid = "siedlung"')
    found = load_profile("musterstadt", folder_of({"types.toml": OWN + old}, tmp_path)).typologies
    assert [(each.id, each.definition.version) for each in found] == [("siedlung", "1"), ("siedlung", "0")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('indikator = "einwohnerdichte"', 'indikator = "dichte"', r"type\.eigenheime\.centroid: expected a figure for"),
        ("einwohnerdichte", "dichte", r"typology\.siedlung\.trait: 'dichte' is no Indikator of the codebook"),
        ("einwohnerdichte", "einwohner", r"siedlung\.trait: expected a numerator over .* 'einwohner' of type 'anzahl'"),
        ("anteil_haushalte_1_person = 32.4014", "", r"eigenheime\.centroid: .*found none for anteil_haushalte"),
        ("anteil_haushalte_1_person = 32.4014", "anteil_haushalte_1_person = -1", r"figures from 0 on, found less for"),
        ('label_de = "Altbauquartiere"', 'label_de = "Ein- und Zweifamilienhäuser"',
         r"type\.label_de: expected each name once, found Ein- und Zweifamilienhäuser again"),
        ('id = "altbau"', 'id = "eigenheime"', r"type\.id: expected each name once, found eigenheime again"),
        ('label_de = "Altbauquartiere"', 'label_de = "Problemviertel"',
         r"type\.altbau\.label_de: .* found 'problemviertel'"),
        ("Dicht besiedelt, ", "Ein Brennpunkt, ", r"type\.altbau\.description_de: .* found 'brennpunkt'"),
        ("spread = 1.299,", "spread = 0,", r"trait\.2\.spread: Input should be greater than 0"),
        ("spread = 1.299,", "spread = inf,", r"trait\.2\.spread: Input should be a finite number"),
        ("anteil_haushalte_1_person = 32.4014", "anteil_haushalte_1_person = nan", r"Input should be a finite number"),
        ('raumebenen = ["sozialraum"', 'raumebenen = ["quartier"', r"siedlung\.raumebenen: 'quartier' is no Raumebene"),
        ('raumebenen = ["sozialraum"', 'raumebenen = ["stadt"', r"siedlung\.raumebenen: 'stadt' is the city as a"),
        ("base = 2019-12-31", "basis = 2019-12-31", r"siedlung\.basis: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, old, new, said) -> None:
    assert old in OWN
    text = OWN.replace(old, new) if old == "einwohnerdichte" else OWN.replace(old, new, 1)
    with pytest.raises(ConfigError, match=said) as found:
        load_profile("musterstadt", folder_of({"types.toml": text}, tmp_path))
    assert "types.toml" in str(found.value)


def test_two_types_in_one_place_are_refused(tmp_path) -> None:
    first, second = (each["centroid"] for each in tomllib.loads(OWN)["typology"]["siedlung"]["type"][:2])
    text = OWN
    for name in first:
        text = text.replace(f"{name} = {second[name]}", f"{name} = {first[name]}", 1)
    with pytest.raises(ConfigError, match=r"type\.altbau\.centroid: expected a middle of its own.*eigenheime"):
        load_profile("musterstadt", folder_of({"types.toml": text}, tmp_path))
