"""What is one is said in the singular, on pages and in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from flows.app import explain
from flows.pages import template
from flows.pages.impact_page import impact_lines
from flows.profile.vocabulary import vocabulary
from flows.stage.file_accounts import FileAccount, Total

SAID = {"zuschnitt": "2024", "within_share": 0.3, "within_share_proposed": 0.2, "residents_moved": 9}
REVIEW = {"stichtag": "2024", "cut_made": None, "base_units": 5, "least": 1, "most": 2}
HEAD = {"erster": "2023", "letzter": "2024", "since": "2020", "zuschnitt": "2020"}


def sentence(page: str, begins: str, **known: Any) -> str:
    """Return the line of a template that holds `begins`, filled, German before English."""
    lines = (template._TEMPLATES / page).read_text("utf-8").splitlines()
    (line,) = [each for each in lines if begins in each]
    words: dict[str, Callable[..., str]] = {
        "both": lambda german, english: f"{german} | {english}", "day": str, "number": lambda value, _=0: str(value),
    }  # fmt: skip
    return template._environment(template._TEMPLATES).from_string(line).render(**words, **known)


@pytest.mark.parametrize(
    ("many", "german", "english"),
    [
        (1, "1 Vorschlag zum Zuschnitt vom 2024. Mit ihm fiele", "1 proposal for the Zuschnitt of 2024. With it,"),
        (2, "2 Vorschläge zum Zuschnitt vom 2024. Mit allen fiele", "2 proposals for the Zuschnitt of 2024. With all"),
    ],
)
def test_proposals_are_counted(many: int, german: str, english: str) -> None:
    found = sentence("proposals.html.j2", "zum Zuschnitt vom", said=SimpleNamespace(**SAID, proposals=[0] * many))

    assert (german in found, english in found) == (True, True), found


@pytest.mark.parametrize(
    ("many", "german", "english"),
    [(1, "(1 Basiseinheit) aus", "(1 base unit) from"), (2, "(2 Basiseinheiten) aus", "(2 base units) from")],
)
def test_base_units_that_move_are_counted(many: int, german: str, english: str) -> None:
    part = SimpleNamespace(residents=9, base_units=["a"] * many, from_unit="1", to_unit="2", difference_protected=False)
    found = sentence("proposals.html.j2", "part.from_unit", part=part)

    assert (german in found, english in found) == (True, True), found


@pytest.mark.parametrize(
    ("many", "pooled", "covers"),
    [
        (1, "Merkmale dieses Stichtags;", "für den Stichtag 2024, auf"),
        (2, "Merkmale gemittelt über 2 Stichtage;", "für 2 Stichtage von 2023 bis 2024, auf"),
    ],
)
def test_stichtage_are_counted(many: int, pooled: str, covers: str) -> None:
    review = sentence("review.html.j2", "verglichen mit", review=SimpleNamespace(**REVIEW, pooled=[0] * many))
    first = sentence("index.html.j2", "Zahlen über die Menschen", head=SimpleNamespace(**HEAD, stichtage=many))

    assert (pooled in review, covers in first) == (True, True), (review, first)


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [("en", "1 unit without", "2 units without"), ("de", "1 Einheit ohne Angabe", "2 Einheiten ohne Angabe")],
)
def test_units_and_days_are_counted_in_the_terminal(language: str, one: str, two: str, monkeypatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
    totals = [Total(stichtag=f"202{each}-12-31", value=7, without=each) for each in (1, 2)]
    account = FileAccount(source="a", file="a.csv", rows=1, taken=1, quarantined=0, merkmal="einwohner", totals=totals)
    extent = SimpleNamespace(
        raumebene="sozialraum",
        before_the_redraw=True,
        methode=next(iter(vocabulary().method)),
        stichtage=1,
        figures=5,
        suppressed=0,
    )
    impact = SimpleNamespace(city="a", von_zuschnitt="2020", nach_zuschnitt="2024", kinds={}, extent=[extent])

    first, second = explain._totals(account)
    assert (one in first, two in second) == (True, True)
    assert {"en": "1 earlier Stichtag,", "de": "1 früheren Stichtag,"}[language] in impact_lines(impact)[1]  # type: ignore[arg-type]
