"""An office signs its releases; verify says whose signature it is, and notices when it does not hold."""

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import home_at
from flows.publish import promote
from flows.publish.promote import publish
from flows.publish.verify import verify
from flows.release.signature import PUBLIC_KEYS, fingerprint, public_keys

CITY = "kleinstadt"
COMMAND = Path(sys.executable).with_name("fortschreibung")


def pem(key, password=None):
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def once_signed(tmp_path_factory, city_in):
    """A home with one signed release, only to be copied, and the key."""
    root, made = tmp_path_factory.mktemp("signed"), Ed25519PrivateKey.generate()
    (root / "office.pem").write_bytes(pem(made))
    city = city_in(root / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(promote, "subprocess", subprocess)  # what a release holds is shown by the real builder
        patch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(root / "office.pem"))
        publish(city.job(), city.run("a"), home_at(city.root))
    return city.root, made


@pytest.fixture
def key(tmp_path, monkeypatch, once_signed):
    """The office's key, where the environment says it is."""
    (tmp_path / "office.pem").write_bytes(pem(once_signed[1]))
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(tmp_path / "office.pem"))
    return once_signed[1]


@pytest.fixture
def signed(home, key, once_signed):
    """The releases of a home with one signed release."""
    shutil.copytree(once_signed[0], home.root, symlinks=True, dirs_exist_ok=True)
    return home.releases / CITY


def writable(path):
    path.parent.chmod(0o755)
    path.chmod(0o644)
    return path


def off(home, **how):
    with pytest.raises(VerificationFailed) as caught:
        verify(home, CITY, **how)
    return str(caught.value)


def test_a_signed_release_verifies_and_says_with_which_key(signed, home, key):
    assert verify(home, CITY).signed == {"2024.1": fingerprint(key.public_key())}
    assert [fingerprint(each) for each in public_keys(signed / PUBLIC_KEYS)] == [fingerprint(key.public_key())]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_confirms_the_signature_without_this_program(signed, tmp_path):
    (tmp_path / "raw.sig").write_bytes(base64.b64decode((signed / "2024.1" / "manifest.sig").read_bytes()))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", signed / PUBLIC_KEYS, "-rawin",
               "-in", signed / "2024.1" / "manifest.json", "-sigfile", tmp_path / "raw.sig"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in done.stdout, done.stderr


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_key_that_openssl_made_signs(city, home, tmp_path, monkeypatch):
    made = tmp_path / "made.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", made], check=True, capture_output=True)
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(made))
    publish(city.job(), city.run("a"), home)
    assert verify(home, CITY).signed["2024.1"] is not None


