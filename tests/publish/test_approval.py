"""Where a city wants a second person, a refresh ends with a candidate, which becomes a release by their signature."""

import base64
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from flows.app.commands import approving
from flows.base import files
from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import home_at
from flows.nothing_to_do import already_published
from flows.profile.city import City
from flows.profile.load import load_profile
from flows.publish import approve as deciding
from flows.publish.approve import approve, reject
from flows.publish.candidates import candidates_of
from flows.publish.promote import heal, publish
from flows.publish.release_decisions import rollback, tag
from flows.publish.verify import verify
from flows.release.approval import public_text
from flows.release.catalog import entries_of, latest_release, releases
from tests.parameters import first_of

CITY = "kleinstadt"
MUSTER, SCHMIDT, BUILDER = (Ed25519PrivateKey.generate() for _ in range(3))
pytestmark = pytest.mark.usefixtures("no_exports_built", "profile")


@pytest.fixture
def profile(monkeypatch, tmp_path):
    """The profile of the tiny city: two people may approve."""
    approvers = {"M. Muster": public_text(MUSTER), "E. Schmidt": public_text(SCHMIDT)}
    city = SimpleNamespace(approvers=approvers, approval="second-person")
    monkeypatch.setattr(deciding, "load_profile", lambda _: SimpleNamespace(city=city, folder=tmp_path))
    return city


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """The files of private keys."""
    folder = tmp_path_factory.mktemp("keys")
    for name, key in (("muster", MUSTER), ("schmidt", SCHMIDT), ("builder", BUILDER)):
        (folder / f"{name}.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder


@pytest.fixture(scope="module")
def waiting_once(tmp_path_factory, city_in, homes, no_exports_built):
    root = tmp_path_factory.mktemp("waiting") / "home"
    shutil.copytree(homes(1200), root, symlinks=True)
    city = city_in(root)
    outcome = publish(city.job(), city.run("second", residents=1250), home_at(root), needs_approval=True)
    assert (outcome.published, outcome.version) == (False, None)
    return root, outcome.content_hash


@pytest.fixture
def waiting(waiting_once, home):
    """The content hash of a candidate for 2024.2 in `home`, where 2024.1 is published."""
    shutil.copytree(waiting_once[0], home.root, symlinks=True, dirs_exist_ok=True)
    return waiting_once[1]


def approved(home, content_hash, keys, **otherwise):
    given = {"by": "M. Muster", "why": "Änderungen angesehen", "key": keys / "muster.pem", **otherwise}
    return approve(home, CITY, content_hash, **given)


def checksums(folder):
    return {path.name: files.sha256_of(path) for path in folder.iterdir() if path.is_file()}


def versions(home):
    return [each.version for each in releases(home, CITY)]


def test_a_refresh_ends_with_a_candidate_that_no_reader_sees(home, waiting):
    (candidate,) = candidates_of(home, CITY)

    assert (candidate.content_hash, candidate.manifest.version, candidate.outdated) == (waiting, "2024.2", None)
    assert (candidate.path / "fortschreibung.duckdb").is_file()
    assert candidate.manifest.previous == "2024.1"  # what it is compared with
    assert home.candidates.stat().st_mode & 0o007 == 0
    assert versions(home) == ["2024.1"]
    verify(home, CITY)


def test_the_same_content_is_not_built_twice(home, waiting, city):
    before = candidates_of(home, CITY)[0].path.stat().st_ino
    outcome = publish(city.job(), city.run("again", residents=1250), home, needs_approval=True)

    assert "Nothing new: the content is that of a candidate." in outcome.reason
    assert [each.path.stat().st_ino for each in candidates_of(home, CITY)] == [before]


def test_approved_with_the_key_it_is_the_latest_release_and_the_catalogue_says_by_whom(home, waiting, keys):
    done = approved(home, waiting[:12], keys)

    assert (done.version, done.latest, done.again) == ("2024.2", "2024.2", False)
    entry = entries_of(home.releases / CITY)[-1]
    assert (entry.kind, entry.version, entry.who, entry.why) == (
        "approved", "2024.2", "M. Muster", "Änderungen angesehen",
    )  # fmt: skip
    assert latest_release(home, CITY).approved_by == "M. Muster"
    assert latest_release(home, CITY).published_at == entry.at  # when it came out, not when it was built
    assert candidates_of(home, CITY) == []
    verify(home, CITY)


def test_what_was_built_is_what_comes_out(home, waiting, keys):
    before = {
        path.name: files.sha256_of(path) for path in candidates_of(home, CITY)[0].path.iterdir() if path.is_file()
    }
    release = approved(home, waiting, keys).path

    after = {path.name: files.sha256_of(path) for path in release.iterdir() if path.is_file()}
    assert {name: after[name] for name in after if name != "approval.json"} == before
    assert not release.stat().st_mode & 0o222


def test_asked_again_it_changes_nothing(home, waiting, keys):
    first = approved(home, waiting, keys)
    before = (home.releases / CITY / "catalog.json").read_bytes()

    again = approved(home, waiting, keys, key=None)
    assert (again.version, again.at, again.again) == (first.version, first.at, True)
    assert (home.releases / CITY / "catalog.json").read_bytes() == before


@pytest.mark.parametrize(
    ("otherwise", "words"),
    [
        ({"key": None}, "Expected the private key of M. Muster, found none"),
        ({"by": "E. Schmidt"}, "The signature is not that of E. Schmidt"),
        (
            {"by": "A. Nonym"},
            r"Expected one who may approve .* \(M. Muster, E. Schmidt\), found 'A. Nonym'",
        ),
        ({"why": " "}, "needs a reason"),
        ({"key": None, "signature": "AAAA"}, "The signature is not that of M. Muster"),
    ],
)
def test_without_the_key_of_one_who_may_nothing_is_published(home, waiting, keys, otherwise, words):
    with pytest.raises(ConfigError, match=words):
        approved(home, waiting, keys, **otherwise)
    assert versions(home) == ["2024.1"]
    assert len(candidates_of(home, CITY)) == 1


def test_the_key_that_built_it_does_not_approve_it(homes, home, city, keys, profile, monkeypatch):
    shutil.copytree(homes(1200), home.root, symlinks=True, dirs_exist_ok=True)
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(keys / "builder.pem"))
    waiting = publish(city.job(), city.run("b", residents=1250), home, needs_approval=True).content_hash
    profile.approvers["B. Bau"] = public_text(BUILDER)

    with pytest.raises(ConfigError, match="expected a key that only the second person has"):
        approved(home, waiting, keys, by="B. Bau", key=keys / "builder.pem")
    assert approved(home, waiting, keys).version == "2024.2"
    assert verify(home, CITY).signed["2024.2"] is not None


