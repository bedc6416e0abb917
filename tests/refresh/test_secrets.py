"""A whole refresh with secrets: what is in the environment and in Prefect's blocks is nowhere else afterwards."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from flows.musterstadt.server import serve
from tests.pull.replay import Heard, Replay, Said
from tests.refresh.conftest import Office

ROOT = Path(__file__).resolve().parents[2]
USER, PASSWORD, TOKEN = "kennung-4711", "kennwort-0815", "f00dfacecafe4242f00dfacecafe4242"
TABLE = "12411-01-01-4"
GENESIS = f'genesis = {{ table = "{TABLE}", credentials = "AMT" }}'
SAVE = f"from prefect.blocks.system import Secret; Secret(value={TOKEN!r}).save('amt-token', overwrite=True)"
REFRESH = "import sys; from flows.app.cli import main; sys.argv[1:] = ['refresh', 'musterstadt', '--json']; main()"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with a Musterstadt whose official population comes from a GENESIS service."""
    copy = tmp_path / "project"
    for name in ("flows", "sql", "expectations", "cities"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    sources = copy / "cities" / "musterstadt" / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    start = text.index("[source.amtlich]")
    amtlich = (
        text[start:]
        .replace('connector = "http_file"', 'connector = "genesis"')
        .replace('url = "${FORTSCHREIBUNG_MUSTERSTADT_URL}/amtlich/Bevoelkerung.csv"', 'url = "${AMT_URL}"')
        .replace(r"file = 'Bevoelkerung\.csv'", rf"file = '{TABLE}\.zip'")
        .replace(
            "dialect = {", f'genesis = {{ table = "{TABLE}", credentials = "AMT" }}\ndialect = {{ member = "*.csv",'
        )
    )
    sources.write_text(text[:start] + amtlich, encoding="utf-8")
    return copy


@pytest.mark.thorough
@pytest.mark.usefixtures("prefect_is_warm")
def test_no_artefact_of_a_refresh_holds_a_secret(office: Office, project: Path, small_extracts: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(small_extracts / "amtlich" / "Bevoelkerung.csv", f"{TABLE}_flat.csv")

    def answer(one: Heard) -> Said:
        assert one.headers["username"] == TOKEN
        return Said(200, out.getvalue(), {"Content-Type": "application/zip"})

    service = Replay(answer)
    try:
        with serve(small_extracts) as server:
            variables = office.environment | {
                "PYTHONPATH": str(project),
                "FORTSCHREIBUNG_HOME": str(office.home),
                "FORTSCHREIBUNG_MUSTERSTADT_URL": server.url.replace("://", f"://{USER}:{PASSWORD}@"),
                "AMT_URL": service.url,
                "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
            }
            subprocess.run([sys.executable, "-c", SAVE], env=variables, cwd=project, check=True, capture_output=True)
            ended = subprocess.run(
                [sys.executable, "-c", REFRESH], env=variables, cwd=project, check=False, capture_output=True, text=True
            )
    finally:
        service.close()

    assert ended.returncode == 0, ended.stderr
    assert len(service.heard) == 1, "the token came from Prefect's block"
    files = [path for where in (office.root, office.prefect) for path in where.rglob("*") if path.is_file()]
    assert [path for path in files if path.name == "manifest.json"]
    secrets = [secret.encode() for secret in (USER, PASSWORD, TOKEN)]
    telling = [path for path in files if any(secret in path.read_bytes() for secret in secrets)]
    assert telling == []
    assert not [secret for secret in (USER, PASSWORD, TOKEN) if secret in ended.stdout + ended.stderr]
