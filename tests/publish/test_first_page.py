"""The first page of a release and the page above all of a city: what they say is so, and every link leads somewhere."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flows.publish.build import build
from flows.publish.promote import publish
from flows.publish.release_decisions import withdraw
from flows.release.job import JobDelivery, Setting
from tests.publish.comparing import CITY

NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)


class Links(HTMLParser):
    """The addresses that a page leads to or takes something from."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


@pytest.fixture(scope="module")
def release(tmp_path_factory, city_in):
    """A release; read only."""
    city = city_in(tmp_path_factory.mktemp("first"))
    target = city.root / "2024.1"
    build(city.job().write(city.run("r")), target, Setting(version="2024.1", made_at=NOW))
    return target


def text_of(page: Path) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.read_text("utf-8")))


def test_it_says_how_much_is_in_the_release(release):
    said = text_of(release / "index.html")
    assert "Einwohner Residents 2.600 2,600 31.12.2024" in said
    assert "Sozialraum Sozialraum 3" in said
    assert "Indikatoren Indicators 3" in said
    assert "Geheim Suppressed 2" in said, "011002 at both Stichtage"
    assert "für 2 Stichtage von 31.12.2023 bis 31.12.2024" in said
    assert "Synthetische Daten" in said


@pytest.mark.thorough
def test_it_says_what_was_not_delivered_yet(release, city):
    day = dt.date(2025, 3, 31)
    lacking = [
        JobDelivery(quelle=name, titel_de=name, titel_en=name, jahr=2024, lieferstand=state, erwartet_bis=until)
        for name, state, until in (
            ("SGB", "erwartet", day), ("Wohnen", "ueberfaellig", day), ("Einwohner", "vorhanden", None),
        )
    ]  # fmt: skip
    job = city.job().model_copy(update={"deliveries": lacking})
    build(job.write(city.run("late")), city.root / "late", Setting(version="2024.1", made_at=NOW))
    said = text_of(city.root / "late" / "index.html")
    assert "SGB SGB 2024 , erwartet bis 31.03.2025" in said
    assert "Wohnen Wohnen 2024 , überfällig; erwartet bis 31.03.2025" in said
    assert "Einwohner 2024" not in said
    assert "Noch nicht geliefert" not in text_of(release / "index.html")


def test_it_shows_the_map_of_need_and_what_the_index_does_not_say(release):
    said = text_of(release / "index.html")
    assert "Bei 1 von 3 Sozialräumen ist die Klasse zu 90 % sicher." in said
    assert "Nicht über Menschen. Not about people." in said


@pytest.mark.thorough
def test_without_an_index_it_shows_the_map_of_a_share_that_says_need(city):
    run = city.run("plain")
    city.rewrite(run, "index_wert", "FROM it WHERE false")
    build(city.job().write(run), city.root / "plain", Setting(version="2024.1", made_at=NOW))
    page = city.root / "plain" / "index.html"
    assert "SGB-II-Quote" in text_of(page)
    assert page.read_text("utf-8").count("<path ") == 3


def test_every_link_leads_to_something_in_the_release(release):
    inside = [link for link in Links(release / "index.html").found if not re.match(r"https?:|data:|#|\.\./", link)]
    assert {"codebook.html", "changes.html", "disclosure.html", "checks/index.html", "manifest.json"} <= set(inside)
    assert [link for link in inside if not (release / link).exists()] == []


def test_the_pages_lead_back_to_it(release):
    for name in ("codebook.html", "disclosure.html"):
        assert "index.html" in Links(release / name).found, name


def test_it_asks_no_other_machine_for_anything(release):
    page = (release / "index.html").read_text("utf-8")
    assert "<script" not in page
    assert re.findall(r"(?:src|@import|url)\s*[=(]\s*[\"']?https?:", page) == []


@pytest.mark.thorough
def test_the_page_above_lists_every_release_and_which_one_to_use(city, home):
    for number, residents in enumerate((1200, 1250)):
        publish(city.job(), city.run(f"r{number}", residents=residents), home)
    page = home.releases / CITY / "index.html"
    assert re.search(r"2024\.2.*gültig.*2024\.1", text_of(page))

    withdraw(home, CITY, "2024.2", why="falscher Auszug")
    assert re.search(r"2024\.2.*zurückgezogen withdrawn : falscher Auszug.*2024\.1.*gültig", text_of(page))
    assert Links(page).found[1:] == ["2024.2/index.html", "2024.1/index.html"]


@pytest.mark.thorough
def test_a_page_that_was_lost_is_written_again_by_the_next_publication(city, home):
    publish(city.job(), city.run("a"), home)
    page = home.releases / CITY / "index.html"
    written = page.read_bytes()
    page.unlink()
    publish(city.job(), city.run("b"), home)  # the same content: nothing is published
    assert page.read_bytes() == written