def test_an_altered_candidate_is_not_published(home, waiting, keys):
    page = candidates_of(home, CITY)[0].path / "index.html"
    page.parent.chmod(0o755)
    page.write_text("something else")

    with pytest.raises(VerificationFailed, match=r"index.html: not in the manifest"):
        approved(home, waiting, keys)
    assert versions(home) == ["2024.1"]


@pytest.mark.thorough
def test_one_that_waited_while_another_came_out_is_judged_anew(home, waiting, keys, city):
    publish(city.job(), city.run("other", residents=1300), home)

    with pytest.raises(VerificationFailed, match=r"2024.2 came out on .* judged with all that is out"):
        approved(home, waiting, keys)
    assert [each.outdated is None for each in candidates_of(home, CITY)] == [False]

    outcome = publish(city.job(), city.run("anew", residents=1250), home, needs_approval=True)
    assert [each.manifest.version for each in candidates_of(home, CITY)] == ["2024.3"]  # the outdated one is gone
    assert approved(home, outcome.content_hash, keys).version == "2024.3"


def test_after_a_rollback_it_is_judged_anew_and_after_a_tag_it_is_not(home, two_published, city, keys):
    waiting = publish(city.job(), city.run("third", residents=1300), home, needs_approval=True).content_hash
    tag(home, CITY, "2024.1", why="cited")
    assert candidates_of(home, CITY)[0].outdated is None
    rollback(home, CITY, "2024.1", why="wrong file")

    with pytest.raises(VerificationFailed, match=r"2024.1 was rolled back to"):
        approved(home, waiting, keys)


