"""What is said of a command that failed: to the person at the terminal, and as JSON to a program.

The texts of failures are English. Who reads German sees what the code means in German first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.base.errors import EndedAfterPublication, FortschreibungError, ProgramDefect
from flows.base.extras import LIBRARIES, missing
from flows.base.language import language
from flows.base.texts import Text, german_of, joined, text

STOPPED = 130
"""The exit code of a command that was stopped by hand."""


@dataclass(frozen=True)
class Failed:
    """How a command failed; `code` is looked up in docs/errors.md."""

    words: Text
    exit_code: int
    code: str | None = None

    @property
    def shown(self) -> str:
        """What the person at the terminal reads."""
        named = f"[{self.code}] " if self.code else ""
        if language() == "en":
            return f"{named}{self.words}"
        if self.code is None or self.words.german != self.words:
            return f"{named}{self.words.german}"
        from flows.base.error_codes import meanings  # noqa: PLC0415 -- only in this case

        return f"{named}{meanings()[self.code].de} (docs/errors.md)\n{self.words}"

    def as_json(self) -> dict[str, Any]:
        """Return what a program reads, in any language the same."""
        return {"error": {"code": self.code, "exit_code": self.exit_code, "message": str(self.words)}}


def failed(problem: BaseException) -> Failed:
    """Return how the command failed that ended with `problem`."""
    return _failed(problem, text("Nothing was published and the last release stands."))


def _failed(problem: BaseException, stands: Text) -> Failed:
    """Return how a command failed; `stands` says what became of the releases."""
    if isinstance(problem, EndedAfterPublication) and problem.__cause__ is not None:
        published = _words(problem)
        found = _failed(problem.__cause__, published)
        if not isinstance(problem.__cause__, FortschreibungError):
            return found
        return Failed(joined("\n", (found.words, published)), found.exit_code, found.code)
    if isinstance(problem, FortschreibungError):
        return Failed(_words(problem), problem.exit_code, problem.code)
    if isinstance(problem, ModuleNotFoundError) and (library := (problem.name or "").partition(".")[0]) in LIBRARIES:
        return _failed(missing(library), stands)
    if isinstance(problem, KeyboardInterrupt):
        return Failed(joined(" ", (text("Stopped by hand."), stands)), STOPPED)
    words = text(
        "This is a defect of the program, not of your data ({kind}). {stands} Please send {file} to its developers; it "
        "may quote delivered values, so look first.",
        kind=type(problem).__name__, stands=stands, file=_written(problem),
    )  # fmt: skip
    return Failed(words, ProgramDefect.exit_code, ProgramDefect.code)


def _words(problem: FortschreibungError) -> Text:
    """Return the text of a failure; that of a check is known in German as well."""
    said = problem.args[0] if problem.args else ""
    return Text(str(problem), german_of(said) if isinstance(said, Text) else None)


def _written(defect: BaseException) -> str:
    """Write the traceback where a developer finds it and return the file's name."""
    import tempfile  # noqa: PLC0415 -- only in this case
    import traceback  # noqa: PLC0415

    with tempfile.NamedTemporaryFile("w", prefix="fortschreibung-", suffix=".txt", delete=False) as file:
        file.write("".join(traceback.format_exception(defect)))
    return file.name
