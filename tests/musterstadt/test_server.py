"""The extract server: what a careful client relies on, and what it must survive."""

import http.client
import socket
import threading
from pathlib import Path

import pytest
import requests
from pydantic import ValidationError

from flows.musterstadt.faults import Fault
from flows.musterstadt.server import ExtractServer, serve

FILE = "wohnen/Wohnungen.csv"
PATIENCE = 60  # seconds


def _get(server: ExtractServer, path: str = FILE, **options) -> requests.Response:
    return requests.get(f"{server.url}/{path}", timeout=PATIENCE, **options)


def test_a_file_comes_whole_with_its_marks(server, shelf: Path) -> None:
    answer = _get(server)
    assert answer.status_code == 200
    assert answer.content == (shelf / FILE).read_bytes()
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Last-Modified"].endswith("GMT")


def test_it_listens_on_loopback_only(server) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    outside = socket.gethostbyname(socket.gethostname())
    if outside.startswith("127."):
        outside = "127.0.0.2"
    with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
        socket.create_connection((outside, server.port), timeout=2)


def test_the_etag_follows_the_content_and_not_the_time(server, shelf: Path) -> None:
    before = _get(server).headers["ETag"]
    content = (shelf / FILE).read_bytes()
    (shelf / FILE).write_bytes(content)
    assert _get(server).headers["ETag"] == before
    (shelf / FILE).write_bytes(content.replace(b"17", b"18"))
    assert _get(server).headers["ETag"] != before


