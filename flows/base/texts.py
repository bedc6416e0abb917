"""The texts that a person reads at the terminal, in German or English.

The texts in the code are the English ones; flows/base/de.po has the German one of each, a catalogue as the tools of
gettext know it. A test finds all that is marked by the functions here, and that each has its German text.

`tr` and `tr_count` are for what is printed at once. `text` and `text_count` are for what is also kept or handed on:
such a text is its English self in records, in JSON and in errors, in any locale, and German where a person is `shown`
it.
"""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from flows.base.german_numbers import german
from flows.base.language import language

CATALOGUE = Path(__file__).with_name("de.po")
_SAID = re.compile(r'^(msgid|msgid_plural|msgstr\S*) ("[^\n]*"(?:\n"[^\n]*")*)$', re.MULTILINE)
"""A keyword of a .po file with what is said, in one line or several; one pattern, since most commands read the file."""


class Text(str):
    """An English text that knows how it is said in German."""

    __slots__ = ("german",)
    german: str

    def __new__(cls, english: str, german: str | None = None) -> Text:
        """Return the text; without a German one it is the same in both languages."""
        made = super().__new__(cls, english)
        made.german = english if german is None else german
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override] # of str, which has one language
        """Return what a copy is made of, in this process or in another."""
        return str(self), self.german

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> Any:
        """Let a model keep both languages while it lives, and write the English one."""
        from pydantic_core import core_schema  # noqa: PLC0415 -- a reader of releases has no Pydantic

        return core_schema.no_info_plain_validator_function(
            lambda said: said if isinstance(said, cls) else cls(said),
            serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json"),
        )


def tr(message: str, /, **values: object) -> str:
    """Return a text in the language of this process; `message` is English, with the names of values in braces."""
    if language() == "de":
        return _GERMAN.vformat(catalogue().gettext(message), (), values)
    return _ENGLISH.vformat(message, (), values)


def tr_count(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the text for one or for many, whichever `{count}` is, in the language of this process."""
    return shown(text_count(one, many, count, **values))


def translated(message: str) -> str:
    """Return a text that stands in a table or a docstring in the language of this process."""
    return catalogue().gettext(message) if language() == "de" else message


def text(message: str, /, **values: object) -> Text:
    """Return a text in both languages."""
    return _filled(message, catalogue().gettext(message), values)


def text_count(one: str, many: str, count: int, /, **values: object) -> Text:
    """Return the text for one or for many, whichever `{count}` is, in both languages."""
    english = one if count == 1 else many
    return _filled(english, catalogue().ngettext(one, many, count), {"count": count, **values})


def shown(words: str) -> str:
    """Return a text in the language of this process, as far as it knows that one."""
    return german_of(words) if language() == "de" else str(words)


def german_of(words: str) -> str:
    """Return a text in German, as far as it knows that."""
    return words.german if isinstance(words, Text) else words


def in_german(value: Any) -> Any:
    """Return what is made of texts, lists and dicts with each text in German, as JSON has what a release says."""
    if isinstance(value, Mapping):
        return {name: in_german(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [in_german(each) for each in value]
    return german_of(value) if isinstance(value, str) else value


def joined(between: str, parts: Iterable[str]) -> Text:
    """Return texts one after the other, with another between them."""
    known = list(parts)
    return Text(str(between).join(known), german_of(between).join(map(german_of, known)))


@cache
def catalogue() -> gettext.NullTranslations:
    """Return the German texts."""
    return _Catalogue(dict(entries_of(CATALOGUE.read_text(encoding="utf-8"))))


class _Catalogue(gettext.NullTranslations):
    """What was read of a .po file; German has a plural where English has one."""

    def __init__(self, entries: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self._entries = entries

    def gettext(self, message: str) -> str:
        return self._entries.get(message, (message,))[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._entries.get(msgid1, (msgid1, msgid2))[n != 1]


def entries_of(po: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield of each entry of a .po file the English text and the German one, or that for one and that for many."""
    english = ""
    said: list[str] = []
    for keyword, written in _SAID.findall(po):
        value = written[1:-1].replace('"\n"', "")
        if "\\" in value:
            value = json.loads(f'"{value}"')
        if keyword == "msgid":
            if english:
                yield english, tuple(said)
            english, said = value, []
        elif keyword != "msgid_plural":
            said.append(value)
    if english:
        yield english, tuple(said)


def _filled(english: str, in_german: str, values: Mapping[str, object]) -> Text:
    return Text(_ENGLISH.vformat(english, (), values), _GERMAN.vformat(in_german, (), values))


class _Values(Formatter):
    """Writes values as English readers do."""

    def get_field(self, field_name: str, _args: object, kwargs: Any) -> tuple[object, str]:
        return kwargs[field_name], field_name


class _GermanValues(_Values):
    """Writes values as German readers do; a number without a format, such as a year, is as it is."""

    def format_field(self, value: Any, format_spec: str) -> str:
        written = format(german_of(value) if isinstance(value, str) else value, format_spec)
        return german(written) if isinstance(value, int | float) and format_spec else written


_ENGLISH, _GERMAN = _Values(), _GermanValues()
