"""The fixed words of the published tables (cities/vocabulary.toml): one wording wherever they are used or shown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from flows.base.errors import ConfigError
from flows.base.resources import resource


class Words(NamedTuple):
    """The same said in German and in English."""

    de: str
    en: str


class Word(BaseModel):
    """A fixed word and what it means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    de: str
    en: str

    @property
    def meaning(self) -> Words:
        """What the word means."""
        return Words(self.de, self.en)


class Stated(Word):
    """What a missing-value sign may state; `usual` are the signs that offices usually write for it.

    A sign means what its source says (`missing` in sources.toml); only `fortschreibung new-city` guesses by `usual`.
    """

    usual: tuple[str, ...] = ()


class Named(Word):
    """A word with a short name for pages."""

    short_de: str
    short_en: str

    @property
    def name(self) -> Words:
        """The short name."""
        return Words(self.short_de, self.short_en)


class Gap(Named):
    """Why a figure is missing; `fill` is the quiet colour behind it (#rrggbb), in the workbook and on maps."""

    fill: Annotated[str, Field(pattern="^#[0-9a-f]{6}$")] | None = None


class Status(Stated, Gap):
    """Why a figure is there or missing; `sign` where a missing-value sign of a source may state it.

    `value` where the figure is there.
    """

    sign: bool = False
    value: bool = False


class Method(Named):
    """How a figure came onto its Zuschnitt; the rank orders from sure (1) to unsure, None stands apart.

    `counted` where it is no estimate.
    """

    rank: int | None = None
    counted: bool = False


class Event(Named):
    """What a redraw did to a unit; `same` where the unit is the one that it was."""

    same: bool = False


class Vocabulary(BaseModel):
    """cities/vocabulary.toml: each word by its id, in the order of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    refused_words: tuple[str, ...]
    """What no text about an index or a type may hold."""
    status: dict[str, Status]
    index_status: dict[str, Gap]
    type_status: dict[str, Gap]
    type_position: dict[str, Word]
    change_verdict: dict[str, Word]
    change_cause: dict[str, Named]
    standardisation: dict[str, Word]
    aggregation: dict[str, Word]
    rescaling: dict[str, Word]
    class_limits: dict[str, Word]
    sign: dict[str, Stated]
    mark: dict[str, Word]
    method: dict[str, Method]
    event: dict[str, Event]
    type: dict[str, Word]
    kind: dict[str, Word]
    theme: dict[str, Word]
    direction: dict[str, Word]

    @property
    def signs(self) -> tuple[str, ...]:
        """What a missing-value sign of a source may state."""
        return (*self.sign, *(name for name, status in self.status.items() if status.sign))

    @property
    def marks(self) -> tuple[str, ...]:
        """What a mark beside a figure may state: that it counts all the same, or a status in its place."""
        return (*self.mark, *(name for name, status in self.status.items() if status.sign))

    @property
    def usual_signs(self) -> Mapping[str, str]:
        """What each usual sign for a missing figure usually states."""
        stated: Mapping[str, Stated] = {**self.sign, **self.status}
        return {sign: name for name, each in stated.items() for sign in each.usual}

    @property
    def no_row(self) -> Status:
        """What is said of a figure of which the long table has no row."""
        return self.status["nicht_geliefert"]

    @property
    def with_value(self) -> tuple[str, ...]:
        """The statuses of figures that are there."""
        return tuple(name for name, status in self.status.items() if status.value)

    @property
    def gaps(self) -> Mapping[str, Status]:
        """The statuses that can stand in place of a figure, which are drawn in a fill of their own."""
        return {name: each for name, each in self.status.items() if each.fill is not None}

    @property
    def same_unit(self) -> tuple[str, ...]:
        """The events after which a unit is the one that it was."""
        return tuple(name for name, event in self.event.items() if event.same)

    @property
    def base_units(self) -> tuple[str, ...]:
        """The methods of figures that are sums of counts of base units."""
        return tuple(name for name, method in self.method.items() if method.counted and method.rank)

    @property
    def estimates(self) -> tuple[str, ...]:
        """The methods of figures that are estimates."""
        return tuple(name for name, method in self.method.items() if not method.counted)

    def refused_in(self, text: str) -> str | None:
        """Return the word in a text that no text about an index or a type may hold; None where there is none."""
        return next((word for word in self.refused_words if word in text.casefold()), None)

    def meanings(self, section: str) -> Mapping[str, Words]:
        """Return what each word of a section means."""
        words: Mapping[str, Word] = getattr(self, section)
        return {name: word.meaning for name, word in words.items()}


@cache
def vocabulary() -> Vocabulary:
    """Return the fixed words.

    Raises:
        ConfigError: cities/vocabulary.toml is not as it must be; names the key.
    """
    path = resource("cities/vocabulary.toml")
    try:
        return Vocabulary.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as problem:
        raise ConfigError(f"{path} is not as expected: {problem}") from problem


def years(count: int) -> Words:
    """Return a number of years in words."""
    return Words("1 Jahr", "1 year") if count == 1 else Words(f"{count} Jahre", f"{count} years")


@dataclass(frozen=True)
class _Listed:
    """A text that is a word of a section; the JSON schema lists them."""

    section: str

    @property
    def words(self) -> tuple[str, ...]:
        return vocabulary().signs if self.section == "signs" else tuple(getattr(vocabulary(), self.section))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "enum": list(self.words)}

    def _known(self, word: str) -> str:
        if word not in self.words:
            message = f"expected one of {', '.join(self.words)}"
            raise ValueError(message)
        return word


Sign = Annotated[str, _Listed("signs")]
"""What a missing-value sign states."""
Mark = Annotated[str, _Listed("marks")]
"""What a mark beside a figure states."""
Theme = Annotated[str, _Listed("theme")]
Kind = Annotated[str, _Listed("kind")]
Type = Annotated[str, _Listed("type")]
Direction = Annotated[str, _Listed("direction")]
Standardisation = Annotated[str, _Listed("standardisation")]
Aggregation = Annotated[str, _Listed("aggregation")]
Rescaling = Annotated[str, _Listed("rescaling")]
ClassLimits = Annotated[str, _Listed("class_limits")]
