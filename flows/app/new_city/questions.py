"""Asks a person what the files do not say, or takes the guess and leaves it to be confirmed."""

from __future__ import annotations

from collections.abc import Callable

from flows.app.new_city.guess import Guess
from flows.base.errors import ConfigError
from flows.base.texts import shown, tr


class Questions:
    """What is asked while a profile is made; with `yes` nothing is, and every guess stays one."""

    def __init__(self, *, yes: bool, answer: Callable[[str], str] = input) -> None:
        self._yes, self._answer = yes, answer

    def settle(self, words: str, guess: Guess[str], *, fits: Callable[[str], bool] = bool) -> Guess[str]:
        """Return what a person says to a question, or the guess where nothing is asked or Enter is pressed.

        Raises:
            ConfigError: nobody can answer.
        """
        if self._yes or guess.sure:
            return guess
        prompt = f"{shown(words)}{f' ({shown(guess.why)})' if guess.why else ''} [{shown(guess.value)}]: "
        while True:
            try:
                said = self._answer(prompt).strip()
            except EOFError as ended:
                raise ConfigError(
                    f"Expected an answer to {words!r}, found none. Run the command in a terminal, or with --yes to "
                    "take every guess and confirm them in the files afterwards. Nothing was written.",
                    code="FS-USE-01",
                ) from ended
            if not said or fits(said):
                return Guess(said or guess.value, guess.why, sure=True)
            prompt = tr(
                "  {said!r} does not fit; {question} [{guess}]: ", said=said, question=shown(words), guess=guess.value
            )
