"""The pages of a release in a real browser: no error on the console, and nothing is asked of any other machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from tests.axe import violations
from tests.browser import BROWSER, dom_when
from tests.refresh.conftest import Office

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine; .ci/run installs one"),
]


class Opened(NamedTuple):
    """What a page said, and asked for itself (Chromium's own services, which it looks for, do not count)."""

    text: str
    console: list[str]
    requests: list[str]
    arrived: bool


def opened(address: str, folder: Path, until: str = "body") -> Opened:
    """Open a page headless, with the network log on, until an element fits `until`."""
    log = folder / "net.json"
    text, said = dom_when(
        until, address, folder,
        "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--enable-logging=stderr", "--v=0", f"--log-net-log={log}", "--net-log-capture-mode=Everything",
    )  # fmt: skip
    console = [line for line in said if ":CONSOLE" in line]
    content = json.loads(log.read_bytes())
    kinds = {number: name for name, number in content["constants"]["logEventTypes"].items()}
    asked = [
        event["params"] for event in content["events"]
        if kinds[event["type"]] == "URL_REQUEST_START_JOB" and "url" in event.get("params", {})
    ]  # fmt: skip
    by_the_page = [each["url"] for each in asked if each["initiator"] != "not an origin"]
    return Opened(text, console, by_the_page, arrived=address in {each["url"] for each in asked})


@pytest.fixture
def address(two_releases: Office) -> Iterator[str]:
    """The newest release, served as an office would put it on its intranet."""
    release = two_releases.home / "releases" / "musterstadt" / "2024.2"

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *given: object) -> None:
            super().__init__(*given, directory=str(release))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("atlas/index.html", "Bedarfsindex"),
        ("codebook.html", "Codebuch Musterstadt"),
        ("changes.html", "2024.2 gegen 2024.1"),
        ("disclosure.html", "was 2024.2 nicht zeigt"),
        ("checks/index.html", "Prüfungen 2024.2"),
    ],
)
def test_a_page_opens_without_an_error_and_asks_no_other_machine(
    address: str, tmp_path: Path, page: str, words: str
) -> None:
    found = opened(f"{address}/{page}", tmp_path)

    assert words.lower() in found.text.lower()
    assert found.console == []
    assert found.arrived, "the network log holds the page itself"
    assert [url for url in found.requests if not url.startswith((address, "data:"))] == []


@pytest.mark.thorough
@pytest.mark.parametrize("dark", [False, True])
def test_no_page_keeps_anybody_out(two_releases: Office, tmp_path: Path, dark: bool) -> None:
    root, profile = tmp_path / "root", tmp_path / "profile"
    shutil.copytree(two_releases.home / "releases" / "musterstadt" / "2024.2", root / "2024.2")
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    shutil.copyfile(two_releases.home / "releases" / "musterstadt" / "index.html", root / "index.html")
    pages = sorted(page.relative_to(root).as_posix() for page in root.rglob("*.html"))

    assert {"index.html", "2024.2/index.html", "2024.2/checks/index.html", "2024.2/codebook.html"} <= set(pages)
    assert violations(root, pages, profile, dark=dark) == []


def test_axe_sees_what_keeps_people_out(tmp_path: Path) -> None:
    """The test of the test: a picture without words, and pale text."""
    (tmp_path / "bad.html").write_text(
        '<!DOCTYPE html><html lang="de"><title>-</title><main><h1>-</h1><img src="data:,">'
        '<p style="color: #ccc; background: #fff">blass</p></main></html>', "utf-8",
    )  # fmt: skip
    found = violations(tmp_path, ["bad.html"], tmp_path / "profile")

    assert {line.split(": ")[1].split(" at ")[0] for line in found} == {"image-alt", "color-contrast"}


def test_the_check_report_opens_from_the_disk(two_releases: Office, tmp_path: Path) -> None:
    page = two_releases.home / "releases" / "musterstadt" / "2024.2" / "checks" / "index.html"

    found = opened(page.as_uri(), tmp_path)

    assert found.console == []
    assert [url for url in found.requests if not url.startswith(("file:", "data:"))] == []


def test_a_page_that_breaks_the_rules_is_noticed(tmp_path: Path) -> None:
    """The test of the test: a script that fails and an image from elsewhere both show."""
    page = tmp_path / "bad.html"
    page.write_text('<!DOCTYPE html><img src="http://127.0.0.1:9/x.png"><script>nowhere()</script>', "utf-8")
    found = opened(page.as_uri(), tmp_path)

    assert any("nowhere is not defined" in line for line in found.console)
    assert "http://127.0.0.1:9/x.png" in found.requests
