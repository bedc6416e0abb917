"""What a page says in German and in English, for tests of how it says it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_ISO, _GERMAN = r"\b\d{4}-\d\d-\d\d\b", r"\b\d\d\.\d\d\.\d{4}\b"
_WITHOUT_END = frozenset({"meta", "link", "input", "br", "img", "wbr", "col"})


class Texts(HTMLParser):
    """The texts of a page by language; what stands in neither counts as German, and code is of none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said = {"de": "", "en": "", "": ""}
        self._within: list[tuple[str, str]] = [("html", "de")]
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag not in _WITHOUT_END:
            language = "" if tag in ("style", "script", "code", "pre") else dict(attrs).get("lang")
            self._within.append((tag, self._within[-1][1] if language is None else language))

    def handle_endtag(self, tag):
        if tag in [name for name, _ in self._within]:
            while self._within.pop()[0] != tag:
                pass

    def handle_data(self, data):
        self.said[self._within[-1][1]] += f"{data} "


def wrong_days(page: str) -> list[str]:
    """Return the days that a page writes otherwise than readers of the language do; it has some in German."""
    said = Texts(page).said
    assert re.search(_GERMAN, said["de"])
    return [
        found
        for language, form in (("de", _ISO), ("en", _GERMAN))
        for found in re.findall(f".{{0,30}}{form}", said[language])
    ]
