"""A mistake in the arguments of a command is a failure like any other: own words, German or English, a code, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from cyclopts.exceptions import CycloptsError

from flows.app import cli
from flows.app.argument_errors import argument_error, options_of
from flows.app.failed import failed
from flows.app.help_texts import commands_of


class Ended(NamedTuple):
    code: object
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run the command line in this process, in a language that the environment names."""

    def in_process(line: str, language: str = "en") -> Ended:
        monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
        monkeypatch.setattr("sys.argv", ["fortschreibung", *line.split()])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return Ended(ended.value.code, *capsys.readouterr())

    return in_process


MISTAKES = {
    "verify": (
        "verify: expected CITY, found nothing.",
        "verify: erwartet wird STADT, gefunden wurde nichts.",
    ),
    "recut musterstadt": (
        "recut: expected ZUSCHNITT, a date such as 2024-12-31; found nothing.",
        "recut: erwartet wird ZUSCHNITT, ein Datum wie 2024-12-31; gefunden wurde nichts.",
    ),
    "approve musterstadt 12345678 --bye Amt --why x": (
        "approve: expected --by, found --bye instead.",
        "approve: erwartet wird --by, gefunden wurde stattdessen --bye.",
    ),
    "verifi x": (
        "fortschreibung: expected a command, found 'verifi'. Did you mean verify?",
        "fortschreibung: erwartet wird ein Befehl, gefunden wurde „verifi“. Ist verify gemeint?",
    ),
    "verifi --help": (
        "fortschreibung: expected a command, found 'verifi'. Did you mean verify?",
        "fortschreibung: erwartet wird ein Befehl, gefunden wurde „verifi“. Ist verify gemeint?",
    ),
    "prefect stup -h": (
        "fortschreibung prefect: expected a command, found 'stup'. Did you mean setup?",
        "fortschreibung prefect: erwartet wird ein Befehl, gefunden wurde „stup“. Ist setup gemeint?",
    ),
    "prefect stup": (
        "fortschreibung prefect: expected a command, found 'stup'. Did you mean setup?",
        "fortschreibung prefect: erwartet wird ein Befehl, gefunden wurde „stup“. Ist setup gemeint?",
    ),
    "--home data releases musterstadt": (
        "fortschreibung: expected a command before its options, found --home first.",
        "fortschreibung: erwartet wird zuerst ein Befehl, dann seine Optionen; gefunden wurde zuerst --home.",
    ),
    "refresh musterstadt --nope": (
        "refresh: expected one of its options, found --nope.",
        "refresh: erwartet wird eine seiner Optionen, gefunden wurde --nope.",
    ),
    "refresh musterstadt --dryrun": (
        "refresh: expected one of its options, found --dryrun. Did you mean --dry-run?",
        "refresh: erwartet wird eine seiner Optionen, gefunden wurde --dryrun. Ist --dry-run gemeint?",
    ),
    "refresh musterstadt --stichtag morgen": (
        "refresh, --stichtag: expected a date such as 2024-12-31, found 'morgen'.",
        "refresh, --stichtag: erwartet wird ein Datum wie 2024-12-31, gefunden wurde „morgen“.",
    ),
    "serve musterstadt --port x": (
        "serve, --port: expected a whole number, found 'x'.",
        "serve, --port: erwartet wird eine ganze Zahl, gefunden wurde „x“.",
    ),
    "budget musterstadt --sum 1 --by bedarf --weights 1 viel": (
        "budget, --weights: expected a number such as 0.5, found 'viel'.",
        "budget, --weights: erwartet wird eine Zahl wie 0.5, gefunden wurde „viel“.",
    ),
    "verify musterstadt --deep=vielleicht": (
        "verify, --deep: expected true, false or no value, found 'vielleicht'.",
        "verify, --deep: erwartet wird true, false oder kein Wert, gefunden wurde „vielleicht“.",
    ),
    "refresh musterstadt --publish when_du": (
        "refresh, --publish: expected one of complete | when-due | always, found 'when_du'. Did you mean when-due?",
        "refresh, --publish: erwartet wird eins von complete | when-due | always, gefunden wurde „when_du“. "
        "Ist when-due gemeint?",
    ),
    "decide musterstadt V1 gut --by Amt --why x": (
        "decide, VERDICT: expected one of accepted | changed | rejected, found 'gut'.",
        "decide, ENTSCHEIDUNG: erwartet wird eins von accepted | changed | rejected, gefunden wurde „gut“.",
    ),
    "verify musterstadt 2024.1 extra": (
        "verify: expected CITY VERSION and no more, found 'extra' too. A value with blanks stands in quotation marks.",
        "verify: erwartet wird STADT VERSION und nicht mehr, gefunden wurde noch „extra“. Ein Wert mit Leerzeichen "
        "gehört in Anführungszeichen.",
    ),
    "doctor extra": (
        "doctor: expected options alone, found 'extra'.",
        "doctor: erwartet werden nur Optionen, gefunden wurde „extra“.",
    ),
    "refresh musterstadt --from": (
        "refresh: expected the path of a file or folder after --from, found none.",
        "refresh: erwartet wird der Pfad einer Datei oder eines Ordners nach --from, gefunden wurde nichts.",
    ),
    "map musterstadt --index": (
        "map: expected a value after --index, found none.",
        "map: erwartet wird ein Wert nach --index, gefunden wurde nichts.",
    ),
    "--cities a --cities b releases musterstadt": (
        "fortschreibung: expected --cities once, found it several times.",
        "fortschreibung: erwartet wird --cities nur einmal, gefunden wurde es mehrmals.",
    ),
    "verify --city musterstadt 2024.1": (
        "verify: expected VERSION by its name too (--version 2024.1), since --city was given so; found '2024.1' alone.",
        "verify: erwartet wird auch VERSION mit Namen (--version 2024.1), weil --city so angegeben ist; gefunden wurde "
        "„2024.1“ allein.",
    ),
}
"""What was typed -> what is said of it, in English and in German."""


