"""Every failure has an exit code of its own kind, and the help and docs/operation.md say what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.app import cli
from flows.base.errors import EXIT_CODES, ContractBroken, FortschreibungError, ProgramDefect, SourceUnavailable

OPERATION = Path(__file__).parents[2] / "docs" / "operation.md"


def _below(kind: type[FortschreibungError]) -> Iterator[type[FortschreibungError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def test_each_error_ends_with_a_code_that_has_a_meaning() -> None:
    assert {each.exit_code for each in _below(FortschreibungError)} <= set(EXIT_CODES)


def test_who_must_act_can_be_told_by_the_code() -> None:
    assert (SourceUnavailable.exit_code, ContractBroken.exit_code, ProgramDefect.exit_code) == (3, 5, 6)


@pytest.mark.parametrize(
    ("failure", "repeated"),
    [
        (SourceUnavailable("no answer", retryable=True), True),
        (SourceUnavailable("wrong password"), False),
        (ContractBroken("a column is missing"), False),
        (ProgramDefect("rows were lost"), False),
    ],
    ids=str,
)
def test_prefect_repeats_only_what_may_be_had_later(failure: Exception, repeated: bool) -> None:
    from prefect.states import Failed  # noqa: PLC0415 -- takes seconds

    from flows.refresh import pull  # noqa: PLC0415 -- imports Prefect

    assert pull.retry_condition_fn is not None
    assert pull.retry_condition_fn(pull, None, Failed(data=failure)) is repeated


def test_the_docs_list_the_codes() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", OPERATION.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code): words for code, words in rows} == EXIT_CODES


def test_the_help_lists_the_codes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["fortschreibung", "--help"])
    with pytest.raises(SystemExit):
        cli.main()
    told = " ".join(capsys.readouterr().out.split())
    assert all(f"{code}: {words}" in told for code, words in EXIT_CODES.items())


def test_an_error_that_nobody_thought_of_is_a_defect(capsys: pytest.CaptureFixture[str], monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def stumble(*_: object, **__: object) -> int:
        raise IndexError

    monkeypatch.setattr(cli, "use_language", stumble)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == ProgramDefect.exit_code
    assert "This is a defect of the program, not of your data (IndexError)" in capsys.readouterr().err


def test_a_command_that_was_stopped_by_hand_says_what_stands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.app.doctor.findings", stopped)
    monkeypatch.setattr("sys.argv", ["fortschreibung", "doctor", "--home", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 130
    assert capsys.readouterr().err == "Stopped by hand. Nothing was published and the last release stands.\n"
