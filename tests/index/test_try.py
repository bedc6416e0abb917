"""What a definition makes of a table, through `fortschreibung index --try`."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.app.commands.needs import index
from flows.base.errors import ConfigError
from flows.index.evaluate import evaluate
from flows.index.panel import Panel
from tests.index.conftest import Try, definition

THREE = "raum,a,b\nA,1,30\nB,2,20\nC,3,10\n"


def scores(found: dict) -> dict[str, float]:
    return {unit: row["punkte"] for unit, row in found["units"].items()}


def test_a_score_is_the_mean_of_z_values_with_the_deviation_of_the_whole_city(try_on: Try) -> None:
    found = scores(try_on(THREE, definition("a")))
    assert found == pytest.approx({"A": -(1.5**0.5), "B": 0, "C": 1.5**0.5})


def test_little_of_what_is_good_counts_as_need(try_on: Try) -> None:
    turned = definition(component=[{"indikator": "a"}, {"indikator": "b", "direction": "niedrig"}])
    assert scores(try_on(THREE, turned)) == pytest.approx({"A": -(1.5**0.5), "B": 0, "C": 1.5**0.5})
    assert set(scores(try_on(THREE, definition("a", "b"))).values()) == {0.0}


@pytest.mark.parametrize(
    ("how", "keys", "expected"),
    [
        ("plain", {}, [1, 2, 3]),
        ("min_max", {}, [0, 0.5, 1]),
        ("percentile_rank", {}, [0, 0.5, 1]),
        ("quotient", {"aggregate": "product"}, [0.5, 1, 1.5]),
        ("normal_score", {}, [-0.674489750, 0, 0.674489750]),
        ("plain", {"rescale": "z"}, [-1.224744871, 0, 1.224744871]),
    ],
)
def test_the_other_standardisations(try_on: Try, how: str, keys: dict, expected: list[float]) -> None:
    found = scores(try_on(THREE, definition("a", standardise=how, **keys)))
    assert list(found.values()) == pytest.approx(expected)


def test_a_quotient_of_little_is_turned_over(try_on: Try) -> None:
    little = [{"indikator": "b", "direction": "niedrig"}]
    found = scores(try_on(THREE, definition(component=little, standardise="quotient", aggregate="product")))
    assert found == pytest.approx({"A": 20 / 30, "B": 1, "C": 2})


def test_a_quotient_of_little_that_is_nothing_is_refused(try_on: Try) -> None:
    none = THREE.replace("C,3,10", "C,3,0")
    with pytest.raises(ConfigError, match=r"component: expected figures of b above 0, .* found 0. Nothing was"):
        try_on(none, definition(component=[{"indikator": "b", "direction": "niedrig"}], standardise="quotient"))
    assert scores(try_on(none, definition("b", standardise="quotient")))["C"] == 0


def test_equal_figures_have_equal_ranks(try_on: Try) -> None:
    ties = "raum,a\nA,1\nB,2\nC,2\nD,3\n"
    assert list(scores(try_on(ties, definition("a", standardise="percentile_rank"))).values()) == pytest.approx(
        [0, 1 / 3, 1 / 3, 1]
    )
    assert len(set(scores(try_on(ties, definition("a", standardise="exponential_rank"))).values())) == 3


def test_a_score_on_a_limit_is_in_the_upper_class(try_on: Try) -> None:
    found = try_on(THREE, definition("a", standardise="plain", limits=(2, 3)))["units"]
    assert [row["klasse"] for row in found.values()] == [1, 2, 3]


@pytest.mark.parametrize(("by", "limits", "classes"), [
    ("sd", (-1, 1), [1, 2, 2, 3]), ("quantile", (0.5,), [1, 1, 2, 2]), ("share", (0.25,), [1, 2, 2, 2]),
])  # fmt: skip
def test_classes_by_deviations_quantiles_and_shares(try_on: Try, by: str, limits: tuple, classes: list[int]) -> None:
    found = try_on("raum,a\nA,1\nB,2\nC,3\nD,4\n", definition("a", by=by, limits=limits))["units"]
    assert [row["klasse"] for row in found.values()] == classes


def test_a_missing_component_is_a_status_with_its_reason_and_no_zero(try_on: Try) -> None:
    found = try_on("raum,a,b\nA,1,5\nB,2,\nC,3,9\n", definition("a", "b"))["units"]
    assert found["B"] == {"index_status": "fehlt", "index_grund": "b (fehlt)"}
    assert found["A"]["index_status"] == "ok"


def test_a_unit_that_is_left_out_says_why_and_does_not_count_in_the_measure(try_on: Try) -> None:
    table = "raum,a,personen\nA,1,500\nB,2,500\nC,3,500\nD,99,20\nE,99,500\n"
    stated = definition(
        "a", min_residents=300, left_out=[{"raumebene": "sozialraum", "id": "E", "reason": "Gemeinschaftsunterkunft"}]
    )
    found = try_on(table, stated, 'unit = "raum"\nresidents = "personen"')["units"]
    assert found["D"] == {"index_status": "ausgelassen", "index_grund": "< 300 personen"}
    assert found["E"] == {"index_status": "ausgelassen", "index_grund": "Gemeinschaftsunterkunft"}
    assert found["C"]["punkte"] == pytest.approx(1.5**0.5)


def test_without_chance_every_class_and_rank_is_certain(try_on: Try) -> None:
    found = try_on(THREE, definition("a"))["units"]
    assert found["A"]["sicherheit"] == [1, 0, 0]
    assert [(row["rang_von"], row["rang_bis"]) for row in found.values()] == [(3, 3), (2, 2), (1, 1)]


def test_a_margin_of_error_makes_class_and_rank_unsure(try_on: Try) -> None:
    table = "raum,a,m\nA,0,1\nB,10,1\nC,10.2,1\nD,20,1\n"
    stated = definition("a", standardise="plain", limits=(10,))
    found = try_on(table, stated, 'unit = "raum"\nmargin = { a = "m" }')["units"]
    assert found["A"]["sicherheit"] == [1, 0]
    assert found["B"]["sicherheit"] == pytest.approx([0.5, 0.5], abs=0.05)  # it lies on the limit
    assert found["B"]["klassen_90"] == "1 2"
    assert (found["B"]["rang_von"], found["B"]["rang_bis"]) == (2, 3)


def test_a_rate_of_few_people_is_less_sure_than_the_same_rate_of_many(try_on: Try) -> None:
    table = "raum,rate,personen\nfew,20,50\nmany,20,5000\nother,5,5000\n"
    stated = definition("rate", standardise="plain", limits=(18,))
    found = try_on(table, stated, 'unit = "raum"\npercent_of = { rate = "personen" }')["units"]
    assert found["many"]["sicherheit"][1] > 0.99
    assert 0.5 < found["few"]["sicherheit"][1] < 0.8


def test_components_that_count_the_same_people_make_an_index_less_sure(try_on: Try) -> None:
    table = "raum,a,b,m\nA,12,12,2\nB,0,0,2\nC,30,30,2\n"
    columns = 'unit = "raum"\nmargin = { a = "m", b = "m" }'
    sure = [
        try_on(table, definition("a", "b", standardise="plain", limits=(11,), overlap=each), columns)["units"]["A"]
        for each in (0, 0.5)
    ]
    error = 2 / 1.6448536 * 2**0.5  # of a component, and of another time
    for found, together in zip(sure, (error * 0.5**0.5, error * 0.75**0.5), strict=True):
        assert found["sicherheit"][1] == pytest.approx(NormalDist(11, together).cdf(12), abs=0.001)


FIGURES = st.lists(st.integers(0, 1000), min_size=3, max_size=8, unique=True)


@settings(max_examples=20, deadline=None)
@given(figures=FIGURES, shift=st.integers(-500, 500), factor=st.integers(1, 9), turn=st.integers(1, 7))
def test_neither_unit_of_measure_nor_order_of_units_moves_a_score(figures, shift, factor, turn) -> None:
    for how in ("z", "percentile_rank", "exponential_rank", "min_max"):
        stated = definition("a", standardise=how)
        plain, moved = (_scores(stated, each) for each in (figures, [shift + factor * each for each in figures]))
        assert moved == pytest.approx(plain)
        there = turn % len(figures)
        assert _scores(stated, figures[there:] + figures[:there]) == pytest.approx(plain[there:] + plain[:there])


def _scores(stated, figures: list[int]) -> list[float]:
    column = np.array([figures], dtype=float).T
    panel = Panel(column, column.copy(), column.copy(), np.zeros_like(column), np.ones(len(figures), dtype=bool))
    return evaluate(stated, panel)[0].score.tolist()


@pytest.mark.parametrize(
    ("table", "columns", "told"),
    [
        ("raum,a\nA,1\nB,1\n", 'unit = "raum"', "index.eigen.component: expected figures of a that differ, found 1"),
        ("raum,a\nA,1\nB,viel\n", 'unit = "raum"', "line 3, a: expected a number or nothing, found 'viel'"),
        ("raum,b\nA,1\nB,2\n", 'unit = "raum"', "expected a column 'a', found 'raum', 'b'"),
        ("raum,a\nA,1\nA,2\n", 'unit = "raum"', "expected each unit once, found A again"),
        ("raum,a\nA,1\nB,2\n", 'unit = "raum"\nkreis = "k"', "table.kreis: Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_place(try_on: Try, table: str, columns: str, told: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        try_on(table, definition("a"), columns)
    assert told in str(refusal.value)


def test_all_units_left_out_is_refused(try_on: Try) -> None:
    with pytest.raises(ConfigError, match=r"index.eigen.component: expected units to compare, found that none is"):
        try_on("raum,a,p\nA,1,5\nB,2,5\n", definition("a", min_residents=9), 'unit = "raum"\nresidents = "p"')


def test_the_command_shows_ranges_of_ranks_from_much_need_to_little(tmp_path, try_on: Try, capsys, monkeypatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")
    table = "raum;a;m\nA;1,5;0\nB;9;2\nC;10;2\nD;;\n"
    try_on(table, definition("a", limits=(0,)), 'unit = "raum"\nmargin = { a = "m" }')
    assert index(definition=tmp_path / "definition.toml", table=tmp_path / "table.csv") == 0
    assert capsys.readouterr().out.splitlines() == [
        "x (eigen 1)",
        "Raum    Punkte  Klasse      sicher  Rang",
        "B         0,57  Klasse 2    89,6 %  1 bis 2",
        "C         0,83  Klasse 2    96,7 %  1 bis 2",
        "A        -1,41  Klasse 1   100,0 %  3",
        "D     ohne Index: fehlt (a (fehlt))",
    ]


def test_the_example_of_the_docs_prints_what_they_say(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")
    text = (Path(__file__).resolve().parents[2] / "docs" / "need-index.md").read_text("utf-8")
    chapter = text.partition("## Try a definition")[2].partition("\n## ")[0]
    blocks = dict(re.findall(r"^```(\w*)\n(.*?)^```$", chapter, re.DOTALL | re.MULTILINE))
    (tmp_path / "probe.toml").write_text(blocks["toml"], "utf-8")
    (tmp_path / "kreise.csv").write_text(blocks["csv"], "utf-8")
    monkeypatch.chdir(tmp_path)
    assert index(definition=Path("probe.toml"), table=Path("kreise.csv")) == 0
    assert capsys.readouterr().out == blocks[""]
