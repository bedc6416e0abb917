"""What the shared codebook must hold: the words, the arithmetic and the promises that readers rely on."""

from __future__ import annotations

import re
import tomllib

import pytest

from flows.base.resources import resource
from flows.profile.codebook import Codebook, Indikator

BANDS_U27 = ["0_2", "3_5", "6_9", "10_17", "18_26", "27_66", "67_plus"]
BANDS_LIFE_PHASES = ["0_5", "6_17", "18_29", "30_49", "50_64", "65_79", "80_plus"]
BANDS_OF_DENOMINATORS = ["0_14", "0_17", "0_64", "18_64", "65_plus", "5_plus", "10_plus"]

MERKMALE = {
    "einwohner",
    *(f"einwohner_{band}" for band in BANDS_U27 + BANDS_LIFE_PHASES + BANDS_OF_DENOMINATORS),
    "weiblich", "nichtdeutsche", "migrationshintergrund", "migrationshintergrund_0_17",
    "wohndauer_5_plus", "wohndauer_10_plus",
    "haushalte", "haushalte_1_person", "haushalte_mit_kindern", "haushalte_alleinerziehend",
    "personen_in_haushalten",
    "sgb2", "sgb2_0_17", "sgb2_0_14", "arbeitslose", "mindestsicherung_65_plus",
    "wohnungen", "wohnungen_ein_zweifamilienhaus", "wohnungen_gefoerdert", "wohnungen_baujahr_vor_1949",
    "wohnungen_baujahr_ab_2010", "wohnflaeche_qm", "wohnflaeche_qm_groesste",
    "zuzuege", "fortzuege", "geburten", "sterbefaelle", "flaeche_km2",
}  # fmt: skip

NO_COUNTS = {"wohnflaeche_qm", "wohnflaeche_qm_groesste", "flaeche_km2"}

QUOTIENTS = [
    ("jugendquotient", "einwohner_0_17", "einwohner_18_64", 100),
    ("altenquotient", "einwohner_65_plus", "einwohner_18_64", 100),
    ("anteil_weiblich", "weiblich", "einwohner", 100),
    ("anteil_nichtdeutsche", "nichtdeutsche", "einwohner", 100),
    ("anteil_migrationshintergrund", "migrationshintergrund", "einwohner", 100),
    ("anteil_migrationshintergrund_0_17", "migrationshintergrund_0_17", "einwohner_0_17", 100),
    ("sgb2_quote", "sgb2", "einwohner_0_64", 100),
    ("sgb2_quote_0_17", "sgb2_0_17", "einwohner_0_17", 100),
    ("sgb2_quote_0_14", "sgb2_0_14", "einwohner_0_14", 100),
    ("anteil_arbeitslose", "arbeitslose", "einwohner_18_64", 100),
    ("mindestsicherungsquote_65_plus", "mindestsicherung_65_plus", "einwohner_65_plus", 100),
    ("anteil_haushalte_1_person", "haushalte_1_person", "haushalte", 100),
    ("anteil_haushalte_mit_kindern", "haushalte_mit_kindern", "haushalte", 100),
    ("anteil_alleinerziehende", "haushalte_alleinerziehend", "haushalte_mit_kindern", 100),
    ("personen_je_haushalt", "personen_in_haushalten", "haushalte", 1),
    ("wohnflaeche_je_person", "wohnflaeche_qm", "einwohner", 1),
    ("anteil_wohnungen_ein_zweifamilienhaus", "wohnungen_ein_zweifamilienhaus", "wohnungen", 100),
    ("anteil_wohnungen_gefoerdert", "wohnungen_gefoerdert", "wohnungen", 100),
    ("anteil_wohndauer_5_plus", "wohndauer_5_plus", "einwohner_5_plus", 100),
    ("anteil_wohndauer_10_plus", "wohndauer_10_plus", "einwohner_10_plus", 100),
    ("zuzuege_je_1000", "zuzuege", "einwohner", 1000),
    ("fortzuege_je_1000", "fortzuege", "einwohner", 1000),
    ("geburten_je_1000", "geburten", "einwohner", 1000),
    ("sterbefaelle_je_1000", "sterbefaelle", "einwohner", 1000),
    ("einwohnerdichte", "einwohner", "flaeche_km2", 1),
    *((f"anteil_einwohner_{band}", f"einwohner_{band}", "einwohner", 100) for band in BANDS_U27 + BANDS_LIFE_PHASES),
]


