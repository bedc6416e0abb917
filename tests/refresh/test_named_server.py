"""A refresh asks Prefect's settings where Prefect itself will, before it is imported."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from flows.app import flow_runner
from flows.base.home import Home


def test_a_server_of_the_users_own_prefect_profile_gets_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data folder has a Prefect home of its own, and the flow would not use that server either."""
    (own := tmp_path / "user" / ".prefect").mkdir(parents=True)
    (own / "profiles.toml").write_text(
        'active = "private"\n[profiles.private]\nPREFECT_API_URL = "http://127.0.0.1:9/api"\n', encoding="utf-8"
    )
    for name in ("PREFECT_HOME", "PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    seen = []

    class Reached(Exception):  # noqa: N818 -- ends the refresh before it does anything
        pass

    def begun(_run: object, *, reported: bool) -> nullcontext[None]:
        seen.append(reported)
        raise Reached

    monkeypatch.setattr("flows.begun.begun", begun)
    with pytest.raises(Reached):
        flow_runner.run_refresh(
            "musterstadt", Home(tmp_path / "data"), from_dir=tmp_path, stichtag=None, dry_run=False, no_cache=False
        )
    assert seen == [False]
