"""The releases of a city over HTTP: whole, in parts, and nothing else."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer

import pytest

from flows.app.serve import serve
from flows.base.errors import ConfigError
from tests.publish.comparing import CITY


@pytest.fixture
def served(one_published, home):
    """The address of the served releases of the tiny city; beside them lies another folder."""
    (home.releases / "andere").mkdir()
    (home.releases / "andere" / "geheim.txt").write_text("nein", "utf-8")
    found: list[tuple[str, ThreadingHTTPServer]] = []
    there = threading.Event()

    def ready(address: str, server: ThreadingHTTPServer) -> None:
        found.append((address, server))
        there.set()

    thread = threading.Thread(target=serve, args=(home.releases, CITY, 0, ready), daemon=True)
    thread.start()
    assert there.wait(10)
    yield found[0][0]
    found[0][1].shutdown()
    thread.join(10)


def asked(address: str, wanted: str | None = None) -> tuple[int, bytes, str | None]:
    request = urllib.request.Request(address, headers={"Range": wanted} if wanted else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers["Content-Range"]
    except urllib.error.HTTPError as problem:
        return problem.code, b"", problem.headers["Content-Range"]


def test_a_file_comes_whole_and_in_parts(served, one_published):
    content = (one_published / "manifest.json").read_bytes()
    size = len(content)
    address = f"{served}2024.1/manifest.json"
    assert asked(address) == (200, content, None)
    assert asked(address, "bytes=3-9") == (206, content[3:10], f"bytes 3-9/{size}")
    assert asked(address, "bytes=5-") == (206, content[5:], f"bytes 5-{size - 1}/{size}")
    assert asked(address, "bytes=-4") == (206, content[-4:], f"bytes {size - 4}-{size - 1}/{size}")
    assert asked(address, f"bytes={size}-") == (416, b"", f"bytes */{size}")


def test_latest_and_the_page_above_all_releases_are_there(served, one_published):
    assert asked(f"{served}latest/manifest.json")[:2] == (200, (one_published / "manifest.json").read_bytes())
    assert b"2024.1" in asked(served)[1]


@pytest.mark.parametrize("path", ["../andere/geheim.txt", "%2e%2e/andere/geheim.txt", ".lock", "%2elock"])
def test_nothing_else_is_handed_out(served, path):
    assert asked(served + path)[0] == 404


def test_a_city_without_releases_is_said(home):
    with pytest.raises(ConfigError, match="found no folder"):
        serve(home.releases, "nirgends", 0, lambda *_: None)


def test_a_port_that_is_taken_is_said(served, home):
    port = int(served.split(":")[2].partition("/")[0])
    with pytest.raises(ConfigError, match=f"--port {port}: cannot listen there"):
        serve(home.releases, CITY, port, lambda *_: None)
