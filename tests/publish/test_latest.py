"""Which release `latest` is, from the entries of a catalogue alone."""

import pytest

from flows.release.catalog import Entry, pointing_entry


def latest(*events):
    """Return the version that `latest` is after events such as "2024.1 release"."""
    entries = [
        Entry(
            number=number, kind=kind, version=version, at="2025-03-01T00:00:00+00:00", content_hash=version,
            manifest_sha256="", input_fingerprint="", stichtag_max="2024-12-31", zuschnitt="2020-01-01",
            previous_hash="", who="", why="",
        )
        for number, (version, kind) in enumerate((event.split() for event in events), start=1)
    ]  # fmt: skip
    pointing = pointing_entry(entries)
    return pointing and pointing.version


THREE = ("2024.1 release", "2024.2 release", "2024.3 release")


def test_it_moves_forward_with_every_newer_release():
    assert latest(*THREE) == "2024.3"
    assert latest("2024.1 release", "2023.1 release") == "2024.1"


def test_a_rollback_moves_it_in_any_case():
    assert latest(*THREE, "2024.1 rollback") == "2024.1"
    assert latest(*THREE, "2024.1 rollback", "2024.2 rollback") == "2024.2"


@pytest.mark.parametrize("decision", ["2042.1 withdrawn", "2024.1 rollback"])
def test_after_a_wrong_year_the_right_one_is_newest(decision):
    assert latest("2024.1 release", "2042.1 release", decision, "2025.1 release") == "2025.1"


def test_what_was_rolled_back_from_does_not_come_back_when_the_target_is_withdrawn():
    assert latest(*THREE, "2024.2 rollback", "2024.2 withdrawn") == "2024.1"
    assert latest(*THREE, "2024.2 rollback", "2024.2 removed") == "2024.1"
    assert latest(*THREE, "2024.2 rollback", "2024.1 rollback", "2024.1 withdrawn") is None


def test_what_was_passed_over_by_a_rollback_may_still_be_it():
    assert latest(*THREE, "2024.1 rollback", "2024.1 withdrawn") == "2024.2"


def test_a_rollback_to_it_counts_again():
    back = (*THREE, "2024.2 rollback", "2024.3 rollback")
    assert latest(*back) == "2024.3"
    assert latest(*back, "2024.3 withdrawn") == "2024.1"


def test_a_reinstated_target_is_it_again():
    assert latest(*THREE, "2024.2 rollback", "2024.2 withdrawn", "2024.2 reinstated") == "2024.2"
