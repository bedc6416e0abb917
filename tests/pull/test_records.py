"""Records of the landing zone that several runs add lines to."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.base.errors import FortschreibungError
from flows.publish.same_content import note_same_content, release_made_by
from flows.pull.landing.store import append_line, records_in


def test_a_line_cut_short_and_one_that_lacks_a_key_are_skipped(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    record.write_text('{"a": 1, "b": 2}\n{"a": 1}\n[1]\n{"a": 3, "b"', "utf-8")
    append_line(record, '{"a": 5, "b": 6}')

    assert [*records_in(record, ("a", "b"), "read")] == [{"a": 1, "b": 2}, {"a": 5, "b": 6}]


def test_of_the_same_inputs_the_last_word_counts_and_of_others_nothing_is_known(tmp_path: Path) -> None:
    for version in ("2024.1", "2024.2", "2024.2"):
        note_same_content(tmp_path, "musterstadt", "f", version)

    assert release_made_by(tmp_path, "musterstadt", "f") == "2024.2"
    assert release_made_by(tmp_path, "musterstadt", "g") is None
    assert release_made_by(tmp_path, "berlin", "f") is None
    assert len((tmp_path / "same_content.jsonl").read_text("utf-8").splitlines()) == 2


def test_a_record_that_cannot_be_read_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "same_content.jsonl").mkdir()

    with pytest.raises(FortschreibungError, match="read which inputs make the same content"):
        release_made_by(tmp_path, "musterstadt", "f")
