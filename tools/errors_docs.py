"""docs/errors.md, made of what flows/base/error_codes.toml says of each code, German first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from flows.base.error_codes import meanings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "errors.md"

_TOP = """\
# Fehler und was zu tun ist

(`make errors` schreibt diese Seite aus `flows/base/error_codes.toml`; ein Test schlägt fehl, wenn sie veraltet ist.
English: [Errors and what to do](#errors-and-what-to-do).)

Jede Fehlermeldung beginnt mit einem Code, etwa `[FS-CONTRACT-03]`; mit `--json` steht er in `error.code`. Die Meldung
selbst sagt, was erwartet und was gefunden wurde, wo, und was zu tun ist. Auf Deutsch (`--lang de`) ist sie deutsch, wo
eine Prüfung anhielt oder der Aufruf nicht zu verstehen war; sonst ist sie englisch, und davor steht, was der Code
bedeutet. Nach jedem Fehler gilt die letzte Fortschreibung weiter, und derselbe Befehl darf
wiederholt werden. Was die Exit-Codes bedeuten, steht in [operation.md](operation.md).
"""

_MIDDLE = """\
# Errors and what to do

Every message of a failure begins with a code such as `[FS-CONTRACT-03]`; with `--json` it stands in `error.code`. The
message says what was expected and what was found, where, and what to do; this page says what it means in general.
After every failure the last release stands, and the same command may be repeated.
"""

KINDS: Mapping[str, tuple[str, str]] = {
    "USE": ("Aufruf", "Use"),
    "CONFIG": ("Profil und Einstellungen", "Profile and settings"),
    "SOURCE": ("Quellen", "Sources"),
    "CONTRACT": ("Lieferungen", "Deliveries"),
    "CHECK": ("Prüfungen", "Checks"),
    "DISCLOSURE": ("Geheimhaltung", "Disclosure control"),
    "RELEASE": ("Fortschreibungen", "Releases"),
    "RUN": ("Läufe", "Runs"),
    "PROGRAM": ("Programm", "Program"),
}
"""What stands in the middle of a code -> the heading, in German and in English."""


def page() -> str:
    """Return docs/errors.md."""
    german = [_TOP, *_tables({code: (each.de, each.todo_de) for code, each in meanings().items()}, 0)]
    english = [_MIDDLE, *_tables({code: (each.en, each.todo_en) for code, each in meanings().items()}, 1)]
    return "\n".join([*german, *english]).rstrip() + "\n"


def _tables(said: Mapping[str, tuple[str, str]], language: int) -> Iterator[str]:
    head = ("Code | was es bedeutet | was zu tun ist", "code | what it means | what to do")[language]
    for kind, titles in KINDS.items():
        yield f"## {titles[language]}"
        yield f"| {head} |"
        yield "|---|---|---|"
        for code, (means, todo) in said.items():
            if code.split("-")[1] == kind:
                yield f"| `{code}` | {means} | {todo} |"
        yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
