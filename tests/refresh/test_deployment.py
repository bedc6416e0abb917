"""The deployment in prefect.yaml, deployed as it stands to a real Prefect server, run by a real process worker."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from flows.musterstadt.server import serve
from tests.refresh.conftest import ROOT, Office
from tests.refresh.test_no_trace import texts_of

SECRET = "fortschreibung:f00dface"
PREFECT = str(Path(sys.executable).with_name("prefect"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_what_works_for(home: Path) -> None:
    """End the processes that a worker has started; they outlive it, and wait for the lost server."""
    mark = f"FORTSCHREIBUNG_HOME={home}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


def documented_settings() -> dict[str, str]:
    """The variables of the file that docs/operation.md has people write."""
    text = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text.partition("<<END\n")[2].partition("\nEND")[0], re.MULTILINE))


@pytest.fixture
def environment(office: Office, prefect_is_warm: None) -> Iterator[dict[str, str]]:
    """The variables of somebody who works with a Prefect server on this machine, set up as documented, which is up."""
    port = free_port()
    settings = {
        name: value.replace("$secret", SECRET).replace("4200", str(port))
        for name, value in documented_settings().items()
    }
    variables = office.environment | settings | {"FORTSCHREIBUNG_HOME": str(office.home)}
    with (office.root / "server.out").open("wb") as out:
        server = subprocess.Popen(
            [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"],
            env=variables, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(lambda: answers(variables["PREFECT_API_URL"]), seconds=180)
        yield variables
    finally:
        end(server)
        end_what_works_for(office.home)


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=2).ok
    except requests.RequestException:
        return False


def wait_for(reached: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.5)


CSV, REGISTER, SHEET, MAP, PREAMBLE = (f"Kanarius-{kind}" for kind in ("Zelle", "Person", "Blatt", "Karte", "Kopf"))

BROKEN = ("soziales/SGBII_2024.csv", "einwohner/EW_Personen_2024.zip", "haushalte/Haushalte_2024.xlsx")


def plant(extracts: Path) -> None:
    """Plant names in every kind of file: in cells that break their contract, and where nothing is read."""
    change(extracts / "soziales" / "SGBII_2024.csv", rb"(?m)^(\d{8};2024;)\d+", rb"\g<1>" + CSV.encode())
    repack(extracts / "einwohner" / "EW_Personen_2024.zip", r".*csv", rb"(2024;)\d+(;m)", rb"\g<1>%s\2", REGISTER)
    number, text = rb'<c r="C5"[^>]*><v>\d+</v></c>', b'<c r="C5" t="inlineStr"><is><t>%s</t></is></c>'
    repack(extracts / "haushalte" / "Haushalte_2024.xlsx", r"xl/worksheets/sheet1.xml", number, text, SHEET)
    repack(extracts / "haushalte" / "Haushalte_2023.xlsx", r"xl/sharedStrings.xml", rb"<t>[^<]*", b"<t>%s", SHEET)
    owner = b'"properties":{"WER":"%s",' % MAP.encode()
    change(extracts / "raum" / "Baublockseiten.geojson", rb'"properties":\{', owner)
    change(extracts / "einwohner" / "EW_Baublockseiten_2015.csv", rb"Amt", PREAMBLE.encode())


def change(path: Path, pattern: bytes, by: bytes) -> None:
    text, times = re.subn(pattern, by, path.read_bytes(), count=1)
    assert times == 1, path
    path.write_bytes(text)


def repack(path: Path, member: str, pattern: bytes, by: bytes, planted: str) -> None:
    """Change a member of an archive."""
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in inside.items():
            planted_in = re.sub(pattern, by % planted.encode(), content, count=1)
            archive.writestr(name, planted_in if re.fullmatch(member, name) else content)


def test_a_worker_publishes_as_documented_and_nothing_confidential_leaves_by_another_way(
    office: Office, environment: dict[str, str], small_extracts: Path
) -> None:
    api = environment["PREFECT_API_URL"]
    session = requests.Session()
    session.auth = tuple(SECRET.split(":"))  # type: ignore[assignment]
    busy = Retry(total=8, status_forcelist=[503], allowed_methods=None, backoff_factor=0.5)  # its database is locked
    session.mount(api, HTTPAdapter(max_retries=busy))

    def prefect(*arguments: str) -> None:
        done = subprocess.run(
            [PREFECT, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def asked(what: str, **body: object) -> list[dict[str, Any]]:
        answer = session.post(f"{api}/{what}/filter", json=body, timeout=60)
        assert answer.ok, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def started(**body: object) -> requests.Response:
        return session.post(f"{api}/deployments/{deployment['id']}/create_flow_run", json=body, timeout=60)

    def ended() -> list[dict[str, str]]:
        own = {"deployment_id": {"any_": [deployment["id"]]}, "state": {"type": {"any_": ["FAILED", "COMPLETED"]}}}
        return [run["state"] for run in asked("flow_runs", flow_runs=own, sort="START_TIME_ASC")]

    prefect("work-pool", "create", "fortschreibung", "--type", "process", "--base-job-template", "work-pool.json")
    prefect("--no-prompt", "deploy", "--all")
    deployment = session.get(f"{api}/deployments/name/fortschreibung-refresh/yearly-refresh", timeout=60).json()
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"] == {"cron": "0 6 1 3 *", "timezone": "Europe/Berlin", "day_or": True}
    assert deployment["parameters"] == {"city": "musterstadt"}
    doctor = office.run("doctor", "--json", **environment)
    assert [one["found"] for one in doctor.answer if one["what"] in ("Prefect server", "telemetry")] == [
        f"{api} takes this user's commands", f"{api} refuses commands of others", "off",
    ]  # fmt: skip
    assert requests.post(f"{api}/flow_runs/filter", json={}, timeout=60).status_code == 401
    asked_for = deployment["parameter_openapi_schema"]["properties"]
    assert asked_for.keys() == {"city", "stichtag", "dry_run"}, "no folder to read from or to write to"
    assert started(parameters={"city": "nirgendwo"}).status_code in (409, 422)

    extracts = shutil.copytree(small_extracts, office.root / "extracts")
    plant(extracts)
    with serve(extracts) as server, (office.root / "worker.out").open("wb") as out:
        worker = subprocess.Popen(
            [PREFECT, "worker", "start", "--pool", "fortschreibung"],
            env=environment | {"FORTSCHREIBUNG_MUSTERSTADT_URL": server.url},
            cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
        try:
            for variables in ({"command": f"touch {office.root}/taken"}, {"env": {"PYTHONSTARTUP": "/etc/passwd"}}):
                assert not started(job_variables=variables).ok, "the work pool lets nobody choose the command"
            assert started().ok
            wait_for(lambda: len(ended()) == 1, seconds=400)
            for broken in (
                "soziales/SGBII_2024.csv",
                "einwohner/EW_Personen_2024.zip",
                "haushalte/Haushalte_2024.xlsx",
            ):
                shutil.copy(small_extracts / broken, extracts / broken)
            assert started().ok
            wait_for(lambda: len(ended()) == 2, seconds=400)
        finally:
            end(worker)

    failed, completed = ended()
    assert (failed["type"], completed["type"]) == ("FAILED", "COMPLETED"), (failed["message"], completed["message"])
    assert "1 check stops the publication: quarantaene (3)" in failed["message"]
    whole = Path(failed["message"].rpartition("The whole message: ")[2])
    quarantined = (whole.parent / "quarantine.csv").read_text(encoding="utf-8")
    assert [name for name in (CSV, REGISTER, SHEET) if name not in quarantined] == []
    (artifact,) = [one["data"] for one in asked("artifacts") if str(office.home) in str(one["data"])]
    assert "2024.1 is published" in artifact
    with office.database() as con:
        assert con.execute("SELECT version FROM _release").fetchone() == ("2024.1",)

    told = [office.prefect, office.home / "releases", office.root / "server.out", office.root / "worker.out"]
    written = [path for one in told for path in (one.rglob("*") if one.is_dir() else [one]) if path.is_file()]
    assert any(path.name == "prefect.db" for path in written), "states, logs, artifacts and variables lie there"
    assert [path for path in written for _, text in texts_of(path) if "Kanarius" in text] == []
    assert not (office.root / "taken").exists()
