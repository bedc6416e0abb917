"""A city's Ground: which base units there are, what is counted in them, which of them are neighbours."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.base.errors import ConfigError
from flows.redrawing.city_ground import NoBaseUnits, city_ground
from flows.redrawing.ground import Ground
from tests.redrawing.towns import profile, town


def borders(ground: Ground) -> dict[str, float]:
    """Both ends of each border -> its length."""
    return {
        f"{ground.ids[one]} {ground.ids[other]}": round(float(length), 1)
        for (one, other), length in zip(ground.edges.tolist(), ground.lengths, strict=True)
    }


def test_squares_that_share_a_side_are_neighbours_and_those_that_share_a_corner_are_not(con):
    town(con, "AB", "AB")

    assert borders(city_ground(con, profile())) == {
        "0_0 0_1": 100, "0_0 1_0": 100, "0_1 1_1": 100, "1_0 1_1": 100,
    }  # fmt: skip


def test_polygons_that_end_at_the_kerb_are_neighbours_across_streets_of_the_stated_width(con):
    town(con, "AAB", gap=10)

    with pytest.raises(ConfigError, match=r"3 inhabited parts without a border.*rules\.max_gap"):
        city_ground(con, profile())
    assert list(borders(city_ground(con, profile(rules={"max_gap": 12})))) == ["0_0 1_0", "1_0 2_0"]


def test_a_border_that_is_too_short_is_none(con):
    town(con, "AAB", "AAB")
    assert len(city_ground(con, profile(rules={"min_border": 100})).edges) == 7
    with pytest.raises(ConfigError):
        city_ground(con, profile(rules={"min_border": 101}))


def test_residents_are_those_of_the_stichtag_and_traits_the_mean_of_the_pooled_years(con):
    def counts(residents: int, minors: int):
        return lambda *_: {"einwohner": residents, "einwohner_0_17": minors}

    earlier = {"2023-12-31": counts(80, 10), "2022-12-31": counts(1, 1), "2024-06-30": counts(999, 999)}
    town(con, "AAB", counts=counts(120, 30), more_days=earlier)

    ground = city_ground(con, profile(years=2))
    assert ground.residents.tolist() == [120, 120, 120]
    assert (ground.numerators[0, 0], ground.denominators[0, 0]) == (20, 100)
    assert ground.stichtage == (dt.date(2024, 12, 31), dt.date(2023, 12, 31))
    assert city_ground(con, profile(years=2), dt.date(2023, 12, 31)).residents.tolist() == [80, 80, 80]


def test_the_order_in_which_counts_are_stored_changes_no_digit(con):
    """0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1 to the last digit, and threads deliver rows in any order."""

    def counts(part: float):
        return lambda column, _: {"einwohner": 1 + part * (column + 1), "einwohner_0_17": part * (column + 1)}

    asked = profile(years=3, rules={"together": [["0_0", "1_0", "2_0"]]})
    town(con, "AAAB", counts=counts(0.1), more_days={"2023-12-31": counts(0.2), "2022-12-31": counts(0.3)})
    forwards = city_ground(con, asked)
    con.execute(
        "CREATE TABLE backwards AS FROM stage.zaehlung_einzeln ORDER BY rowid DESC; DELETE FROM stage.zaehlung_einzeln;"
        "INSERT INTO stage.zaehlung_einzeln FROM backwards"
    )
    backwards = city_ground(con, asked)
    assert backwards.numerators.tolist() == forwards.numerators.tolist()
    assert backwards.denominators.tolist() == forwards.denominators.tolist()
    assert backwards.residents.tolist() == forwards.residents.tolist()


def test_what_is_unknown_is_no_nought(con):
    unknown = {"einwohner": 100.0, "einwohner_0_17": None}
    town(con, "AAB", counts=lambda column, _: unknown if column == 1 else {"einwohner": 100, "einwohner_0_17": 20})
    assert city_ground(con, profile()).denominators[:, 0].tolist() == [100, 0, 100]


def test_a_base_unit_that_its_source_does_not_list_is_empty_unless_a_row_of_it_fell_out(con):
    listed = {"einwohner": 100, "einwohner_0_17": 20}
    town(con, "AAAB", counts=lambda column, _: {} if column in (1, 2) else listed)
    con.execute("INSERT INTO stage.entfallen_einheit VALUES ('einwohner_bbs', '2024-12-31', 'bbs', '2_0')")

    ground = city_ground(con, profile())
    assert ground.residents.tolist() == [100, 0, 0, 100]
    assert con.execute("SELECT wert FROM grund_merkmal WHERE merkmal = 'einwohner' ORDER BY basis_id").fetchall() == [
        (100,), (0,), (None,), (100,),
    ]  # fmt: skip


def test_base_units_that_must_stay_together_are_one_with_the_borders_of_both(con):
    town(con, "AAB", "AAB")

    ground = city_ground(con, profile(rules={"together": [["1_0", "1_1"]]}))
    assert ground.members == (("0_0",), ("0_1",), ("1_0", "1_1"), ("2_0",), ("2_1",))
    assert ground.residents.tolist() == [100, 100, 200, 100, 100]
    assert borders(ground) == {
        "0_0 0_1": 100, "0_0 1_0": 100, "0_1 1_0": 100, "1_0 2_0": 100, "1_0 2_1": 100, "2_0 2_1": 100,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("together", "said"),
    [
        (["0_0", "9_9"], r"list 1: expected base units of the Zuschnitt, found 9_9"),
        (["0_0", "2_0"], r"found them in A, B"),
    ],
)
def test_base_units_that_cannot_stay_together_are_named(con, together, said):
    town(con, "AAB")
    with pytest.raises(ConfigError, match=said):
        city_ground(con, profile(rules={"together": [together]}))


def test_a_base_unit_without_polygon_goes_with_the_largest_of_its_sozialraum(con):
    town(con, "AAB", "AAB", no_polygon=frozenset({"0_1"}),
         counts=lambda column, row: {"einwohner": 100 + 50 * column, "einwohner_0_17": 20})  # fmt: skip

    ground = city_ground(con, profile())
    assert ("0_1", "1_0") in ground.members
    assert ground.without_polygon == ("0_1",)
    assert ground.residents.sum() == 2 * (100 + 150 + 200)


def test_residents_whom_the_zuschnitt_forgets_are_counted(con):
    town(con, "AAAB")
    con.execute("DELETE FROM stage.zuordnung WHERE basis_id = '0_0'")
    ground = city_ground(con, profile())
    assert (ground.ids, ground.unassigned) == (["1_0", "2_0", "3_0"], 100)


def test_a_city_that_counts_whole_sozialraeume_has_nothing_to_arrange(con):
    town(con, "AB")
    with pytest.raises(NoBaseUnits, match="only its change over time can be judged"):
        city_ground(con, profile())


def test_a_trait_that_the_city_chose_must_be_counted_and_a_default_may_be_missing(con):
    town(con, "AAB")
    chosen = {"people": {"trait": [{"indikator": "anteil_einwohner_0_17"}, {"indikator": "sgb2_quote"}]}}
    with pytest.raises(ConfigError, match=r"redrawing\.toml, character: .*found none for sgb2_quote"):
        city_ground(con, profile(character=chosen))
    default = profile()
    default.redrawing.model_fields_set.discard("character")
    object.__setattr__(default.redrawing, "character", type(default.redrawing.character).model_validate(chosen))

    ground = city_ground(con, default)
    assert [(trait.id, trait.weight) for trait in ground.traits] == [("anteil_einwohner_0_17", 1)]
    assert ground.left_out == ("sgb2_quote",)


def test_a_stichtag_before_all_counts_is_an_error(con):
    town(con, "AAB")
    with pytest.raises(ConfigError, match="expected residents by base unit at 2021-01-01 or before, found 2024-12-31"):
        city_ground(con, profile(), dt.date(2021, 1, 1))


def test_bounds_that_the_profile_leaves_open_follow_from_the_median(con):
    town(con, "AAAB", counts=lambda *_: {"einwohner": 300, "einwohner_0_17": 20})  # 900 and 300: median 600
    assert (city_ground(con, profile()).least, city_ground(con, profile()).most) == (200, 1500)
    assert city_ground(con, profile(rules={"least": 10, "most": 20})).most == 20