def test_one_built_after_a_tag_is_approved_all_the_same(home, waiting, keys):
    tag(home, CITY, "2024.1", why="cited")

    assert approved(home, waiting, keys).version == "2024.2"
    verify(home, CITY)


def test_a_rejection_is_recorded_and_its_content_does_not_come_again(home, waiting, keys, city):
    entry = reject(home, CITY, waiting[:8], by="M. Muster", why="Wohnungen fehlen")

    assert (entry.kind, entry.who, entry.why, entry.content_hash) == (
        "rejected", "M. Muster", "Wohnungen fehlen", waiting,
    )  # fmt: skip
    assert candidates_of(home, CITY) == []
    outcome = publish(city.job(), city.run("again", residents=1250), home, needs_approval=True)
    assert "the content was rejected by M. Muster" in outcome.reason
    with pytest.raises(ConfigError, match=r"was rejected by M. Muster"):
        approved(home, waiting, keys)
    assert reject(home, CITY, waiting, by="M. Muster", why="again") == entry
    verify(home, CITY)
    assert versions(home) == ["2024.1"]


def test_a_rejection_can_be_undone_and_burns_no_number(home, waiting, keys, city):
    reject(home, CITY, waiting, by="M. Muster", why="Wohnungen fehlen")
    reject(home, CITY, waiting, by="M. Muster", why="sie fehlen nicht", undo=True)

    publish(city.job(), city.run("again", residents=1250), home, needs_approval=True)
    assert approved(home, waiting, keys).version == "2024.2"
    assert [each.kind for each in entries_of(home.releases / CITY)] == [
        "release", "rejected", "reconsidered", "release", "approved",
    ]  # fmt: skip


def test_cut_off_where_a_rejected_one_had_the_same_number_it_is_finished_by_asking_again(
    home, waiting, keys, city, monkeypatch
):
    reject(home, CITY, waiting, by="M. Muster", why="Wohnungen fehlen")
    right = publish(city.job(), city.run("right", residents=1260), home, needs_approval=True)

    def ended(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deciding, "recorded", ended)
        with pytest.raises(KeyboardInterrupt):
            approved(home, right.content_hash, keys)
    assert (home.releases / CITY / "2024.2").is_dir()

    assert approved(home, right.content_hash, keys).version == "2024.2"
    verify(home, CITY)
    assert versions(home) == ["2024.1", "2024.2"]


def test_verify_notices_an_approval_that_is_gone_or_altered(home, waiting, keys):
    note = approved(home, waiting, keys).path / "approval.json"
    note.parent.chmod(0o755)
    note.chmod(0o644)
    written = json.loads(note.read_bytes())

    note.write_text(json.dumps(written | {"signature": base64.b64encode(bytes(64)).decode()}))
    with pytest.raises(VerificationFailed, match=r"approval.json: is not signed with the key of M. Muster"):
        verify(home, CITY)
    note.write_text(json.dumps(written | {"by": "E. Schmidt"}))
    with pytest.raises(VerificationFailed, match="is not the approval that the catalogue knows"):
        verify(home, CITY)
    note.unlink()
    with pytest.raises(VerificationFailed, match=r"approval.json: missing, M. Muster approved the release"):
        verify(home, CITY)


def test_a_refresh_with_nothing_new_says_that_a_candidate_waits(home, waiting, monkeypatch):
    city = SimpleNamespace(approval="second-person")
    run = SimpleNamespace(home=home, city=CITY, id="run-2", profile=SimpleNamespace(city=city))

    outcome = already_published(run, "ab" * 32)
    assert outcome.release == "2024.1"  # the tiny city's releases have the same inputs
    manifest = candidates_of(home, CITY)[0].path / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text(manifest.read_text().replace("ab" * 32, "cd" * 32))
    outcome = already_published(run, "cd" * 32)
    assert (outcome.candidate, outcome.published) == (manifest.parent, False)
    assert "waits for the approval of a second person" in outcome.reason