@pytest.mark.parametrize(("line", "words"), MISTAKES.items(), ids=MISTAKES)
def test_each_mistake_is_named_with_what_was_expected_and_what_was_found(line, words, run) -> None:
    for language, said, help_line in (("en", words[0], "shows what is possible."), ("de", words[1], "zeigt, was")):
        ended = run(line, language)

        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"[FS-USE-12] {said} `fortschreibung")
        assert f"--help` {help_line}" in ended.err


@pytest.mark.parametrize("port", [-1, 65536, 70000])
@pytest.mark.parametrize("command", ["serve musterstadt", "demo"])
def test_what_is_no_port_is_said_before_anything_is_started(command, port, run, tmp_path) -> None:
    ended = run(f"{command} --port {port} --home {tmp_path / 'new'}")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"[FS-USE-01] --port: expected 0 to 65535, found {port}.")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", [" ".join(each.name) for each in commands_of(cli.app)])
def test_no_command_answers_with_the_words_of_the_library(command, run) -> None:
    line = "prefect setup" if command == "setup" else command
    ended = run(f"{line} --no-such-option", "de")

    assert ended.code == 2
    assert ended.err.startswith("[FS-USE-12] ")
    assert "no-such-option" in ended.err or "gefunden wurde nichts" in ended.err
    assert len(ended.err.splitlines()) == 1, "no box"


@pytest.mark.parametrize(("language", "option"), [("de", "--json"), ("en", "--json"), ("en", "--json=true")])
def test_a_program_reads_the_mistake_as_json_in_any_language_the_same(language, option, run) -> None:
    ended = run(f"refresh musterstadt --stichtag morgen {option}", language)

    assert json.loads(ended.out) == {"error": {
        "code": "FS-USE-12", "exit_code": 2,
        "message": "refresh, --stichtag: expected a date such as 2024-12-31, found 'morgen'. `fortschreibung refresh "
        "--help` shows what is possible.",
    }}  # fmt: skip


@pytest.mark.parametrize("line", ["--lang de verify", "verify --lang=de", "verify musterstadt --home --lang de"])
def test_the_language_that_was_asked_for_is_spoken_though_the_rest_is_wrong(line, run) -> None:
    assert "gefunden wurde nichts" in run(line, "en").err


def test_options_that_are_not_shown_are_not_suggested(run) -> None:
    ended = run("releases musterstadt --tokens")

    assert "Did you mean" not in ended.err
    assert "--tokens" not in set(options_of(cli.app["releases"], cli.app))


def test_options_of_all_commands_are_suggested_too(run) -> None:
    assert "Did you mean --lang?" in run("releases musterstadt --langu de").err
    assert "Did you mean --help?" in run("releases musterstadt --hepl").err


def test_a_mistake_without_words_here_keeps_those_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")
    shown = failed(argument_error(CycloptsError(msg="Quite another mistake."), cli.app)).shown

    assert shown.startswith("[FS-USE-12] Der Aufruf nennt einen Befehl")
    assert shown.endswith("\nQuite another mistake.")


@pytest.mark.parametrize("line", ["", "prefect", "prefect --help"])
def test_help_that_is_shown_where_a_command_is_missing_is_german_too(line, run) -> None:
    ended = run(line, "de")

    assert not ended.code
    assert "Exit-Codes:" in ended.out
    assert "Gibt dem Server" in " ".join(ended.out.split()) or line == ""
