"""Recorded answers of GENESIS services, replayed over a loopback server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.pull.connectors.genesis import service
from tests.pull.genesis.answers import MODIFIED, PASSWORD, TABLE, TABLEFILE, USER, by_path, ffcsv
from tests.pull.replay import Heard, Said


def test_a_table_lands_packed_as_it_was_sent(asked, real_folder: Path) -> None:
    sent = next((real_folder / "genesis").glob("12411-01-01-4_*_flat.zip")).read_bytes()
    server, given = asked(lambda _: Said(200, sent, {"Content-Type": "application/zip"}))
    (lieferung,) = given.pull().lieferungen
    assert given.content(lieferung) == sent
    assert lieferung.name == "12411-01-01-4.zip"
    (request,) = server.heard
    assert (request.method, request.path) == ("POST", TABLEFILE)
    assert request.headers["username"] == USER
    assert request.headers["password"].encode("latin-1").decode() == PASSWORD
    assert request.form["name"] == TABLE
    assert (request.form["format"], request.form["compress"], request.form["job"]) == ("ffcsv", "true", "false")
    assert "password" not in request.form


@pytest.mark.thorough
def test_the_recorded_dialogue_of_a_table_too_large_is_spoken_to_its_end(asked, real_folder: Path, monkeypatch) -> None:
    """98, job=true, 99, 405 times not yet, ready, result. (The recording keeps the result's size, not its bytes.)"""
    steps = json.loads((real_folder / "genesis" / "job_sequence_12531-0043.json").read_text(encoding="utf-8"))
    result = next((real_folder / "genesis").glob("12411-01-01-4_*_flat.zip")).read_bytes()
    script: list[tuple[str, dict[str, str], Said]] = []
    for step in steps[:5]:
        path = step["uri"].partition("/rest/2020")[2]
        form = dict(pair.split("=") for pair in step["body"].split("&"))
        recorded = step["response"]
        said = Said(200, json.dumps(recorded).encode(), {"Content-Type": "application/json"})
        if "binary_bytes" in recorded:
            kind, where = recorded["content_type"][0], recorded["disp"][0]
            said = Said(200, result, {"Content-Type": kind, "Content-Disposition": where})
        script += [(path, form, said)] * step.get("repeated", 1)

    def answer(one: Heard) -> Said:
        path, form, said = script[len(server.heard) - 1]
        assert one.path == path
        wanted = {key: form[key] for key in ("name", "job", "selection", "area", "pagelength") if key in form}
        assert wanted.items() <= one.form.items()
        return said

    server, given = asked(
        answer, name="12531-0043", file=r"'12531-0043\.zip'",
        genesis='{ table = "12531-0043", credentials = "AMT", wait_minutes = 30 }', rate_limits="{ at_once = 1 }",
    )  # fmt: skip
    monkeypatch.setattr(service, "LONGEST_PAUSE", 0.001)
    (lieferung,) = given.pull().lieferungen
    assert given.content(lieferung) == result
    assert len(server.heard) == len(script) == 2 + 405 + 1 + 1
    assert list((given.landing.folder / "jobs").iterdir()) == []


@pytest.mark.parametrize(
    ("recording", "told"),
    [
        ("error_61111-0021.json", "status -1: Für die Teiltabelle mit der Metadatenkombination"),
        ("error_63121-0001.json", "status 104: Es gibt keine Objekte zum angegebenen Selektionskriterium"),
    ],
)
def test_a_recorded_error_is_reported_in_the_services_words(
    asked, real_folder: Path, recording: str, told: str
) -> None:
    body = (real_folder / "genesis" / recording).read_bytes()
    server, given = asked(lambda _: Said(200, body, {"Content-Type": "application/json"}))
    assert told in given.refusal()
    assert len(server.heard) == 1, "asking again would not help"
    assert given.objects == []


def test_the_recorded_list_of_what_was_changed_is_understood(asked, table, desk, real_folder: Path) -> None:
    folder = real_folder / "genesis" / "restatis_fixtures"
    recorded = next(folder.glob("modified1_*")).read_bytes()
    changed = Said(200, recorded, {"Content-Type": "application/json"})
    server, given = asked(
        by_path(tablefile=ffcsv(), modifieddata=changed), name="61111-0001", file=r"'61111-0001\.zip'"
    )
    given.pull()
    given.pull()
    assert [one.path for one in server.heard] == [TABLEFILE, MODIFIED, TABLEFILE], "statistic 61111 was changed"
    server, given = asked(
        by_path(tablefile=ffcsv(), modifieddata=changed), name="12411-0001", file=r"'12411-0001\.zip'"
    )
    given.pull()
    given.pull()
    assert [one.path for one in server.heard] == [TABLEFILE, MODIFIED], "12411 was not"
