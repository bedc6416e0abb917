"""An office with two small files behind the project's own extract server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flows.base.errors import SourceProblem
from flows.musterstadt.server import ExtractServer, serve
from flows.profile.load import Profile
from flows.pull import writers
from flows.pull.connectors.genesis import service
from flows.pull.landing.store import Landing
from flows.pull.models import Lieferung, Pulled
from flows.pull.pull_sources import accept_pulled, pull
from flows.pull.web import answers, session
from tests.pull.replay import Heard, Replay, Said

ONE_ROW = "BBS;EW\n01100001;12\n"
CONTENT = "BBS;EW\n01100001;1{year}\n01100002;7\n"


@dataclass
class Office:
    """A served folder, a profile that asks for its files, and the landing zone that they come to."""

    server: ExtractServer
    shelf: Path
    landing: Landing
    profile: Profile = field(init=False)

    def ask_for(self, profile: Profile) -> None:
        self.profile = profile

    def pull(self, **options: Any) -> Pulled:
        return pull(self.profile, self.landing, **options)

    def refusal(self, **options: Any) -> str:
        """Pull and return why it stopped."""
        with pytest.raises(SourceProblem) as refused:
            self.pull(**options)
        return str(refused.value)

    def content(self, lieferung: Lieferung) -> bytes:
        return lieferung.path_in(self.landing.folder).read_bytes()

    @property
    def record(self) -> list[dict[str, Any]]:
        """The lines of attempts.jsonl."""
        text = (self.landing.folder / "attempts.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @property
    def outcomes(self) -> list[str]:
        return [line["outcome"] for line in self.record]


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """One file for good, and one for each year from 2020 to 2022."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "bestand.csv").write_text(CONTENT.format(year=2022))
    for year in (2020, 2021, 2022):
        (folder / f"jahr_{year}.csv").write_text(CONTENT.format(year=year))
    return folder


@pytest.fixture
def office(
    shelf: Path, tmp_path: Path, small_city: Any, source: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """The office, asked for `bestand.csv`; the connector is in a hurry."""
    monkeypatch.setattr(session, "BACKOFF", 0.01)
    monkeypatch.setattr(answers, "BODY_PAUSE", 0.01)
    with serve(shelf) as server:
        monkeypatch.setenv("OFFICE", server.url)
        made = Office(server, shelf, Landing(tmp_path / "landing"))
        made.ask_for(small_city.with_sources(one_file(source)))
        yield made


def one_file(source: Callable[..., str], **fields: str) -> str:
    given = {"connector": '"http_file"', "url": '"${OFFICE}/bestand.csv"', "file": r"'bestand\.csv'", **fields}
    return source("bestand", stichtag='{ source = "fixed", fixed = 2022-12-31 }', **given)


@pytest.fixture
def bestand(source: Callable[..., str]) -> Callable[..., str]:
    """TOML of the source `bestand`, with other fields where a test wants them."""
    return lambda **fields: one_file(source, **fields)


@pytest.fixture
def yearly(source: Callable[..., str]) -> Callable[..., str]:
    """TOML of the source `jahr`, asked for year by year."""

    def text(years: str = "{ first = 2020 }", **fields: str) -> str:
        given = {"connector": '"http_file"', "url": '"${OFFICE}/jahr_{year}.csv"', "years": years, **fields}
        return source("jahr", **given)

    return text


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Replay]]:
    """Starts servers that answer as a test says, and stops them after it; connectors are in a hurry."""
    for module, name in ((session, "BACKOFF"), (answers, "BODY_PAUSE"), (service, "FIRST_PAUSE")):
        monkeypatch.setattr(module, name, 0.01)
    for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
    started: list[Replay] = []

    def start(answer: Callable[[Heard], Said], **options: Any) -> Replay:
        started.append(Replay(answer, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@dataclass
class Desk:
    """A profile and the landing zone that its files come to."""

    profile: Profile
    landing: Landing

    def pull(self, **options: Any) -> Pulled:
        return pull(self.profile, self.landing, **options)

    def refusal(self, **options: Any) -> str:
        """Pull and return why it stopped."""
        with pytest.raises(SourceProblem) as refused:
            self.pull(**options)
        return str(refused.value)

    def accept(self, pulled: Pulled, until: Any = None) -> None:
        """Carry the run through, as a refresh does at its end."""
        accept_pulled(self.profile, self.landing.folder, "lauf", pulled, until)

    def content(self, lieferung: Lieferung) -> bytes:
        return lieferung.path_in(self.landing.folder).read_bytes()

    @property
    def outcomes(self) -> list[str]:
        return [one.outcome for one in self.landing.attempts()]

    @property
    def objects(self) -> list[str]:
        return [path.name for path in (self.landing.folder / "objects").rglob("*") if path.is_file()]


@pytest.fixture
def desk(small_city: Any, tmp_path: Path) -> Callable[..., Desk]:
    """A desk for sources given as TOML; the landing zone stays when it is asked for again."""
    return lambda *sources: Desk(small_city.with_sources(*sources), Landing(tmp_path / "landing"))


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """A folder into which a colleague has put the file of a year."""
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "jahr_2022.csv").write_text(ONE_ROW)
    return folder


@pytest.fixture
def first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other programs had open during the test before is not remembered."""
    monkeypatch.setattr(writers, "_last", writers._Look(0.0, frozenset()))
