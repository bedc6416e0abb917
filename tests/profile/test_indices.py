"""An index is data: the ready definitions, a city's own, and what is wrong with one is named by file and key."""

from __future__ import annotations

import pytest

from flows.base.errors import ConfigError
from flows.profile.load import load_profile

OWN = """
[index.eigen]
version = "1"
label_de = "Eigener Index"
label_en = "Own index"
description_de = "d"
description_en = "d"
limitations_de = "l"
limitations_en = "l"
guidance_de = "g"
guidance_en = "g"
source = "s"
standardise = "z"
aggregate = "mean"
component = [{ indikator = "sgb2_quote" }, { indikator = "anteil_arbeitslose", weight = 2 }]

[index.eigen.classes]
by = "fixed"
limits = [0, 1]
labels_de = ["a", "b", "c"]
labels_en = ["a", "b", "c"]
"""


def test_every_city_gets_the_ready_definitions_and_u27_once_for_each_age_group(small_city) -> None:
    assert [index.id for index in small_city.load().indices] == [
        "bedarf", "status_dynamik", "absolut", "rang", "u27_0_2", "u27_3_5", "u27_6_9", "u27_10_17", "u27_18_26",
    ]  # fmt: skip


def test_a_group_says_what_it_is_made_of_and_how_many_people_it_concerns(small_city) -> None:
    (found,) = (each.definition for each in small_city.load().indices if each.id == "u27_10_17")
    assert found.concerns == "einwohner_10_17"
    assert [each.indikator for each in found.component] == ["sgb2_quote_0_17", "anteil_alleinerziehende"]
    assert found.label_de == "Bedarf junger Menschen: 10 bis 17 Jahre"


def test_a_city_chooses_among_the_ready_definitions_and_adds_its_own(small_city) -> None:
    small_city.write("index.toml", f'ready = ["rang"]\n{OWN}')
    assert [(index.id, index.own) for index in small_city.load().indices] == [("rang", False), ("eigen", True)]


def test_an_earlier_version_stands_beside_the_new_one_under_the_same_name(small_city) -> None:
    old = OWN.replace("[index.eigen", "[index.eigen_alt").replace(
        'version = "1"', 'version = "0"\nid = "eigen"\nuntil = 2024-12-31'
    )
    small_city.write("index.toml", "ready = []\n" + OWN + old)
    assert [(each.id, each.definition.version) for each in small_city.load().indices] == [
        ("eigen", "1"),
        ("eigen", "0"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[index.eigen]", 'ready = ["rangg"]\n[index.eigen]', "ready: expected of bedarf, status_dynamik"),
        ("sgb2_quote", "sgb9_quote", "index.eigen.component: 'sgb9_quote' is no Indikator of the codebook"),
        ("sgb2_quote", "einwohner", "index.eigen.component: 'einwohner' is neutral in the codebook"),
        ("weight = 2", "weight = -2", "index.eigen.component.1.weight: Input should be greater than or equal to 0"),
        ("limits = [0, 1]", "limits = [1, 0]", "index.eigen.classes: limits: expected rising numbers"),
        ('by = "fixed"', 'by = "quantile"', "by = 'quantile' expects shares between 0 and 1"),
        ('labels_de = ["a", "b", "c"]', 'labels_de = ["a"]', "labels_de: expected 3 classes for 2 limits"),
        ('source = "s"', 'source = "s"\nreference = ["fixed"]', "base: goes with reference = ['fixed']"),
        ('source = "s"', 'source = "s"\nconcerns = "sgb2_quote"', "index.eigen.concerns: 'sgb2_quote' is no Indikator"),
        ("anteil_arbeitslose", "sgb2_quote", "expected each Indikator once, found sgb2_quote again"),
        ("[index.eigen", "[index.bedarf", "bedarf in version 1, which"),
        ('aggregate = "mean"', 'aggregate = "median"', "index.eigen.aggregate"),
        ('source = "s"', 'source = "s"\nleft_out = [{ raumebene = "kiez", id = "1", reason = "r" }]', "'kiez' is no"),
    ],
)  # fmt: skip
def test_a_wrong_definition_is_refused_with_file_and_key(small_city, old: str, new: str, told: str) -> None:
    small_city.write("index.toml", OWN.replace(old, new))
    with pytest.raises(ConfigError) as refusal:
        small_city.load()
    assert str(small_city.folder / "index.toml") in str(refusal.value)
    assert told in str(refusal.value)


def test_weights_of_0_everywhere_are_refused(small_city) -> None:
    text = OWN.replace("weight = 2", "weight = 0").replace('"sgb2_quote" }', '"sgb2_quote", weight = 0 }')
    small_city.write("index.toml", text)
    with pytest.raises(ConfigError, match=r"index.eigen: component: expected a weight above 0, found 0 everywhere"):
        small_city.load()


def test_musterstadt_measures_need_by_a_base_year_too() -> None:
    (found,) = (each.definition for each in load_profile("musterstadt").indices if each.id == "bedarf_2019")
    assert found.reference == ["fixed"]
    assert str(found.base) == "2019-12-31"


@pytest.mark.parametrize(
    ("text", "key", "word"),
    [
        ('labels_de = ["a", "b", "Sozialer Brennpunkt"]', "classes.labels_de", "brennpunkt"),
        ('labels_en = ["best", "middle", "worst areas"]', "classes.labels_en", "worst"),
        ('description_de = "Wo die Ghettos liegen."', "description_de", "ghetto"),
    ],
)
def test_words_that_nobody_there_would_use_are_refused(small_city, text: str, key: str, word: str) -> None:
    name = text.partition(" ")[0]
    lines = [text if line.startswith(f"{name} = ") else line for line in OWN.splitlines()]
    small_city.write("index.toml", "\n".join(lines))
    with pytest.raises(ConfigError) as refusal:
        small_city.load()
    assert "index.toml" in str(refusal.value)
    assert f"{key}: expected words that say how much need there is, found {word!r}" in str(refusal.value)


def test_the_guidance_may_name_the_words_to_avoid_them(small_city) -> None:
    small_city.write("index.toml", OWN.replace('guidance_de = "g"', 'guidance_de = "Nicht: Brennpunkt."'))
    assert any(index.id == "eigen" for index in small_city.load().indices)
