"""The review of a Gliederung, on towns of squares: what each Sozialraum is named for, if for anything."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from flows.base.errors import ConfigError
from flows.pages.review_page import review_lines
from flows.redrawing import yearly_review
from flows.redrawing.review import Review, ReviewedUnit, review
from tests.redrawing.towns import profile, town

RULES = {"least": 100, "most": 100_000}


def reviewed(con, *rows: str, rules=RULES, **keys) -> Review:
    drawn = {name: keys.pop(name) for name in ("counts", "more_days", "before", "gap") if name in keys}
    town(con, *rows, **drawn)
    return review(con, profile(rules=rules, **keys))


def unit(found: Review, name: str) -> ReviewedUnit:
    return next(each for each in found.units if each.id == name)


def people(minors, residents: float = 1000):
    """The same residents everywhere, and so many minors among them."""
    return lambda column, row: {"einwohner": residents, "einwohner_0_17": minors(column, row)}


ALIKE = people(lambda column, _: 150 if column < 4 else 250)  # A and B differ, neither is mixed
EIGHT = ("AAAABBBB", "AAAABBBB")


def test_where_base_units_are_alike_there_is_nothing_to_do(con):
    found = reviewed(con, *EIGHT, counts=ALIKE)
    assert found.named == ()
    assert unit(found, "A").heterogeneity < 0.05
    assert (found.stichtag.year, found.divisible, found.holes, found.cut_made) == (2024, True, True, None)


def test_a_unit_of_two_characters_is_mixed_and_the_trait_is_named(con):
    found = reviewed(con, *EIGHT, counts=people(lambda column, _: 100 if column < 2 else 300 if column < 4 else 200))
    assert [each.id for each in found.named] == ["A"]
    (trait,) = unit(found, "A").traits
    assert unit(found, "A").triggers[0] == "mixed"
    assert trait.heterogeneity == unit(found, "A").heterogeneity > 1
    assert unit(found, "A").rank_to == 1 < unit(found, "B").rank_from


def test_differences_that_chance_makes_are_no_heterogeneity(con):
    few = people(lambda column, row: 1 + (column + row) % 3, residents=10)  # 1 to 3 of 10: as dice would fall
    found = reviewed(con, *EIGHT, counts=few, rules={"least": 1, "most": 9999})
    assert not any(each.triggers for each in found.units)
    assert unit(found, "A").heterogeneity is None  # the city itself does not differ beyond chance


def test_a_block_of_another_character_is_named_as_strange(con):
    rebuilt = people(lambda column, row: 400 if (column, row) == (0, 0) else 100 if column < 4 else 120)
    found = unit(reviewed(con, *EIGHT, counts=rebuilt), "A")
    assert "strange" in found.triggers
    assert (found.causes[0].id, found.causes[0].strange, found.strange_share) == ("0_0", True, 0.125)


def test_a_block_at_the_border_that_is_like_the_neighbour_fits_it_better(con):
    moved = people(lambda column, _: 150 if column < 3 else 250)
    found = unit(reviewed(con, *EIGHT, counts=moved), "A")
    assert {each.id: each.better for each in found.misfits} == {"3_0": "B", "3_1": "B"}
    assert ("misfit" in found.triggers, found.misfit_share) == (True, 0.25)


def test_a_block_inside_its_unit_has_no_neighbour_to_fit_better(con):
    inside = people(lambda column, _: 250 if column in (0, 4, 5, 6, 7) else 150)
    assert unit(reviewed(con, *EIGHT, counts=inside), "A").misfits == ()


@pytest.mark.parametrize(
    ("rows", "rules", "broken"),
    [
        (("AAB",), {"least": 150, "most": 400}, {"B": ("too_small", 100)}),
        (("AAAB",), {"least": 50, "most": 250}, {"A": ("too_large", 300)}),
        (("AABA",), RULES, {"A": ("pieces", pytest.approx(1 / 3))}),
        (("AAA", "ABA", "AAA"), RULES, {"A": ("hole", 1)}),
        (("AAA", "ABA"), RULES, {}),  # B lies at the rim: no hole
    ],
)
def test_a_rule_that_is_broken_is_named_with_its_amount(con, rows, rules, broken):
    found = reviewed(con, *rows, rules=rules)
    assert {
        each.id: (each.breaches[0].rule, each.breaches[0].amount) for each in found.units if each.breaches
    } == broken


def test_a_unit_where_nobody_lives_is_not_too_small(con):
    def counts(column, _):
        return {"einwohner": 0 if column == 2 else 100, "einwohner_0_17": 0}

    assert unit(reviewed(con, "AAB", counts=counts, rules={"least": 150, "most": 400}), "B").triggers == ()


def test_a_unit_that_crosses_a_stadtteil_breaks_the_nesting(con):
    town(con, "AAB")
    con.execute("UPDATE stage.zuordnung SET raum_id = 'S' WHERE raumebene = 'stadtteil' AND basis_id = '0_0'")
    found = review(con, profile(rules=RULES))
    assert [(one.rule, one.amount) for one in unit(found, "A").breaches] == [("nesting", 2)]


@pytest.mark.slow
def test_a_character_that_moved_since_the_cut_was_made_is_named_and_the_citys_own_change_is_not(con):
    now = people(lambda column, _: 350 if column < 4 else 260)
    then = people(lambda column, _: 150 if column < 4 else 200)
    same = people(lambda column, _: 300 if column < 4 else 350)
    moved = reviewed(con, "AAAABBBBCCCC", counts=now, more_days={"2019-12-31": then})
    assert str(moved.cut_made) == "2019-12-31"
    assert (unit(moved, "A").triggers, unit(moved, "A").traits[0].then) == (("changed",), 0.15)

    everywhere = reviewed(con, "AAAABBBB", counts=same, more_days={"2019-12-31": ALIKE})
    assert [each.triggers for each in everywhere.units] == [(), ()]


def test_dwellings_that_came_and_went_are_counted_and_new_base_units_named(con):
    def with_homes(homes):
        return lambda column, row: {"einwohner": 100, "einwohner_0_17": 20, "wohnungen": homes[column]}

    def before(column, row):
        return (
            {"einwohner": 0, "einwohner_0_17": 0, "wohnungen": 0} if column == 1 else with_homes([50, 0, 60])(column, 0)
        )

    found = unit(reviewed(con, "AAB", counts=with_homes([40, 30, 60]), more_days={"2019-12-31": before}), "A")
    assert (found.dwellings_then, found.dwellings_come, found.dwellings_gone) == (50, 30, 10)
    assert (found.new_base_units, found.vanished_base_units, found.triggers) == (1, 0, ("built",))


@pytest.mark.parametrize(
    ("then", "now", "stock", "come", "gone", "triggers"),
    [
        ((), (50, 50, 50), None, None, None, ()),  # nobody counted dwellings when the cut was made
        ((50, 50, 50), (50, None, 50), 50, 0, 0, ()),
        ((50, None, 50), (50, 50, 50), 50, 0, 0, ()),
        ((50, None, 50), (80, 50, 50), 50, 30, 0, ("built",)),
        ((None, None, 50), (50, 50, 50), None, None, None, ()),
    ],
)
def test_dwellings_that_are_unknown_at_one_date_neither_came_nor_went(con, then, now, stock, come, gone, triggers):
    def counts(homes):
        return lambda column, _: (
            {"einwohner": 100, "einwohner_0_17": 20} | ({"wohnungen": homes[column]} if homes else {})
        )

    day = {"2019-12-31": counts(then)}
    found = unit(reviewed(con, "AAB", counts=counts(now), more_days=day), "A")
    assert (found.dwellings_then, found.dwellings_come, found.dwellings_gone) == (stock, come, gone)
    assert found.triggers == triggers


@pytest.mark.parametrize(("homes", "new"), [((), 1), ((0, 0, 50), 1), ((0, None, 50), 0)])
def test_a_base_unit_is_new_where_it_is_known_that_nobody_and_no_dwelling_was_there(con, homes, new):
    def counts(people):
        return lambda column, _: (
            {"einwohner": people[column], "einwohner_0_17": 0} | ({"wohnungen": homes[column]} if homes else {})
        )

    day = {"2019-12-31": counts((10, 0, 10))}
    found = unit(reviewed(con, "AAB", counts=counts((10, 10, 10)), more_days=day), "A")
    assert (found.new_base_units, found.vanished_base_units) == (new, 0)


def test_of_a_city_that_counts_whole_sozialraeume_size_and_change_alone_are_judged(con):
    now, then = people(lambda column, _: 100 * column + 50), people(lambda column, _: 350 - 100 * column)
    found = reviewed(con, "ABCD", counts=now, more_days={"2019-12-31": then}, rules={"least": 1, "most": 500})
    assert not found.divisible
    assert {each.heterogeneity for each in found.units} == {None}
    assert unit(found, "A").triggers == ("too_large", "changed")


def test_without_lines_it_says_that_no_source_brings_any_either(con):
    (said,) = [line for line in review_lines(reviewed(con, "AAB")) if line.startswith("Barriers")]
    assert said == "Barriers are not judged: neither a source nor redrawing.toml brings lines."


def test_limits_are_data(con):
    mixed = people(lambda column, _: 100 if column < 2 else 300 if column < 4 else 200)
    found = reviewed(con, *EIGHT, counts=mixed, triggers={"mixed": 50})
    assert "mixed" not in unit(found, "A").triggers


def test_a_review_that_cannot_be_made_is_noted_without_what_was_found(monkeypatch):
    def refused(*_, **__):
        raise ConfigError("block 01100021 has 98765 residents", code="FS-CONFIG-18")

    monkeypatch.setattr(yearly_review, "review", refused)
    noted = []

    assert yearly_review.yearly_review(None, SimpleNamespace(city=SimpleNamespace(id="a")), noted.append) is None
    assert noted == ["the Gliederung is not reviewed (FS-CONFIG-18); `fortschreibung review a` says why"]