STEPS = {
    "the copy is begun": lambda event, args: event == "os.mkdir" and ".incoming-" in os.fsdecode(args[0]),
    "the approval is written": lambda event, args: event == "open" and str(args[0]).endswith("approval.json"),
    "the release has its name": lambda event, args: event == "os.rename" and os.fsdecode(args[1]).endswith("2024.2"),
    "latest is swapped": lambda event, args: event == "os.rename" and os.fsdecode(args[1]).endswith("latest"),
    "catalog.json is replaced": lambda event, args: event == "os.rename" and "catalog.json" in os.fsdecode(args[1]),
    "the candidate goes": lambda event, args: event == "os.rename" and "candidates" in os.fsdecode(args[0]),
    "its files go": lambda event, args: event == "shutil.rmtree" and "candidates" in os.fsdecode(args[0]),
}


@pytest.mark.parametrize("step", first_of(STEPS))
def test_killed_anywhere_an_approval_is_finished_by_asking_again(home, waiting, keys, step):
    child = os.fork()
    if child == 0:

        def kill_when_due(event, args):
            if STEPS[step](event, args):
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(kill_when_due)
        approved(home, waiting, keys)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL

    done = approved(home, waiting, keys)
    assert (done.version, done.content_hash) == ("2024.2", waiting)
    verify(home, CITY)
    assert [each.kind for each in entries_of(home.releases / CITY)] == ["release", "release", "approved"]
    assert str((home.releases / CITY / "latest").readlink()) == "2024.2"
    assert candidates_of(home, CITY) == []
    heal(home, CITY)
    assert not list((home.releases / CITY).glob(".incoming-*"))


def test_the_commands_list_sign_and_approve(home, waiting, keys, capsys):
    approving.candidates(CITY, home=home.root)
    assert f"{waiting[:12]}  2024.2   made" in capsys.readouterr().out
    approving.candidates(CITY, as_json=True, home=home.root)
    assert json.loads(capsys.readouterr().out)[0]["content_hash"] == waiting

    given = {"by": "E. Schmidt", "why": "gesehen", "home": home.root}
    approving.approve(CITY, waiting, key=keys / "schmidt.pem", sign_only=True, **given)
    signed = capsys.readouterr().out.strip()
    assert versions(home) == ["2024.1"]
    before = time.monotonic()
    approving.approve(CITY, waiting, signature=signed, **given)
    assert capsys.readouterr().out.startswith("2024.2 is published, approved by E. Schmidt on ")
    assert time.monotonic() - before < 20
    approving.approve(CITY, waiting, signature=signed, as_json=True, **given)
    assert json.loads(capsys.readouterr().out)["again"] is True


def test_the_key_is_also_taken_from_the_environment(home, waiting, keys, monkeypatch):
    monkeypatch.setenv("FORTSCHREIBUNG_APPROVAL_KEY", str(keys / "muster.pem"))

    assert approving.approve(CITY, waiting, by="M. Muster", why="gesehen", home=home.root) == 0
    assert versions(home) == ["2024.1", "2024.2"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"approval": "second-person"}, "needs `approvers`"),
        ({"approvers": {"M. Muster": "bm8ga2V5"}}, "expected a public Ed25519 key"),
        ({"approvers": {"A": public_text(MUSTER), "B": public_text(MUSTER)}}, "found the same key twice"),
        ({"approval": "two"}, "Input should be 'none' or 'second-person'"),
    ],
)
def test_a_profile_says_who_may_approve(changes, words):
    written = load_profile("musterstadt").city.model_dump()

    with pytest.raises(ValidationError, match=words):
        City.model_validate(written | changes)


def test_a_release_with_a_forged_approval_is_not_taken_into_the_catalogue(home, waiting, keys, tmp_path):
    approved(home, waiting, keys)
    folder = home.releases / CITY
    entries = json.loads((folder / "catalog.json").read_bytes())
    (folder / "catalog.json").write_text(json.dumps(entries | {"entries": entries["entries"][:1]}))  # cut off
    note = folder / "2024.2" / "approval.json"
    note.chmod(0o644)
    note.write_text(note.read_text().replace("M. Muster", "E. Schmidt"))

    with pytest.raises(VerificationFailed, match=r"approval.json: is not signed with the key of E. Schmidt"):
        heal(home, CITY)
    assert Path(folder / "latest").readlink() == Path("2024.2")
