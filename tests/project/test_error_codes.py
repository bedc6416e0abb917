"""Every failure has a code, and docs/errors.md says of each code what it means and what to do, German first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.app import cli
from flows.app.failed import failed
from flows.base.error_codes import TABLE, meanings
from flows.base.errors import CheckStopped, ContractBroken, EndedAfterPublication, FortschreibungError, ProgramDefect
from flows.base.texts import text
from flows.failure import fit_for_anybody
from flows.run import Run
from tools import errors_docs

FLOWS = Path(__file__).resolve().parents[2] / "flows"
CODE = re.compile(r'"(FS-[A-Z]+-\d\d)"')


def _used() -> Iterator[str]:
    for path in FLOWS.rglob("*.py"):
        yield from CODE.findall(path.read_text("utf-8"))


def test_each_code_that_is_used_is_documented_and_each_documented_code_is_used() -> None:
    assert set(_used()) == set(meanings())


def test_codes_are_numbered_from_01_on_in_the_order_of_the_kinds() -> None:
    written = re.findall(r"^\[(FS-(\w+)-\d\d)\]$", TABLE.read_text("utf-8"), re.MULTILINE)
    kinds = list(errors_docs.KINDS)
    wanted = sorted((code for code, _ in written), key=lambda code: (kinds.index(code.split("-")[1]), code))

    assert [code for code, _ in written] == wanted
    for kind in kinds:
        numbers = [int(code[-2:]) for code, each in written if each == kind]
        assert numbers == list(range(1, len(numbers) + 1)), kind


def test_each_code_says_in_both_languages_what_it_means_and_what_to_do() -> None:
    for code, each in meanings().items():
        assert all(part.strip() for part in each), code
        assert each.de != each.en, code


def test_the_page_is_up_to_date() -> None:
    assert errors_docs.PAGE.read_text("utf-8") == errors_docs.page(), "run `make errors`"


def test_a_failure_has_the_code_of_its_class_or_a_finer_one() -> None:
    assert ContractBroken("a row is broken").code == "FS-CONTRACT-01"
    assert ContractBroken("a column is missing", code="FS-CONTRACT-03").code == "FS-CONTRACT-03"


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_code_is_printed_with_the_message(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
    shown = failed(ContractBroken("File a.csv: a column is missing.", code="FS-CONTRACT-03")).shown

    assert shown.startswith("[FS-CONTRACT-03] ")
    assert shown.endswith("File a.csv: a column is missing.")
    assert ("Die Spalten der Datei sind nicht die des Vertrags" in shown) is (language == "de")


def test_a_text_that_is_known_in_german_needs_no_other_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = CheckStopped(text("The whole report: {page}", page="checks/index.html"))
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")

    assert failed(stopped).shown == "[FS-CHECK-01] Der ganze Bericht: checks/index.html"
    assert failed(stopped).as_json()["error"]["message"] == "The whole report: checks/index.html"


def test_what_ended_after_a_publication_has_the_code_of_its_cause() -> None:
    ended = EndedAfterPublication("2024.1 stands.")
    ended.__cause__ = FortschreibungError("The server was lost.", code="FS-RUN-03")

    assert failed(ended).shown == "[FS-RUN-03] The server was lost.\n2024.1 stands."


@pytest.mark.parametrize("language", ["de", "en"])
def test_json_has_code_and_message_in_any_language_the_same(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
    monkeypatch.setattr("sys.argv", ["fortschreibung", "verify", "kleinstadt", "--json", "--home", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        cli.main()

    answer = json.loads(capsys.readouterr().out)
    assert (ended.value.code, answer["error"]["code"], answer["error"]["exit_code"]) == (2, "FS-USE-02", 2)
    assert answer["error"]["message"].startswith("There are no releases of 'kleinstadt'")


def test_what_anybody_may_read_has_the_code_too(tmp_path: Path) -> None:
    run = Run(id="kleinstadt-1", city="kleinstadt", root=tmp_path)
    run.folder.mkdir(parents=True)

    @fit_for_anybody
    def station(_run: Run) -> None:
        raise ContractBroken("Anna Muster is no number", code="FS-CONTRACT-07").at("File a.csv, line 3")

    with pytest.raises(ContractBroken, match=r"^\[FS-CONTRACT-07\] File a\.csv, line 3: ") as said:
        station(run)

    assert said.value.code == "FS-CONTRACT-07"
    assert "Anna" not in str(said.value)


def test_an_error_that_nobody_thought_of_has_the_code_of_a_defect(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert failed(ZeroDivisionError()).code == ProgramDefect.code
