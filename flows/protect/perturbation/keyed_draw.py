"""Draws that are the same in every release: they follow from the secret of the city and from what is drawn for.

Nobody who has not the secret can tell a draw from chance, and nobody can draw again until the result pleases.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING

from flows.base.errors import ConfigError

if TYPE_CHECKING:
    from flows.profile.city import City

SHORTEST = 32
"""Characters of a secret; a shorter one could be found by trying."""
_DIGITS = 13
"""Hexadecimal digits of a draw, which a floating-point number holds exactly."""


class Draws:
    """The draws of one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def of_variable(cls, variable: str, where: str) -> Draws:
        """Return the draws of the secret in an environment variable, which `where` in the profile names.

        Raises:
            ConfigError: it is not set, or too short.
        """
        secret = os.environ.get(variable, "")
        if len(secret) < SHORTEST:
            found = f"{len(secret)} characters" if secret else "nothing"
            raise ConfigError(
                f"city.toml: {where}: expected the secret of the city in the environment variable {variable}, at least "
                f"{SHORTEST} characters, found {found}. Make one once (openssl rand -hex 32), keep it where other "
                "credentials are kept, and never change it: with another one every count would be drawn anew, and two "
                "releases together would tell what each of them hides.",
                code="FS-CONFIG-10",
            )
        return cls(secret)

    @classmethod
    def of_city(cls, city: City) -> Draws | None:
        """Return the draws of the one secret that the classes of a city name; None where all of them suppress.

        Raises:
            ConfigError: it is not set, or too short.
        """
        named = [(name, rule.secret) for name, rule in city.protection.items() if rule.secret]
        return cls.of_variable(named[0][1], f"protection.{named[0][0]}.secret") if named else None

    def of(self, *what: str) -> float:
        """Return the number from 0 (included) to 1 (excluded) that is drawn for something."""
        return int(self._digest("\0".join(what)).hex()[:_DIGITS], 16) / float(16**_DIGITS)

    @property
    def mark(self) -> str:
        """What tells the secret from another one, and nothing else of it; releases carry it."""
        return self._digest("mark of the secret").hex()[:16]

    @property
    def for_sql(self) -> str:
        """A secret of its own for draws that SQL makes."""
        return self._digest("draws in SQL").hex()

    def _digest(self, what: str) -> bytes:
        return hmac.new(self._secret, what.encode(), hashlib.sha256).digest()
