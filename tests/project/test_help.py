"""`--help` speaks the language of the process, whole: headings, usage, marks, each command, argument and option."""

from __future__ import annotations

import re

import pytest
from cyclopts import App
from rich.console import Console

from flows.app import cli
from flows.app.help_texts import WORDS, arguments_of, commands_of, in_one_line, label_of
from flows.base.texts import catalogue
from flows.profile.profile_files import PROFILE_FILES

COMMANDS = {" ".join(path): each for path, each in [
    *(((each.name[0],), each) for each in commands_of(cli.app) if each.name[0] in cli.app),
    *(((group.name[0], each.name[0]), each) for group in commands_of(cli.app) for each in commands_of(group)),
]}  # fmt: skip
OPTIONS = {in_one_line(each.parameter.help) for each in arguments_of(cli.app) if each.parameter.help}
LABELS = {str(label_of(each)) for each in arguments_of(cli.app) if each.index is not None}
ENGLISH = {word for word in {*WORDS, *LABELS} if catalogue().gettext(word) != word}
MARKS = re.compile(r"Usage:|\[(?:required|default|choices)\b|Display |: False\b")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Return what `--help` prints, on lines so long that each text is in one of them."""

    def in_process(command: str, language: str) -> str:
        monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
        monkeypatch.setattr(cli.app, "_console", Console(width=600))
        monkeypatch.setattr("sys.argv", ["fortschreibung", *command.split(), "--help"])
        with pytest.raises(SystemExit):
            cli.main()
        return capsys.readouterr().out

    return in_process


def _texts(command: App) -> set[str]:
    shown = command.assemble_argument_collection(parse_docstring=True) if command.default_command else ()
    return {in_one_line(each.parameter.help) for each in shown if each.show and each.parameter.help}


def _printed(text: str) -> str:
    """Return a text as Markdown shows it."""
    return text.replace("`", "")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_german_help_of_a_command_has_no_english_in_it(name: str, told) -> None:
    command = COMMANDS.get(name, cli.app)
    german = told(name, "de")

    assert [text for text in OPTIONS if _printed(text) in german] == []
    assert [text for text in _texts(command) if _printed(catalogue().gettext(text)) not in german] == []
    assert MARKS.findall(german) == []
    assert {*re.findall(r"[A-Za-z-]+", german)} & ENGLISH == set()
    assert german.startswith(f"Aufruf: fortschreibung {name}".rstrip())


@pytest.mark.parametrize("name", ["", "refresh", "prefect setup"])
def test_the_english_help_is_what_the_code_says_also_after_the_german_one(name: str, told) -> None:
    told(name, "de")
    english = told(name, "en")

    assert english.startswith(f"Usage: fortschreibung {name}".rstrip())
    assert [text for text in _texts(COMMANDS.get(name, cli.app)) if _printed(text) not in english] == []
    assert "Parameters" in english


def test_each_argument_and_option_says_what_it_is() -> None:
    assert [each.name for each in arguments_of(cli.app) if not each.parameter.help] == []


def test_no_option_has_an_opposite_that_nobody_needs() -> None:
    """cyclopts makes `--empty-keep` of a list and `--no-dry-run` of a switch, unless told not to."""
    opposites = [
        name for each in arguments_of(cli.app) for name in each.names
        if name.startswith("--empty-") or f"--{name.removeprefix('--no-')}" in {*each.names} - {name}
    ]  # fmt: skip
    assert opposites == []


def test_the_help_of_schema_lists_every_file_of_a_profile(told) -> None:
    assert set(re.findall(r"[a-z]+", told("schema", "en"))) >= set(PROFILE_FILES)


def test_marks_say_what_is_needed_what_is_possible_and_what_holds_otherwise(told) -> None:
    german = " ".join((told("refresh", "de") + told("retention", "de") + told("decide", "de")).split())

    assert "* STADT --city Eine Stadt mit Profil (doctor zählt sie auf). [nötig]" in german
    assert "oder always (auf nichts). [möglich: complete, when-due, always]" in german
    assert "Wie viele Ausgaben jedes Stichtagsjahrs ohne weiteren Grund bleiben. [sonst: 2]" in german
    assert "--dry-run Geht bis zum Schützen; veröffentlicht nichts. │" in german, "a switch has no default to be named"
    assert "fortschreibung decide --by TEXT --why TEXT [OPTIONEN] STADT VORSCHLAG ENTSCHEIDUNG" in german
