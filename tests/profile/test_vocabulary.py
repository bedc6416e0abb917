"""Every fixed word has one home, cities/vocabulary.toml; code and SQL read it from there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.profile import vocabulary as vocabulary_module
from flows.profile.codebook import Merkmal
from flows.profile.dialect import Dialect
from flows.profile.vocabulary import vocabulary

FLOWS = Path(vocabulary_module.__file__).parents[1]

NAMES_EACH_EVENT = {
    "flows/space/events.py",  # decides which event it was
    "flows/pages/impact_page.py",  # a colour for each
    "sql/protect/raum_ereignis.sql",  # a sentence for each
}


def lists_of(words: tuple[str, ...]) -> list[str]:
    """Return the files of code and SQL in which more than two of `words` stand as texts."""
    files = [*FLOWS.rglob("*.py"), *resource("sql").rglob("*.sql"), *resource("expectations").glob("*.json")]
    quoted = re.compile("['\"](" + "|".join(words) + ")['\"]")
    root = FLOWS.parent
    return [
        path.relative_to(root).as_posix()
        for path in files
        if len(set(quoted.findall(path.read_text("utf-8")))) > 2 and "bundled" not in path.parts
    ]


def test_methods_are_listed_nowhere_else() -> None:
    assert lists_of(tuple(vocabulary().method)) == []


def test_events_are_listed_only_where_each_means_something_else() -> None:
    assert set(lists_of(tuple(vocabulary().event))) == NAMES_EACH_EVENT


def test_what_a_missing_value_sign_states_is_listed_nowhere_else() -> None:
    assert lists_of(vocabulary().signs) == []


def test_a_status_is_listed_only_where_it_is_decided_and_where_a_release_is_guarded() -> None:
    found = set(lists_of(tuple(vocabulary().status)))
    assert found == {"sql/transform/indikator_wert.sql", "sql/protect/wert_alle.sql", "flows/release/release_tables.py"}


def test_methods_are_ranked_from_sure_to_unsure_without_gaps() -> None:
    ranks = [method.rank for method in vocabulary().method.values() if method.rank is not None]
    assert ranks == list(range(1, len(ranks) + 1))


def test_a_sign_that_is_not_of_the_vocabulary_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="expected one of nichts, unbekannt, unsicher, spaeter, sinnlos"):
        Dialect(missing={"?": "egal"})


def test_a_theme_that_is_not_of_the_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of bevoelkerung, haushalte"):
        Merkmal(label_de="a", label_en="a", unit="a", kind="bestand", theme="wetter", protected=True)


def test_a_broken_vocabulary_names_its_file_and_key(tmp_path, monkeypatch) -> None:
    (tmp_path / "cities").mkdir()
    text = resource("cities/vocabulary.toml").read_text("utf-8").replace("rank = 1", "rnak = 1")
    (tmp_path / "cities" / "vocabulary.toml").write_text(text, "utf-8")
    monkeypatch.setattr(vocabulary_module, "resource", lambda name: tmp_path / name)
    with pytest.raises(ConfigError, match=r"vocabulary\.toml is not as expected(.|\n)*rnak"):
        vocabulary.__wrapped__()
