"""What a command writes where its user says ends with words where it cannot be written there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.app.commands.reading import diff, map_, report
from flows.app.terminal import must_be_in_a_folder, writing
from flows.base.errors import ConfigError
from flows.base.home import Home

CITY, FULL = "kleinstadt", Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full to write to")
@pytest.mark.parametrize(
    ("option", "run"),
    [
        ("--output", lambda home: map_(CITY, "sgb2_quote", output=FULL, home=home)),
        ("--output", lambda home: report(CITY, output=FULL, home=home)),
        ("--html", lambda home: diff(CITY, "2024.1", "2024.1", html=FULL, home=home)),
    ],
)
@pytest.mark.usefixtures("one_published")
def test_a_full_disk_is_named_with_the_option(home: Home, option: str, run: Callable[[Path], int]) -> None:
    with pytest.raises(
        ConfigError, match=f"{option} /dev/full: nothing can be written there: No space left"
    ) as refused:
        run(home.root)
    assert refused.value.code == "FS-USE-03"


def test_a_folder_without_rights_is_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)

    with pytest.raises(ConfigError, match=r"--output \S+: expected a place that this user may write to"):
        must_be_in_a_folder("--output", tmp_path / "new.svg")
    (tmp_path / "there.svg").touch()
    must_be_in_a_folder("--output", tmp_path / "there.svg")  # a file may be writable in a folder that is not
    with pytest.raises(ConfigError, match=r"--output \S+: expected a place that this user may write to"):
        map_("kleinstadt", "sgb2_quote", output=tmp_path / "new.svg", home=tmp_path)


def test_another_failure_keeps_its_words() -> None:
    with pytest.raises(ValueError, match="no such Indikator"), writing("--output", FULL):
        raise ValueError("no such Indikator")
