"""What can go wrong, in the words of the person who has to fix it.

Every message says what was expected, what was found, where, and what to do.
The class decides the exit code of the command line; nothing here is ever shown as a traceback.

Each kind of failure has a code such as FS-CONTRACT-03, by which flows/base/error_codes.toml (and docs/errors.md, made
of it) says what it means and what to do, in German too. A class has its general code, a failure may have a finer
one.

What was found may be a delivered value: the message is for the terminal and the run's folder. What may be said to
anybody (Prefect, its logs, a mail) is the second text, `for_anybody`: the kind of failure and the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

EXIT_CODES: Mapping[int, str] = MappingProxyType({
    0: "done, also when there was nothing new",
    1: "a check stopped the publication, or the command could not be completed",
    2: "wrong use, or the profile, the codebook or a variable needs correcting",
    3: "a source cannot be had now: a later run may help",
    4: "a release does not match its manifest, or tells what must not be known",
    5: "a file breaks its contract: the supplier or the profile must change",
    6: "a defect of the program: report it",
    7: "waiting: a delivery is awaited, and nothing new is published before it came",
    130: "stopped by hand",
})  # fmt: skip
"""What each exit code of the command line means, as its help and docs/operation.md say."""


WAITING = 7
"""The exit code of a refresh that holds back what is new; no failure, and nothing to correct."""


class FortschreibungError(Exception):
    """A failure with a message for the user."""

    exit_code = 1
    kind = "The run could not be completed"
    code = "FS-RUN-01"
    where = ""
    """Source, file, line, check: never a value, an id, or the name of a column as it was delivered."""

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code or self.code

    def at(self, where: str) -> Self:
        """Return this failure, whose place anybody may read."""
        self.where = where
        return self

    def within(self, place: str) -> Self:
        """Return this failure, whose place lies within `place`."""
        if not self.where.startswith(place):
            self.where = f"{place}, {self.where}" if self.where else place
        return self

    @property
    def for_anybody(self) -> str:
        """What may be said of this failure where anybody may read it: no word of the message."""
        return f"{self.where}: {self.kind[0].lower()}{self.kind[1:]}." if self.where else f"{self.kind}."


class CheckStopped(FortschreibungError):  # noqa: N818 -- named by the outcome that the user sees
    """A blocking check failed; nothing was published and the last release stands."""

    exit_code = 1
    kind = "Nothing was published and the last release stands"
    code = "FS-CHECK-01"


class ConfigError(FortschreibungError):
    """The command, the city profile or the codebook is not as it must be."""

    exit_code = 2
    kind = "The command, the profile, the codebook or a variable needs correcting"
    code = "FS-CONFIG-01"


class NotSetUp(ConfigError):  # noqa: N818 -- named by the outcome that the user sees
    """A source needs a folder, an address or credentials that nobody has named yet; `lacks` says which variables."""

    code = "FS-SOURCE-03"

    def __init__(self, message: str, *, lacks: tuple[str, ...] = (), code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.lacks = lacks


class SourceProblem(FortschreibungError):  # noqa: N818 -- raised as one of the three below, which say who must act
    """A source brought nothing that can be worked with."""

    def __init__(self, message: str, *, retryable: bool = False, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retryable = retryable
        """Whether the same question, a few seconds later, may have another answer."""
        self.recorded = False
        """Whether the landing zone's record of attempts has it already."""


class SourceUnavailable(SourceProblem):
    """A source, or the landing zone that keeps its files, cannot be used now: waiting may help.

    Prefect asks again where this is `retryable`; a wrong password is not.
    """

    exit_code = 3
    kind = "The source, or the landing zone, cannot be used now; a later run may help"
    code = "FS-SOURCE-01"


class ContractBroken(SourceProblem):
    """What was delivered is not what the profile describes: the supplier or the profile must change."""

    exit_code = 5
    kind = "What was delivered breaks its contract; the supplier or the profile must change"
    code = "FS-CONTRACT-01"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message, code=code)


class ProgramDefect(SourceProblem):
    """The program failed on what was delivered, or lost rows of it: its developers must act."""

    exit_code = 6
    kind = "A defect of the program; please report it"
    code = "FS-PROGRAM-01"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message, code=code)


class VerificationFailed(FortschreibungError):  # noqa: N818 -- named by the outcome that the user sees
    """A release is not what its manifest says."""

    exit_code = 4
    kind = "A release is not what it must be"
    code = "FS-RELEASE-01"


class EndedAfterPublication(FortschreibungError):  # noqa: N818 -- named by the outcome that the user sees
    """A release was published and stands, but the run did not come to its end; `__cause__` says why."""