def test_the_private_key_is_in_no_file_of_the_releases(signed, key):
    secret = (key.private_bytes_raw(), pem(key).split(b"\n")[1], base64.b64encode(key.private_bytes_raw()))
    files = [path for path in signed.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 50
    assert not [path for path in files if any(each in path.read_bytes() for each in secret)]


def test_a_manifest_that_was_altered_with_its_catalogue_does_not_carry_the_signature(signed, home):
    manifest = writable(signed / "2024.1" / "manifest.json")
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    assert "manifest.sig: is not the signature of this manifest" in off(home)


def test_a_removed_and_a_foreign_signature_are_noticed(signed, home):
    signature = writable(signed / "2024.1" / "manifest.sig")
    foreign = Ed25519PrivateKey.generate().sign((signed / "2024.1" / "manifest.json").read_bytes())
    signature.write_bytes(base64.b64encode(foreign))
    assert "manifest.sig: is not the signature of this manifest" in off(home)
    signature.write_text("no signature at all")
    assert "manifest.sig: is not the signature of this manifest" in off(home)
    signature.unlink()
    assert "manifest.sig: missing, the manifest says that it was signed" in off(home)


def test_the_key_that_one_has_from_elsewhere_counts_and_not_the_one_beside_the_releases(signed, home, key, tmp_path):
    ours, others = tmp_path / "ours.pem", tmp_path / "others.pem"
    ours.write_bytes(public_pem(key))
    others.write_bytes(public_pem(Ed25519PrivateKey.generate()))
    assert verify(home, CITY, key=ours).versions == ("2024.1",)
    assert f"is not in {others}" in off(home, key=others)
    with pytest.raises(ConfigError, match="found none"):
        verify(home, CITY, key=tmp_path / "nowhere.pem")
    others.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    with pytest.raises(ConfigError, match="expected public Ed25519 keys"):
        verify(home, CITY, key=others)


def test_an_unsigned_release_is_fine_unless_a_key_is_named(home, tmp_path, one_published):
    assert verify(home, CITY).signed == {"2024.1": None}
    (tmp_path / "key.pem").write_bytes(public_pem(Ed25519PrivateKey.generate()))
    assert "2024.1: manifest.json: is not signed" in off(home, key=tmp_path / "key.pem")


@pytest.mark.thorough
def test_after_a_change_of_keys_the_releases_signed_before_still_verify(city, home, signed, key, tmp_path):
    second = Ed25519PrivateKey.generate()
    (tmp_path / "office.pem").write_bytes(pem(second))
    publish(city.job(), city.run("b", residents=1250), home)
    assert list(verify(home, CITY).signed.values()) == [fingerprint(each.public_key()) for each in (key, second)]


@pytest.mark.thorough
def test_a_key_behind_a_password_signs(city, home, tmp_path, monkeypatch):
    (tmp_path / "locked.pem").write_bytes(pem(Ed25519PrivateKey.generate(), b"geheim"))
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(tmp_path / "locked.pem"))
    run = city.run("a")
    with pytest.raises(ConfigError, match="FORTSCHREIBUNG_SIGNING_PASSWORD"):
        publish(city.job(), run, home)
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_PASSWORD", "geheim")
    publish(city.job(), run, home)
    assert verify(home, CITY).signed["2024.1"] is not None


@pytest.mark.parametrize("content", [None, b"nonsense", "rsa"])
def test_a_key_that_cannot_sign_stops_before_anything_is_built(city, home, tmp_path, monkeypatch, content):
    path = tmp_path / "wrong.pem"
    if content == "rsa":
        content = pem(generate_private_key(65537, 2048))
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(path))
    with pytest.raises(ConfigError, match="expected a private Ed25519 key") as caught:
        publish(city.job(), city.run("a"), home)
    assert content is None or content.decode() not in str(caught.value)
    assert not list((home.releases / CITY).glob("20*"))


def test_a_private_key_among_the_releases_is_refused(city, home, monkeypatch):
    path = home.releases / "office.pem"
    path.write_bytes(pem(Ed25519PrivateKey.generate()))
    monkeypatch.setenv("FORTSCHREIBUNG_SIGNING_KEY", str(path))
    with pytest.raises(ConfigError, match="among the releases, which are public"):
        publish(city.job(), city.run("a"), home)


def test_the_command_says_who_signed_and_what_is_off(signed, home, key, tmp_path):
    def said(*more):
        return subprocess.run(
            [COMMAND, "verify", CITY, *more, "--home", home.root], capture_output=True, text=True, check=False,
            env={name: value for name, value in os.environ.items() if name != "FORTSCHREIBUNG_SIGNING_KEY"},
        )  # fmt: skip

    assert f"2024.1: signed with the key {fingerprint(key.public_key())}" in said().stdout
    answer = json.loads(said("--json").stdout)
    assert (answer["verified"], answer["faults"]) == (["2024.1"], [])
    assert answer["signed_by"] == {"2024.1": fingerprint(key.public_key())}
    writable(signed / "2024.1" / "manifest.sig").unlink()
    done = said("--json")
    assert done.returncode == 4
    assert "2024.1: manifest.sig: missing" in json.loads(done.stdout)["faults"][0]
