"""Commands call indices, classes and types in the language they speak; JSON and workbooks have the German names."""

import json
import zipfile
from pathlib import Path

import pytest

from flows.app.commands.needs import budget, index
from flows.app.commands.typology import types

CITY = "kleinstadt"


@pytest.fixture(params=["en", "de"])
def lines(request, homes, capsys, monkeypatch):
    """Run a command in a language; return its lines and the language."""
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", request.param)

    def said(command, **options):
        command(CITY, home=homes(1200), **options)
        return capsys.readouterr().out.splitlines()

    return said, request.param


NAMES = {
    "en": {
        "index": "Index of need", "class": "not raised or high", "types": "Settlement types", "type": "Wide (weit)",
    },
    "de": {
        "index": "Bedarfsindex", "class": "nicht erhöht oder hoch", "types": "Siedlungstypen", "type": "Weit (weit)",
    },
}  # fmt: skip


def test_an_index(lines) -> None:
    said, language = lines
    first, _, *rest = said(index)
    assert first.startswith(f"{NAMES[language]['index']}, ")
    assert any(NAMES[language]["class"] in line for line in rest)


def test_types(lines) -> None:
    said, language = lines
    found = said(types)
    assert found[0].startswith(f"{NAMES[language]['types']} (siedlung ")
    assert any(line.startswith(f"{NAMES[language]['type']}: ") for line in found)
    assert any(NAMES[language]["index"] in line for line in found)


def test_a_sum_and_its_workbook(lines, tmp_path: Path) -> None:
    said, language = lines
    found = said(budget, by="bedarf", total="1000", xlsx=tmp_path / "x.xlsx")
    assert NAMES[language]["index"] in found[0]
    assert any(NAMES[language]["class"] in line for line in found)
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "nicht erhöht oder hoch" in texts
    assert "Bedarfsindex" in texts


def test_json_is_the_same(homes, capsys, monkeypatch) -> None:
    def answer(language: str, command, **options) -> str:
        monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
        command(CITY, home=homes(1200), as_json=True, **options)
        return capsys.readouterr().out

    for command, options in ((index, {}), (types, {}), (budget, {"by": "bedarf", "total": "1000"})):
        assert answer("en", command, **options) == answer("de", command, **options)
    assert json.loads(answer("en", index))["indices"][0]["classes"] == ["nicht erhöht", "hoch"]
