"""A class that rounds: everything adds up, the truth lies in the published interval, and no small count is known."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows import stations
from flows.base.db import sql
from flows.base.errors import ConfigError
from flows.profile.protection import Protection
from flows.protect.audit import audit
from flows.protect.perturbation.keyed_draw import Draws
from flows.protect.perturbation.piece_tree import roots
from flows.protect.perturbation.rounded_counts import Elementary, RoundedDay, Rounding
from flows.protect.perturbation.safe_values import SafeValues, Whole, shared_out
from flows.pull.models import Pulled
from tests.protect.attack import Figure, interval
from tests.protect.squares import COUNTED, DAY, FIRST, LEAST, ROUND, SECOND, SECRET, Squares, residents

DRAWS = Draws(SECRET)
TWO = {FIRST: "AABBCC", SECOND: "ABBBCD"}
PEOPLE = residents((9, 20, 5, 8), (1, 2, 0, 1), (4, 30, 2, 7), (12, 40, 9, 11), (2, 1, 7, 3), (6, 33, 8, 1))


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADT_GEHEIMNIS", SECRET)


@pytest.fixture(scope="module")
def rounded(tmp_path_factory: pytest.TempPathFactory) -> Squares:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STADT_GEHEIMNIS", SECRET)
        return Squares(tmp_path_factory.mktemp("rounded"), TWO, PEOPLE, ROUND, ROUND)


# Which counts are safe.


def test_a_small_count_becomes_0_or_the_base_and_keeps_its_mean():
    safe = SafeValues(3)

    assert [safe.instead_of(count, 0.5) for count in (0, 1, 2, 3, 4, 5)] == [0, 0, 3, 3, 4, 5]
    for count in (1, 2):
        drawn = [safe.instead_of(count, DRAWS.of(str(each))) for each in range(3000)]
        assert sum(drawn) / len(drawn) == pytest.approx(count, abs=0.1)


def test_all_but_a_few_become_all_or_all_but_the_base():
    safe = SafeValues(3, (Whole(20, 20),))

    assert {safe.instead_of(19, draw) for draw in (0.0, 0.5, 0.99)} == {17, 20}
    assert (safe.limits(20).low, safe.limits(20).high) == (18, 20)


@given(st.integers(0, 30), st.lists(st.integers(3, 30), max_size=3), st.floats(0, 0.999))
def test_what_is_published_is_safe_and_its_limits_hold_the_truth(count, wholes, draw):
    wholes = [whole for whole in wholes if whole >= count]
    safe = SafeValues(3, tuple(Whole(whole, whole) for whole in wholes))
    value = safe.instead_of(count, draw)

    assert safe.has(value)
    assert safe.limits(value).low <= count <= safe.limits(value).high
    assert not (safe.limits(value).low >= 1 and safe.limits(value).high <= 2)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.floats(0, 0.999))
def test_what_a_later_zuschnitt_cuts_adds_up_to_what_the_whole_was_rounded_to(counts, draw):
    total = SafeValues(3).instead_of(sum(counts), draw)
    safe = [SafeValues(3)] * len(counts)
    found = shared_out(total, counts, safe, sum(counts) + total, [draw] * len(counts))

    assert found is not None
    assert sum(found) == total
    assert all(each == 0 or each >= 3 for each in found)


# The same in every release.


def test_a_new_zuschnitt_changes_no_figure_on_the_old_one():
    units = {piece: {FIRST: (("sozialraum", old),), SECOND: (("sozialraum", new),)}
             for piece, (old, new) in enumerate(zip("AABBC", "ABBCC", strict=True))}  # fmt: skip
    counts = dict(enumerate((1, 1, 9, 2, 2)))
    rounding = Rounding((Elementary("sgb2", counts, 3),), {"sgb2": ("sgb2",)})
    before = roots([FIRST], units)
    now = roots([FIRST, SECOND], units)

    assert [node.name for node in now] == [node.name for node in before]
    told_before = RoundedDay(DAY, before, rounding, DRAWS)
    told_now = RoundedDay(DAY, now, rounding, DRAWS)
    assert [told_now.merkmal("sgb2", node).value for node in now] == [
        told_before.merkmal("sgb2", node).value for node in before
    ]
    for node in now:
        parts = [told_now.merkmal("sgb2", part).value for part in node.parts]
        assert not parts or sum(parts) == told_now.merkmal("sgb2", node).value


def test_another_stichtag_another_secret_and_another_piece_are_drawn_anew():
    drawn = {DRAWS.of(day, piece, "sgb2") for day in (DAY, "2019-12-31") for piece in "AB"}

    assert len(drawn | {Draws("b" * 32).of(DAY, "A", "sgb2")}) == 5


# What is published.


def test_nothing_is_suppressed_and_a_rounded_figure_says_so_with_its_interval(rounded):
    assert rounded.counted["suppressed"] == 0
    known = dict(rounded.rows("wert_spanne", "(zuschnitt, raumebene, raum_id, indikator_id), (wert_von, wert_bis)"))
    for *place, status, value in rounded.rows(
        "wert_alle", "zuschnitt, raumebene, raum_id, indikator_id, status, wert", "wert IS NOT NULL"
    ):
        low, high = known.get(tuple(place), (value, value))
        assert (status == "gerundet") == (tuple(place) in known)
        assert low <= value <= (high if high is not None else value)


@pytest.mark.parametrize(
    ("kind", "numerator", "denominator", "low", "high"),
    [
        ("anteil", (3, 2), (10, 2), 8.3, 62.5),
        ("anteil", (1, 1), (2, 2), 0.0, 100.0),  # nobody may be there: no share is more than all
        ("rate", (3, 2), (2, 2), 25.0, None),
        ("rate", (-1, 4), (8, 2), -83.4, 50.0),
        ("rate", (1, 4), (2, 2), None, None),  # less than nothing of nobody: any figure is possible
        ("veraenderung", (1, 4), (2, 2), -100.0, None),  # nothing is less than all gone
    ],
)
def test_the_limits_of_a_figure_are_those_of_its_counts(kind, numerator, denominator, low, high):
    value, (over, off), (under, also_off) = 100 * numerator[0] / denominator[0], numerator, denominator
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA katalog")
        con.execute(
            f"CREATE TABLE katalog.indikator AS SELECT 'i' AS indikator_id, '{kind}' AS typ, 100.0 AS faktor, "
            "1 AS nachkommastellen"
        )
        of = "'2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, 'A' AS raum_id, '2020-12-31' AS stichtag"
        con.execute(
            f"CREATE TABLE wert_alle AS SELECT {of}, 'i' AS indikator_id, round({value}, 1) AS wert, "
            f"{over}::DOUBLE AS zaehler, {under}::DOUBLE AS nenner, 'exact' AS methode"
        )
        con.execute(
            f"CREATE TABLE indikator_spielraum AS SELECT {of}, 'i' AS indikator_id, {off} AS zaehler_unter, "
            f"{off} AS zaehler_ueber, {also_off} AS nenner_unter, {also_off} AS nenner_ueber"
        )
        limits = con.execute(f"SELECT wert_von, wert_bis FROM ({sql('protect/wert_spanne')})").fetchone()

    assert limits == (low, high)


@pytest.mark.parametrize("zuschnitt", [FIRST, SECOND])
def test_the_truth_lies_in_the_interval(rounded, zuschnitt):
    for indikator in COUNTED:
        told, true = rounded.told(indikator, zuschnitt), rounded.true(indikator, zuschnitt)
        limits = rounded.limits(indikator, zuschnitt)
        for unit, value in told.items():
            low, high = limits.get(unit, (value, value))
            assert low <= true[unit] <= high, (indikator, unit)


def test_shares_are_those_of_the_rounded_counts(rounded):
    below = rounded.told("einwohner_0_64", SECOND)
    for unit, share in rounded.told("sgb2_quote", SECOND).items():
        assert share == pytest.approx(100 * rounded.told("sgb2", SECOND)[unit] / below[unit], abs=0.05)


def test_the_release_names_method_and_base_and_not_the_secret(rounded):
    rules = rounded.rows("katalog_schutzklasse", "schutzklasse, verfahren, rundungsbasis, geheimnis_kennung",
                         "schutzklasse <> 'frei'")  # fmt: skip

    assert [row[1:3] for row in rules] == [("runden", 3), ("runden", 3)]
    assert {row[3] for row in rules} == {DRAWS.mark}
    assert all(SECRET.encode() not in file.read_bytes() for file in rounded.target.glob("*.parquet"))


def test_a_class_that_suppresses_beside_it_stays_as_it_was(tmp_path):
    city = Squares(tmp_path, TWO, PEOPLE, LEAST, ROUND)

    assert city.rows("wert_alle", "*", "indikator_id LIKE 'einwohner%' AND status = 'gerundet'") == []
    assert city.rows("wert_alle", "*", "indikator_id = 'sgb2' AND status = 'geschuetzt'") == []


small = st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(0, 3), st.integers(0, 6)).map(
    lambda each: (*each[:3], min(each[3], each[0] + each[1]))
)


@pytest.mark.thorough
@given(st.lists(small, min_size=5, max_size=5), st.text("ABC", min_size=5, max_size=5))
@settings(max_examples=8, deadline=None)
def test_in_any_town_everything_adds_up_and_no_small_count_is_known(tmp_path_factory, people, redrawn):
    counts = residents(*people)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STADT_GEHEIMNIS", SECRET)
        drawn = {FIRST: "AABBC", SECOND: redrawn}
        city = Squares(tmp_path_factory.mktemp("town"), drawn, counts, ROUND, ROUND)
    for zuschnitt in drawn:
        told = {name: city.told(name, zuschnitt) for name in COUNTED}
        whole = {name: city.told(name, zuschnitt, "stadt")["S"] for name in COUNTED}
        for name in COUNTED:
            if len(told[name]) == len(city.true(name, zuschnitt)):
                assert sum(told[name].values()) == whole[name]
            for unit, (low, high) in city.limits(name, zuschnitt).items():
                assert low <= city.true(name, zuschnitt)[unit] <= high
        for unit in told["einwohner"]:
            bands = [told[name][unit] for name in COUNTED[1:4]]
            assert sum(bands) == told["einwohner"][unit]
    assert audit([("2024.1", city.target)], city.profile.codebook).findings == ()
    _no_count_is_pinned(city, counts)


def _no_count_is_pinned(city: Squares, counts: dict[str, list[int]]) -> None:
    """Take every published interval, and let an attack that shares no code with the product bound each small count."""
    for name in COUNTED[1:4]:
        figures = []
        for zuschnitt, units in city.drawn.items():
            figures += [Figure(tuple(at for at, own in enumerate(units) if own == unit), int(value))
                        for unit, value in city.told(name, zuschnitt).items()]  # fmt: skip
        for unit in set(city.drawn[FIRST]):
            cells = [at for at, own in enumerate(city.drawn[FIRST]) if own == unit]
            low, high = interval(figures, cells, 5)
            assert not (low >= 1 and high <= 2), (name, unit, counts)


def test_a_secret_that_is_not_that_of_an_earlier_release_is_refused(tmp_path, monkeypatch):
    one = Squares(tmp_path / "one", TWO, PEOPLE, LEAST, ROUND)
    monkeypatch.setenv("STADT_GEHEIMNIS", "another secret of thirty-two signs")

    with pytest.raises(ConfigError, match=r"by which 2020\.1 was rounded"):
        Squares(tmp_path / "two", TWO, PEOPLE, LEAST, ROUND, earlier=[("2020.1", one.database())])


# Profiles that cannot be.


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"method": "round"}, "method = 'round' needs `secret`"),
        ({"base": 3}, "method = 'suppress' has no use for base"),
        ({"method": "round", "secret": "GEHEIMNIS", "base": 2}, "greater than or equal to 3"),
        ({"method": "round", "secret": "GEHEIMNIS", "min_numerator": 5}, "write base = 5"),
        ({"method": "cell-key", "secret": "GEHEIMNIS"}, "method = 'cell-key' needs `ptable`"),
        ({"method": "round", "secret": "kein Name"}, "secret"),
    ],
)
def test_a_class_that_cannot_be_is_refused(rule, said):
    with pytest.raises(ValidationError, match=said):
        Protection.model_validate(LEAST | rule)


@pytest.mark.parametrize(("value", "found"), [("", "found nothing"), ("zu kurz", "found 7 characters")])
def test_without_a_secret_nothing_is_published(tmp_path: Path, monkeypatch, value, found):
    monkeypatch.setenv("STADT_GEHEIMNIS", value)

    with pytest.raises(ConfigError, match=f"environment variable STADT_GEHEIMNIS.*{found}"):
        Squares(tmp_path, TWO, PEOPLE, LEAST, ROUND)


@pytest.mark.parametrize(("before", "now"), [(LEAST, ROUND), (ROUND, LEAST)], ids=["now rounded", "now suppressed"])
def test_a_class_that_published_a_stichtag_by_another_method_is_refused(tmp_path, before, now):
    one = Squares(tmp_path / "one", TWO, PEOPLE, LEAST, before)

    with pytest.raises(
        ConfigError, match=r"protection\.leistung: expected the method .* by which 2020\.1 published 1 of"
    ):
        Squares(tmp_path / "two", TWO, PEOPLE, LEAST, now, earlier=[("2020.1", one.database())])


def test_an_indikator_that_was_published_by_another_method_in_a_class_of_another_name_is_refused(tmp_path):
    one = Squares(tmp_path / "one", TWO, PEOPLE, LEAST, LEAST)
    release = one.database()
    with duckdb.connect(release) as con:
        for table in ("schutzklasse", "indikator"):
            con.execute(f"UPDATE {table} SET schutzklasse = 'sozialdaten' WHERE schutzklasse = 'leistung'")

    with pytest.raises(ConfigError, match=r"protection\.leistung: expected the method 'suppress'"):
        Squares(tmp_path / "two", TWO, PEOPLE, LEAST, ROUND, earlier=[("2020.1", release)])


def test_a_class_that_rounds_from_the_beginning_goes_on(tmp_path):
    one = Squares(tmp_path / "one", TWO, PEOPLE, LEAST, ROUND)
    two = Squares(tmp_path / "two", TWO, PEOPLE, LEAST, ROUND, earlier=[("2020.1", one.database())])

    assert two.told("sgb2", SECOND) == one.told("sgb2", SECOND)


def test_a_run_without_the_secret_stops_before_anything_is_asked_for(tmp_path, rounded, monkeypatch):
    monkeypatch.delenv("STADT_GEHEIMNIS")
    run = SimpleNamespace(
        profile=rounded.profile, home=SimpleNamespace(landing=tmp_path), from_dir=tmp_path, until=None
    )

    with pytest.raises(ConfigError, match=r"environment variable STADT_GEHEIMNIS, .* found nothing"):
        stations.pull_into(run)

    assert not list(tmp_path.iterdir())


def test_who_only_looks_at_the_counts_needs_no_secret(tmp_path, rounded, monkeypatch):
    """As `review` and `propose` do, which publish nothing."""
    monkeypatch.delenv("STADT_GEHEIMNIS")
    nothing = Pulled(lieferungen=[], missing=[], new=0, unchanged=0)
    monkeypatch.setattr(stations, "pull", lambda *_, **__: nothing)
    run = SimpleNamespace(
        profile=rounded.profile, home=SimpleNamespace(landing=tmp_path), from_dir=tmp_path, until=None, folder=tmp_path
    )

    assert stations.pull_into(run, protects=False) == nothing