def test_an_unchanged_file_is_not_sent_again_by_etag(server) -> None:
    etag = _get(server).headers["ETag"]
    again = _get(server, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert _get(server, headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_unchanged_file_is_not_sent_again_by_date(server) -> None:
    since = _get(server).headers["Last-Modified"]
    assert _get(server, headers={"If-Modified-Since": since}).status_code == 304
    assert _get(server, headers={"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}).status_code == 200
    assert _get(server, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_the_etag_counts_more_than_the_date(server) -> None:
    since = _get(server).headers["Last-Modified"]
    both = {"If-None-Match": '"other"', "If-Modified-Since": since}
    assert _get(server, headers=both).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=4000-", 4000, 4814), ("bytes=-14", 4800, 4814)],
)
def test_a_part_is_sent_where_a_part_is_asked_for(server, shelf: Path, wanted: str, start: int, stop: int) -> None:
    answer = _get(server, headers={"Range": wanted})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/4814"
    assert answer.content == (shelf / FILE).read_bytes()[start:stop]


def test_a_part_beyond_the_end_is_refused(server) -> None:
    answer = _get(server, headers={"Range": "bytes=9999-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */4814")


def test_a_part_of_an_older_version_is_answered_with_the_whole(server) -> None:
    etag = _get(server).headers["ETag"]
    same = _get(server, headers={"Range": "bytes=10-", "If-Range": etag})
    other = _get(server, headers={"Range": "bytes=10-", "If-Range": '"older"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_head_tells_the_marks_without_the_body(server) -> None:
    answer = requests.head(f"{server.url}/{FILE}", timeout=PATIENCE)
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "4814")


def test_a_folder_answers_with_its_index_and_what_is_missing_with_404(server) -> None:
    assert "synthetisch" in _get(server, "").text
    assert _get(server, "wohnen/").status_code == 404
    assert _get(server, "nothing.csv").status_code == 404


@pytest.mark.parametrize("path", ["/../secret.txt", "/wohnen/../../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd"])
def test_nothing_outside_the_folder_is_served(tmp_path: Path, path: str) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    with serve(tmp_path / "shelf") as server:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        line.request("GET", path)
        assert line.getresponse().status == 404
        line.close()


def test_a_link_that_leads_outside_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "shelf" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with serve(tmp_path / "shelf") as server:
        assert _get(server, "link.txt").status_code == 404


def test_requests_and_answers_are_counted_and_kept(server) -> None:
    etag = _get(server).headers["ETag"]
    _get(server, headers={"If-None-Match": etag})
    assert server.requests == {FILE: 2}
    assert server.answers == {(FILE, 200): 1, (FILE, 304): 1}
    assert [r.headers.get("if-none-match") for r in server.log] == [None, etag]


def test_too_many_requests_say_when_to_come_back(server) -> None:
    server.faults[FILE] = Fault(kind="too_many_requests", seconds=3)
    answer = _get(server)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")


def test_an_error_passes_after_the_given_number_of_times(server) -> None:
    server.faults[FILE] = Fault(kind="server_error", times=2)
    assert [_get(server).status_code for _ in range(4)] == [500, 500, 200, 200]


def test_a_fault_strikes_anew_when_it_is_switched_on_again(server) -> None:
    server.faults[FILE] = Fault(kind="server_error", times=1)
    assert [_get(server).status_code for _ in range(2)] == [500, 200]
    server.faults[FILE] = Fault(kind="empty", times=1)
    assert [len(_get(server).content) for _ in range(2)] == [0, 4814]


def test_a_hanging_answer_meets_the_patience_of_the_client(server) -> None:
    server.faults[FILE] = Fault(kind="hang", seconds=60, times=1)
    with pytest.raises(requests.Timeout):
        requests.get(f"{server.url}/{FILE}", timeout=0.3)
    assert _get(server).status_code == 200


def test_closing_does_not_wait_for_a_hanging_answer(shelf: Path) -> None:
    server = ExtractServer(shelf)
    server.faults[FILE] = Fault(kind="hang", seconds=60)
    with pytest.raises(requests.Timeout):
        requests.get(f"{server.url}/{FILE}", timeout=0.2)
    closing = threading.Thread(target=server.close, daemon=True)
    closing.start()
    closing.join(PATIENCE / 2)
    assert not closing.is_alive()


def test_a_connection_can_be_torn_off_in_mid_body(server) -> None:
    server.faults[FILE] = Fault(kind="reset_mid_body")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        _get(server)


def test_a_truncated_file_can_look_complete(server, shelf: Path) -> None:
    server.faults[FILE] = Fault(kind="truncated")
    answer = _get(server)
    assert answer.status_code == 200
    assert answer.content == (shelf / FILE).read_bytes()[:2407]
    assert answer.headers["Content-Length"] == "2407"


def test_a_truncated_file_can_betray_itself_by_its_length(server) -> None:
    server.faults[FILE] = Fault(kind="truncated_wrong_length")
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    line.request("GET", f"/{FILE}")
    answer = line.getresponse()
    assert answer.getheader("Content-Length") == "4814"
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    line.close()


def test_a_login_page_can_come_in_place_of_the_file(server) -> None:
    server.faults[FILE] = Fault(kind="login_page")
    answer = _get(server)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Anmeldung" in answer.text


def test_an_empty_file_can_come_with_status_200(server) -> None:
    server.faults[FILE] = Fault(kind="empty")
    answer = _get(server)
    assert (answer.status_code, answer.content) == (200, b"")


def test_other_content_can_have_the_same_size_and_date(server) -> None:
    right = _get(server)
    server.faults[FILE] = Fault(kind="same_size_other_content")
    other = _get(server, headers={"If-None-Match": right.headers["ETag"]})
    assert other.status_code == 200
    assert len(other.content) == len(right.content)
    assert other.content != right.content
    assert other.headers["Last-Modified"] == right.headers["Last-Modified"]
    assert other.headers["ETag"] != right.headers["ETag"]


def test_an_etag_can_lie(server) -> None:
    right = _get(server)
    server.faults[FILE] = Fault(kind="lying_etag")
    other = _get(server)
    assert other.content != right.content
    assert other.headers["ETag"] == right.headers["ETag"]
    assert _get(server, headers={"If-None-Match": right.headers["ETag"]}).status_code == 304


def test_a_redirect_can_lead_in_circles(server) -> None:
    server.faults[FILE] = Fault(kind="redirect_loop")
    with pytest.raises(requests.TooManyRedirects):
        _get(server)


def test_a_charset_can_be_wrong(server, shelf: Path) -> None:
    server.faults[FILE] = Fault(kind="wrong_charset")
    answer = _get(server)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-16"
    assert answer.content == (shelf / FILE).read_bytes()


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValidationError):
        Fault(kind="earthquake")


def test_faults_strike_only_their_own_path(server) -> None:
    server.faults[FILE] = Fault(kind="server_error")
    assert _get(server, "index.html").status_code == 200
