"""A release is the same in whatever language the machine that makes it speaks; so is JSON about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.app import cli
from flows.base.home import home_at
from flows.profile.load import shared_codebook
from flows.publish.promote import publish
from flows.release.catalog import releases
from tests.publish.tiny_city import TinyCity

PAGES = (".html", ".js", ".json", ".csv", ".qml", ".svg", ".ttl")
OF_ITS_MAKING = {"manifest.json", "datapackage.json", "dcat.ttl", "dcat.json"}
"""They say when they were made."""


def _published(root: Path) -> Path:
    city = TinyCity(root)
    publish(city.job(), city.run("one"), home_at(root))
    (release,) = releases(home_at(root), "kleinstadt")
    return release.path


def _pages(release: Path) -> dict[str, str]:
    return {
        path.relative_to(release).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in release.rglob("*")
        if path.suffix in PAGES and path.name not in OF_ITS_MAKING
    }


@pytest.mark.thorough
def test_pages_files_and_content_hash_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {}
    for language in ("de", "en"):
        monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
        made[language] = _published(tmp_path / language)

    german, english = (_pages(made[language]) for language in ("de", "en"))
    assert len(german) > 20
    assert [name for name, digest in german.items() if english.get(name) != digest] == []
    hashes = {releases(home_at(tmp_path / each), "kleinstadt")[0].content_hash for each in made}
    assert len(hashes) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("releases",), ("verify", "--quick"), ("retention",), ("audit",), ("index", "bedarf"), ("types",),
        ("budget", "--sum", "1000", "--by", "bedarf"), ("candidates",),
    ],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_json_is_the_same(
    arguments: tuple[str, ...], homes: Callable[..., Path], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    command, *options = arguments
    monkeypatch.setattr("flows.profile.load.load_profile", lambda _: SimpleNamespace(codebook=shared_codebook()))
    said = []
    for language in ("de", "en"):
        monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
        given = ["fortschreibung", command, "kleinstadt", *options, "--json", "--home", str(homes(1200))]
        monkeypatch.setattr("sys.argv", given)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said.append((ended.value.code, capsys.readouterr().out))

    assert said[0] == said[1]
    assert said[0][0] in (0, 4)  # what a test made up was never protected, which the audit finds
