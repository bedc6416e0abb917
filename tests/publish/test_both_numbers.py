"""On a page with a switch of the language, numbers are written as the readers of either language write them."""

from __future__ import annotations

from jinja2 import Environment

from flows.pages.both_numbers import number, percent

BOTH = '<span lang="de">1.234,5</span><span lang="en">1,234.5</span>'


def rendered(template: str) -> str:
    return Environment(autoescape=True).from_string(template).render(number=number, percent=percent)


def test_a_number_stands_on_the_page_as_each_language_writes_it() -> None:
    assert rendered("{{ number(1234.5, 1) }}") == BOTH
    assert rendered("{{ percent(0.123) }}") == '<span lang="de">12,3 %</span><span lang="en">12.3 %</span>'
    assert rendered("{{ percent(0.0001) }}") == '<span lang="de">&lt; 0,1 %</span><span lang="en">&lt; 0.1 %</span>'


def test_also_within_a_text_of_the_template() -> None:
    assert rendered("{{ 'a < ' ~ number(1234.5, 1) }}") == f"a &lt; {BOTH}"


def test_what_is_written_alike_stands_once_and_nothing_stays_nothing() -> None:
    assert (rendered("{{ number(12) }}"), rendered("{{ number(none) }}")) == ("12", "")


def test_in_a_text_that_python_makes_it_is_the_german_one() -> None:
    assert f"{number(1234)} Einwohner" == "1.234 Einwohner"
