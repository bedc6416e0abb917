"""What can go wrong, in the words of the person who has to mend it.

Every message says what was expected, what was found, where, and what to do.
The class decides the exit code of the command line; nothing here is ever shown as a traceback.
"""


class FortschreibungError(Exception):
    """A failure with a message for the user."""

    exit_code = 1


class CheckStopped(FortschreibungError):  # noqa: N818 -- named by the outcome that the user sees
    """A blocking check failed; nothing was published and the last release stands."""

    exit_code = 1


class ConfigError(FortschreibungError):
    """The command, the city profile or the codebook is not as it must be."""

    exit_code = 2


class NotSetUp(ConfigError):  # noqa: N818 -- named by the outcome that the user sees
    """A source needs a folder, an address or credentials that nobody has named yet; `lacks` says which variables."""

    def __init__(self, message: str, *, lacks: str) -> None:
        super().__init__(message)
        self.lacks = lacks


class SourceUnavailable(FortschreibungError):  # noqa: N818 -- named by the outcome that the user sees
    """A source could not be had, or what came is not what was ordered."""

    exit_code = 3

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.recorded = False
        """Whether the landing zone's record of attempts has it already."""


class VerificationFailed(FortschreibungError):  # noqa: N818 -- named by the outcome that the user sees
    """A release is not what its manifest says."""

    exit_code = 4


class EndedAfterPublication(FortschreibungError):  # noqa: N818 -- named by the outcome that the user sees
    """A release was published and stands, but the run did not come to its end; `__cause__` says why."""
