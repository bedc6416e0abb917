"""The command line speaks German or English; what is kept, or read by programs, is the same in both."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from pydantic import BaseModel

from flows.app import cli
from flows.app.doctor import Finding, finding_line
from flows.app.flow_runner import _show
from flows.app.help_texts import help_messages
from flows.app.source_status import source_lines
from flows.app.summary import print_summary
from flows.base.errors import ConfigError
from flows.base.language import language, number_shown, percent_shown, use_language
from flows.base.texts import CATALOGUE, Text, catalogue, entries_of, joined, shown, text, text_count, tr, tr_count
from flows.check.row_words import PUT_TOGETHER, row_words
from flows.pull.deliveries import Delivery
from flows.run import Outcome, Run
from flows.stage.register_contract import _CODE_RULE, _RULES
from tests.check.sql_texts import texts_of_rows

FLOWS = Path(__file__).resolve().parents[2] / "flows"
ENTRIES = dict(entries_of(CATALOGUE.read_text("utf-8")))


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")


@pytest.fixture(scope="module")
def marked() -> set[tuple[str, ...]]:
    """Every text that is marked in the code, alone or as the one for one and the one for many."""
    return set(_marked())


def _marked() -> Iterator[tuple[str, ...]]:
    texts = {"tr": 1, "text": 1, "tr_count": 2, "text_count": 2}
    for path in FLOWS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in texts:
                given = node.args[: texts[node.func.id]]
                if path != FLOWS / "base" / "texts.py":
                    assert all(isinstance(each, ast.Constant) for each in given), f"{path}:{node.lineno}: no literal"
                    yield tuple(str(each.value) for each in given if isinstance(each, ast.Constant))
    yield from ((each,) for each in (*help_messages(cli.app), *PUT_TOGETHER, *texts_of_rows()))


def _fields(message: str) -> list[tuple[str, str]]:
    return sorted((name, spec or "") for _, name, spec, _ in Formatter().parse(message) if name is not None)


def test_every_text_has_its_german_one_and_the_catalogue_has_no_other(marked: set[tuple[str, ...]]) -> None:
    assert {texts[0] for texts in marked} == set(ENTRIES)


def test_the_german_text_has_the_places_of_the_english_one(marked: set[tuple[str, ...]]) -> None:
    wrong = [
        english
        for texts in marked
        for english, said in zip(texts, ENTRIES[texts[0]], strict=True)
        if _fields(texts[-1]) != _fields(ENTRIES[texts[0]][-1]) or not {*_fields(said)} <= {*_fields(english)}
    ]

    assert wrong == []


def test_no_text_stands_twice_in_the_catalogue_and_none_is_empty() -> None:
    written = [english for english, _ in entries_of(CATALOGUE.read_text("utf-8"))]

    assert len(written) == len(set(written))
    assert all(said.strip() for german_ones in ENTRIES.values() for said in german_ones)


def test_texts_that_begin_with_blanks_or_end_with_a_stop_do_so_in_german(marked: set[tuple[str, ...]]) -> None:
    def shape(message: str) -> tuple[int, bool]:
        return len(message) - len(message.lstrip(" ")), message.endswith(".")

    assert [texts for texts in marked if shape(texts[-1]) != shape(ENTRIES[texts[0]][-1])] == []


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de_AT"}, "de"),
        ({"LANG": "de_DE.UTF-8", "FORTSCHREIBUNG_LANG": "en"}, "en"),
        ({"LC_ALL": "en_US", "FORTSCHREIBUNG_LANG": "de"}, "de"),
    ],
    ids=str,
)
def test_the_variable_takes_precedence_over_the_locale(
    variables: dict[str, str], wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORTSCHREIBUNG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert language() == wanted


@pytest.mark.usefixtures("german")
def test_the_option_takes_precedence_over_the_variable() -> None:
    use_language("en")

    assert language() == "en"


@pytest.mark.parametrize(("given", "variable"), [("fr", "de"), (None, "deutsch")])
def test_another_language_is_refused(given: str | None, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", variable)

    with pytest.raises(ConfigError, match=f"expected de or en, found '{given or variable}'"):
        use_language(given)


@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_option_may_stand_anywhere(
    place: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["fortschreibung", "candidates", "kleinstadt"]
    monkeypatch.setattr("sys.argv", [*arguments[:place], "--lang", "de", *arguments[place:], "--home", str(tmp_path)])
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "en")  # to be as it was afterwards
    with pytest.raises(SystemExit):
        cli.main()

    assert capsys.readouterr().out == "Keine Kandidatin von kleinstadt wartet.\n"


@pytest.mark.usefixtures("german")
def test_the_help_of_commands_is_german(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["fortschreibung", "refresh", "--help"])
    with pytest.raises(SystemExit):
        cli.main()
    told = " ".join(capsys.readouterr().out.split())

    assert "Macht die Fortschreibung einer Stadt: abholen, lesen" in told
    assert "7: wartet: eine Lieferung steht aus" in told
    assert "--dry-run" in told


def test_numbers_are_written_as_readers_of_the_language_do(monkeypatch: pytest.MonkeyPatch) -> None:
    written = {}
    for each in ("de", "en"):
        monkeypatch.setenv("FORTSCHREIBUNG_LANG", each)
        audited = tr(
            "{table}: differs; {published:,} rows only in the release, {again:,} only in what was made again",
            table="wert", published=1234, again=2025,
        )  # fmt: skip
        written[each] = [number_shown(1234.5, 1), percent_shown(0.123), re.findall(r"[\d.,]+\d", audited)]

    assert written["de"] == ["1.234,5", "12,3 %", ["1.234", "2.025"]]
    assert written["en"] == ["1,234.5", "12.3 %", ["1,234", "2,025"]]


@pytest.mark.usefixtures("german")
def test_what_is_rounded_to_nothing_has_no_sign() -> None:
    assert (number_shown(-0.04, 1), number_shown(-0.06, 1), number_shown(-3)) == ("0,0", "-0,1", "-3")


@pytest.mark.usefixtures("german")
def test_a_year_is_no_number_to_be_divided() -> None:
    assert tr("{year} is there", year=2024) == "2024 ist da"


@pytest.mark.usefixtures("german")
def test_one_and_many_differ() -> None:
    assert tr_count("1 source", "{count} sources", 1) == "1 Quelle"
    assert tr_count("1 source", "{count} sources", 0) == "0 Quellen"


def test_a_text_is_english_wherever_it_is_kept_and_knows_its_german_one() -> None:
    class Kept(BaseModel):
        words: Text

    said = text("Nothing new: the content is that of {version}.", version="2024.1")
    kept = Kept(words=said)

    assert kept.words.german == "Nichts Neues: Der Inhalt ist der von 2024.1."
    assert json.loads(kept.model_dump_json()) == {"words": "Nothing new: the content is that of 2024.1."}
    assert Kept.model_validate_json(kept.model_dump_json()).words == said
    assert json.dumps([said]) == '["Nothing new: the content is that of 2024.1."]'
    assert (pickle.loads(pickle.dumps(said)).german, copy.deepcopy(said).german) == (said.german, said.german)


def test_texts_in_a_text_are_said_in_the_same_language() -> None:
    outer = text("Not delivered yet: {delivery}", delivery=text("{source} {year}: present", source="SGB II", year=2024))
    both = joined("; ", (outer, text_count("1 source", "{count} sources", 2), "x"))

    assert str(both) == "Not delivered yet: SGB II 2024: present; 2 sources; x"
    assert both.german == "Noch nicht geliefert: SGB II 2024: da; 2 Quellen; x"


@pytest.mark.usefixtures("german")
def test_what_is_not_known_in_german_is_shown_as_it_is() -> None:
    assert shown("tables read") == "tables read"
    assert catalogue().gettext("no such text") == "no such text"


@pytest.mark.usefixtures("german")
def test_progress_is_german_at_the_terminal_and_english_in_the_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(id="kleinstadt-1", city="kleinstadt", root=tmp_path)
    run.folder.mkdir(parents=True)
    run.note("pull", text("not asked: {sources} ({variable} is not set)", sources="sgb2", variable="X_DIR"))
    noted = json.loads((run.folder / "progress.jsonl").read_text("utf-8"))
    _show("pull", Text("started"), 1.25)
    _show("pull", Text(noted["event"], noted["event_de"]), 2)

    assert noted["event"] == "not asked: sgb2 (X_DIR is not set)"
    assert capsys.readouterr().err.splitlines() == [
        "     1,2 s  Abholen (pull)", "            nicht gefragt: sgb2 (X_DIR ist nicht gesetzt)",
    ]  # fmt: skip


@pytest.mark.usefixtures("german")
def test_the_outcome_is_german(capsys: pytest.CaptureFixture[str]) -> None:
    lacking = Delivery(source="sgb2", title_de="SGB II", title_en="SGB II", year=2025, state="overdue", ask="Amt A",
                       until="2026-04-14")  # fmt: skip
    print_summary(Outcome(
        city="k", run="r", published=False, release=None, path=None, content_hash=None, lacking=[lacking],
        reason=text("Nothing new: the content is that of {version}.", version="2024.1"), waiting={"SGB II": ["a", "b"]},
    ))  # fmt: skip

    assert capsys.readouterr().out.splitlines() == [
        "Nichts Neues: Der Inhalt ist der von 2024.1.",
        "Warten auf SGB II: 2 Indikatoren (a, b)",
        "Noch nicht geliefert: SGB II 2025: überfällig seit 15.04.2026; zu fragen: Amt A",
    ]


@pytest.mark.parametrize(
    ("words", "german_words"),
    [
        ("no row for einwohner, sgb2", "keine Zeile für einwohner, sgb2"),
        ("12.5 % from the official figure", "12,5 % neben der amtlichen Zahl"),
        ("at most sgb2 12", "höchstens sgb2 12"),
        ("the pattern \\d{8}", "das Muster \\d{8}"),
        ("an age of 0 to 125 years", "ein Alter von 0 bis 125 Jahren"),
        ("what a city wrote itself", "what a city wrote itself"),
    ],
)
def test_what_a_check_says_of_a_row_is_known_in_german(words: str, german_words: str) -> None:
    assert (str(row_words(words)), row_words(words).german) == (words, german_words)


def test_the_rules_of_a_register_are_known_in_german() -> None:
    assert [rule for rule in (*_RULES.values(), _CODE_RULE) if row_words(rule).german == rule] == []


@pytest.mark.usefixtures("german")
def test_doctor_and_sources_are_german() -> None:
    missing = Finding("pandas", False, text("not installed"), text("Run `make setup`."))
    state = {
        "source": "sgb2", "connector": "http_file", "last_success": None, "newest": None, "files": 0, "relaxed": [],
        "failing_since": "2026-04-14T08:00:00+00:00", "problem": "no answer",
        "delivery": {"year": 2025, "state": "awaited", "until": "2026-04-14", "overdue_since": None, "ask": "Amt A"},
    }  # fmt: skip

    assert finding_line(missing) == "FEHLT pandas: nicht installiert\n      -> `make setup` ausführen."
    assert [" ".join(line.split()) for line in source_lines([state])] == [
        "sgb2 http_file nie abgeholt; noch keine Datei",
        "GESTÖRT seit 14.04.2026 um 10:00 Uhr: no answer",
        "2025 erwartet bis 14.04.2026; zu fragen: Amt A",
    ]
