"""What deploy/ and its pages say holds: units that systemd reads, containers without rights, commands that run."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from flows import __version__
from flows.base.home import home_at
from tests.refresh.conftest import Office

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]


def settings(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, "utf-8")
    return dict(parser["Service"])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_reads_the_units_without_a_word(tmp_path: Path) -> None:
    for unit in UNITS:
        text = re.sub(r"/opt/fortschreibung/\.venv/bin/\w+", "/bin/true", unit.read_text("utf-8"))
        (tmp_path / unit.name).write_text(text, "utf-8")
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    ours = [line for line in ended.stderr.splitlines() if str(tmp_path) in line or "fortschreibung" in line]
    assert (ended.returncode, ours) == (0, [])


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_has_a_user_and_no_more_rights_than_it_needs(path: Path) -> None:
    service = settings(path)

    wanted = {"User": "fortschreibung", "UMask": "0077", "ProtectSystem": "strict", "NoNewPrivileges": "yes",
              "CapabilityBoundingSet": "", "ProtectHome": "yes", "PrivateTmp": "yes"}  # fmt: skip
    assert {name: service.get(name) for name in wanted} == wanted
    assert "EnvironmentFile" in service
    assert service["ExecStart"].startswith("/opt/fortschreibung/.venv/bin/")


@pytest.mark.parametrize("name", ["server", "worker"])
def test_what_runs_for_years_starts_again_within_its_memory(name: str) -> None:
    service = settings(ROOT / "deploy" / "systemd" / f"fortschreibung-{name}.service")

    assert service["Restart"] in ("always", "on-failure")
    assert re.fullmatch(r"\dG", service["MemoryMax"])


def test_the_containers_have_no_rights_no_secrets_and_one_door() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    services = compose["services"]

    assert set(services) == {"database", "server", "worker"}
    assert [one["ports"] for one in services.values() if "ports" in one] == [["127.0.0.1:4200:4200"]]
    for name in ("server", "worker"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
        assert "mem_limit" in services[name]
        assert services[name]["image"] == f"fortschreibung:{__version__}"
    given = [
        value
        for one in services.values()
        for key, value in one["environment"].items()
        if "PASSWORD" in key or "AUTH" in key
    ]
    assert given
    assert all(value.startswith("${") for value in given)
    assert set(compose["volumes"]) == {
        volume.partition(":")[0] for one in services.values() for volume in one["volumes"]
    }


def test_the_image_is_built_from_files_that_are_there_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    instructions = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]

    kinds = [kind for kind, *_ in instructions]
    assert kinds[0] == "FROM"
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", instructions[0][1])
    assert "USER" in kinds[: kinds.index("CMD")]
    for kind, given in instructions:
        if kind == "COPY":
            assert all((ROOT / source).exists() for source in given.split()[:-1]), given


def test_the_files_of_the_containers_are_those_that_the_checkout_has() -> None:
    copied = " ".join(re.findall(r"^COPY (.*)$", (ROOT / "deploy" / "Dockerfile").read_text("utf-8"), re.MULTILINE))

    for needed in (
        "requirements.lock",
        "Makefile",
        "pyproject.toml",
        "flows",
        "sql",
        "expectations",
        "cities",
        "prefect.yaml",
    ):
        assert needed in copied.split()


def commands_of(page: str) -> str:
    """Return the lines of a page that it says a test runs."""
    return "\n".join(re.findall(r"```sh test\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL))


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.parametrize("page", ["deploying.md", "upgrade.md"])
def test_the_commands_of_the_pages_run_as_they_stand(page: str, one_release: Office, tmp_path: Path) -> None:
    shutil.copytree(one_release.home, tmp_path / "data", symlinks=True)
    home_at(tmp_path / "data")
    program = f'fortschreibung() {{ "{sys.executable}" -c "from flows.app.cli import main; main()" "$@"; }}\n'
    ended = subprocess.run(
        ["bash", "-euc", program + commands_of(page)], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=one_release.environment | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert commands_of(page).count("fortschreibung ") == 3
    assert ended.returncode == 0, ended.stderr
