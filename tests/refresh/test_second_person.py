"""A city that wants a second person: its refresh publishes nothing until the deployment `release` has a signature."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from flows.app.summary import print_summary
from flows.base.home import home_at
from flows.base.resources import resource
from flows.publish.approve import signed
from flows.publish.verify import verify
from flows.release.approval import public_text
from flows.release.catalog import latest_release
from flows.run import Outcome
from tests.refresh.in_process import plain_flows
from tests.refresh.killed_refresh import refreshed

KEY = Ed25519PrivateKey.generate()
CITY = "musterstadt"


@pytest.fixture
def cities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Profiles of one's own, in which Musterstadt wants a second person."""
    shutil.copytree(resource("cities") / CITY, tmp_path / "cities" / CITY)
    written = tmp_path / "cities" / CITY / "city.toml"
    wanted = f'approval = "second-person"\napprovers = {{ "M. Muster" = "{public_text(KEY)}" }}\n'
    written.write_text(wanted + written.read_text("utf-8"), "utf-8")
    monkeypatch.setenv("FORTSCHREIBUNG_CITIES", str(tmp_path / "cities"))
    monkeypatch.setenv("FORTSCHREIBUNG_HOME", str(tmp_path / "data"))
    return written


@pytest.mark.thorough
def test_it_ends_with_a_candidate_that_the_deployment_publishes(
    cities: Path,
    tmp_path: Path,
    small_extracts: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = home_at(tmp_path / "data")
    with plain_flows(monkeypatch):
        done = refreshed(home, small_extracts)
        assert done.candidate is not None
        assert latest_release(home, CITY) is None
        print_summary(Outcome(city=CITY, run="r", published=False, release=None, path=None, content_hash=None,
                              reason=done.reason, candidate=done.candidate))  # fmt: skip
        assert "waits for the approval of a second person" in capsys.readouterr().out

        (tmp_path / "muster.pem").write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        given = {"by": "M. Muster", "why": "gesehen"}
        signature = signed(home, CITY, done.content_hash, key=tmp_path / "muster.pem", **given)
        from flows import deployed  # noqa: PLC0415 -- reads the cities when it is imported

        for _ in range(2):  # the second time changes nothing
            deployed.release.fn(deployed.City(CITY), done.content_hash[:8], signature=signature, **given)
    release = latest_release(home, CITY)
    assert release is not None
    assert (release.version, release.content_hash, release.approved_by) == ("2024.1", done.content_hash, "M. Muster")
    verify(home, CITY)
