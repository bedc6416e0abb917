"""German pages write days as 31.12.2024, English ones as 2024-12-31, whatever the tables and files hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.base.local_time import german_day
from flows.check.row_words import unit_words
from flows.pages.report_page import report_html
from tests.page_texts import wrong_days

PAGES = ("index.html", "changes.html", "umbau.html", "disclosure.html", "codebook.html", "atlas/index.html")


@pytest.mark.parametrize("name", [*PAGES, "report"])
def test_a_day_is_written_as_readers_of_the_language_do(redrawn_release: Path, name: str) -> None:
    page = report_html(redrawn_release) if name == "report" else (redrawn_release / name).read_text("utf-8")
    assert wrong_days(page) == []


def test_the_name_of_a_zuschnitt_is_a_day_too_and_no_day_is_nothing() -> None:
    assert [german_day("2020-01-01"), german_day(None)] == ["01.01.2020", ""]


@pytest.mark.parametrize(
    ("found", "german"),
    [
        ("sozialraum 034002, 2018-12-31 to 2019-12-31", "sozialraum 034002, 31.12.2018 bis 31.12.2019"),
        (
            "sozialraum 034002, Zuschnitt 2020-01-01, 2019-12-31, einwohner",
            "sozialraum 034002, Zuschnitt 01.01.2020, 31.12.2019, einwohner",
        ),
        ("sozialraum 031005 of Zuschnitt 2020-01-01", "sozialraum 031005, Zuschnitt vom 01.01.2020"),
        ("sozialraum 0310-05-32 of Zuschnitt 2020-01-01", "sozialraum 0310-05-32, Zuschnitt vom 01.01.2020"),
    ],
)
def test_a_unit_that_a_check_names_is_said_in_german(found: str, german: str) -> None:
    assert (str(unit_words(found)), unit_words(found).german) == (found, german)