def shared_codebook() -> Codebook:
    with (resource("cities") / "codebook.toml").open("rb") as file:
        return Codebook.model_validate(tomllib.load(file))


CODEBOOK = shared_codebook()
EVERY_INDIKATOR = pytest.mark.parametrize("indikator", CODEBOOK.indikator.values(), ids=CODEBOOK.indikator.keys())


def words_of(indikator: Indikator) -> list[str]:
    return [
        getattr(indikator, field) for field in ("label_de", "description_de", "limitations_de", "source_de", "unit")
    ]


def ages(merkmal_or_band: str) -> set[int] | None:
    """Return the ages that the end of a name says, None if it names no ages."""
    found = re.search(r"(?:^|_)(\d+)_(\d+|plus)$", merkmal_or_band)
    if found is None:
        return None
    first, last = found.groups()
    return set(range(int(first), 121 if last == "plus" else int(last) + 1))


def test_the_merkmale_are_the_fixed_list() -> None:
    assert set(CODEBOOK.merkmal) == MERKMALE


@pytest.mark.parametrize(("name", "above", "below", "factor"), QUOTIENTS, ids=[q[0] for q in QUOTIENTS])
def test_a_quotient_has_the_numerator_denominator_and_factor_of_its_definition(
    name: str, above: str, below: str, factor: float
) -> None:
    indikator = CODEBOOK.indikator[name]
    assert (indikator.numerator, indikator.denominator, indikator.factor) == ([above], [below], factor)


@pytest.mark.parametrize(("name", "lag"), [("veraenderung_einwohner_1_jahr", 1), ("veraenderung_einwohner_5_jahre", 5)])
def test_a_change_of_residents_is_a_percentage_over_its_years(name: str, lag: int) -> None:
    indikator = CODEBOOK.indikator[name]
    assert (indikator.type, indikator.numerator, indikator.lag_years, indikator.factor, indikator.unit) == (
        "veraenderung", ["einwohner"], lag, 100, "%",
    )  # fmt: skip


def test_every_count_of_people_homes_or_events_is_published_under_the_name_of_its_merkmal() -> None:
    counts = {name: entry for name, entry in CODEBOOK.indikator.items() if entry.type == "anzahl"}
    assert set(counts) == MERKMALE - NO_COUNTS
    for name, entry in counts.items():
        merkmal = CODEBOOK.merkmal[name]
        assert (entry.numerator, entry.label_de, entry.label_en, entry.unit, entry.theme, entry.factor) == (
            [name], merkmal.label_de, merkmal.label_en, merkmal.unit, merkmal.theme, 1,
        )  # fmt: skip


@pytest.mark.parametrize("bands", [BANDS_U27, BANDS_LIFE_PHASES], ids=["u27", "life_phases"])
def test_the_bands_of_a_classification_cover_every_age_once(bands: list[str]) -> None:
    covered = [age for band in bands for age in ages(band) or ()]
    assert sorted(covered) == list(range(121))


def test_a_band_is_labelled_with_the_ages_in_its_name() -> None:
    for band in BANDS_U27 + BANDS_LIFE_PHASES + BANDS_OF_DENOMINATORS:
        first, last = band.split("_")
        label = f"Einwohner {first} Jahre und älter" if last == "plus" else f"Einwohner {first} bis {last} Jahre"
        assert CODEBOOK.merkmal[f"einwohner_{band}"].label_de == label


def test_whoever_counts_in_the_numerator_of_a_share_by_age_counts_in_its_denominator() -> None:
    compared = set()
    for name, entry in CODEBOOK.indikator.items():
        if entry.type == "anteil":
            above, below = ages(entry.numerator[0]), ages(entry.denominator[0])
            if above is not None and below is not None:
                assert above <= below, name
                compared.add(name)
    assert compared == {
        "anteil_migrationshintergrund_0_17", "anteil_wohndauer_5_plus", "anteil_wohndauer_10_plus",
        "sgb2_quote_0_17", "sgb2_quote_0_14", "mindestsicherungsquote_65_plus",
    }  # fmt: skip


