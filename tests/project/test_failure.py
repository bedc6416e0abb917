"""A failure has two texts: the one for Prefect says nothing that was delivered, the whole lies in the run's folder."""

from __future__ import annotations

import pickle
import traceback
from pathlib import Path

import pytest

from flows.base.errors import CheckStopped, ConfigError, ContractBroken, FortschreibungError, SourceUnavailable
from flows.failure import fit_for_anybody, whole_of
from flows.run import Run

NAME = "Anna Kanarius"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    one = Run(id="kleinstadt-1", city="kleinstadt", root=tmp_path)
    one.folder.mkdir(parents=True)
    return one


def said_of(problem: Exception, run: Run) -> Exception:
    """Return what Prefect gets of a station that fails by `problem`."""

    @fit_for_anybody
    def station(_run: Run, cell: str) -> None:
        raise problem

    with pytest.raises(type(problem) if isinstance(problem, FortschreibungError) else FortschreibungError) as caught:
        station(run, NAME)
    return caught.value


def everything_of(said: Exception) -> str:
    return "".join(traceback.format_exception(said)) + repr(pickle.dumps(said)) + repr(vars(said))


@pytest.mark.parametrize(
    "problem",
    [
        ContractBroken(f"File a.csv, line 3: expected a number, found {NAME}").at("File a.csv, line 3"),
        ContractBroken(f"found {NAME}"),
        ConfigError(f"corrections.toml: expected 4, found {NAME}"),
        CheckStopped(f"staged_teile: block 7: found {NAME}").at("1 check stops the publication: staged_teile (1)"),
        ValueError(f"could not convert {NAME!r}"),
        KeyError(NAME),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_what_was_found_stays_in_the_runs_folder(problem: Exception, run: Run) -> None:
    said = said_of(problem, run)

    assert NAME not in everything_of(said)
    assert (said.__cause__, said.__context__) == (None, None), "nothing leads back to it"
    whole = run.folder / "failure.txt"
    assert str(said).endswith(f"The whole message: {whole}")
    assert NAME in whole.read_text(encoding="utf-8")
    assert whole.stat().st_mode & 0o077 == 0


def test_kind_and_place_are_said(run: Run) -> None:
    problem = ContractBroken(f"found {NAME}").at("File a.csv, line 3").within("Source einwohner")
    assert str(said_of(problem, run)).startswith(
        "[FS-CONTRACT-01] Source einwohner, File a.csv, line 3: what was delivered breaks its contract; "
        "the supplier or the profile must change. The whole message: "
    )
    assert str(said_of(KeyError(NAME), run)).startswith("[FS-PROGRAM-01] KeyError in test_failure.py, line ")


def kinds_of(kind: type[FortschreibungError] = FortschreibungError) -> list[type[FortschreibungError]]:
    return [kind, *(deeper for one in kind.__subclasses__() for deeper in kinds_of(one))]


@pytest.mark.parametrize("kind", kinds_of())
def test_every_kind_of_failure_can_be_said_for_anybody(kind: type[FortschreibungError], run: Run) -> None:
    assert type(said_of(kind(f"{NAME} is in the way"), run)) is kind


def test_exit_code_and_whether_to_ask_again_are_kept(run: Run) -> None:
    said = said_of(SourceUnavailable(NAME, retryable=True), run)
    assert isinstance(said, SourceUnavailable)
    assert (said.exit_code, said.retryable) == (3, True)


def test_the_terminal_of_the_same_process_gets_the_whole_back(run: Run) -> None:
    problem = KeyError(NAME)
    said = said_of(problem, run)
    assert whole_of(said) is problem
    assert whole_of(pickle.loads(pickle.dumps(said))) is problem, "Prefect may hand back a copy"
    assert whole_of(other := ConfigError("x")) is other


def test_a_failure_that_is_fit_already_passes_as_it_is(run: Run) -> None:
    said = said_of(ContractBroken(NAME), run)
    assert said_of(said, run) is said