@EVERY_INDIKATOR
def test_unit_factor_and_type_agree(indikator: Indikator) -> None:
    factor = {"%": 100, "je 100 18- bis 64-Jährige": 100, "je 1.000 Einwohner": 1000}.get(indikator.unit, 1)
    assert indikator.factor == factor
    assert (indikator.type in ("anteil", "veraenderung")) == (indikator.unit == "%")


@EVERY_INDIKATOR
def test_what_counts_events_refers_to_a_period_and_what_counts_a_stock_to_a_date(
    indikator: Indikator,
) -> None:
    flow = any(CODEBOOK.merkmal[name].kind == "bewegung" for name in indikator.numerator)
    assert indikator.reference == ("zeitraum" if flow or indikator.lag_years else "stichtag")


@EVERY_INDIKATOR
def test_figures_about_benefits_and_homes_carry_their_own_protection_class(indikator: Indikator) -> None:
    expected = {"soziales": "leistung", "wohnen": "wohnung"}.get(indikator.theme, "personen")
    assert indikator.protection == expected


@EVERY_INDIKATOR
def test_every_limitation_is_said_in_both_languages(indikator: Indikator) -> None:
    assert bool(indikator.limitations_de) == bool(indikator.limitations_en)
    for text in (indikator.description_de, indikator.description_en):
        assert text.endswith(".")


@EVERY_INDIKATOR
def test_german_is_written_with_umlauts(indikator: Indikator) -> None:
    typed_around = r"fuer|ueber|aelter|jaehrig|bevoelk|zuzueg|fortzueg|sterbefael|gefoerd|flaech|haeus|gebaeud|groess"
    for text in words_of(indikator):
        assert not re.search(typed_around, text, re.IGNORECASE), text


def test_the_share_of_unemployed_is_not_called_a_rate() -> None:
    share = CODEBOOK.indikator["anteil_arbeitslose"]
    assert share.label_de == "Anteil der Arbeitslosen an den 18- bis 64-Jährigen"
    assert "keine Arbeitslosenquote" in share.description_de
    assert not [name for name, entry in CODEBOOK.indikator.items() if "Arbeitslosenquote" in entry.label_de]


def test_no_two_indikatoren_are_the_same_figure_or_bear_the_same_label() -> None:
    figures = [(tuple(i.numerator), tuple(i.denominator), i.factor, i.lag_years) for i in CODEBOOK.indikator.values()]
    labels = [i.label_de for i in CODEBOOK.indikator.values()]
    assert len(set(figures)) == len(figures)
    assert len(set(labels)) == len(labels)


def test_only_measures_that_are_no_counts_need_no_protection() -> None:
    assert {name for name, entry in CODEBOOK.merkmal.items() if not entry.protected} == NO_COUNTS
    assert {name for name, entry in CODEBOOK.merkmal.items() if not entry.whole} == NO_COUNTS


def test_every_merkmal_enters_an_indikator_or_says_how_large_the_largest_case_of_one_is() -> None:
    used = {name for entry in CODEBOOK.indikator.values() for name in (*entry.numerator, *entry.denominator)}
    largest = {entry.largest for entry in CODEBOOK.merkmal.values() if entry.largest}
    assert used | largest == MERKMALE
    assert not used & largest


def test_every_usage_warning_has_a_name_and_is_used() -> None:
    for warning in CODEBOOK.usage_warnings.values():
        for text in (warning.de, warning.en):
            assert re.match(r"[^:]{3,40}: [A-ZÄÖÜ].+\.$", text)
    assert {w for entry in CODEBOOK.indikator.values() for w in entry.usage_warnings} == set(CODEBOOK.usage_warnings)


def test_bands_of_two_classifications_warn_that_they_overlap() -> None:
    for band in BANDS_U27 + BANDS_LIFE_PHASES:
        for name in (f"einwohner_{band}", f"anteil_einwohner_{band}"):
            assert "age_overlap" in CODEBOOK.indikator[name].usage_warnings
