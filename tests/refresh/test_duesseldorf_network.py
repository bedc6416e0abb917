"""Düsseldorf over the network, its profile as it stands: its hosts are recordings over loopback."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from flows.base.errors import ConfigError
from flows.profile.load import load_profile
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull
from tests.pull.replay import Heard, Replay, Said
from tests.pull.secure import Tunnel, certified
from tests.refresh.conftest import Office, copy_of

PORTAL, SERVICE = "opendata.duesseldorf.de", "www.regionalstatistik.de"
FILES = "/sites/default/files/"
SOZIALRAEUME, WOHNQUARTIERE = f"{FILES}Sozialräume_WGS84_4326_0.geojson", f"{FILES}wohnquartiere_2021-12-31.geojson"
REST = "/genesisws/rest/2020"
USER, PASSWORD = "kennung-4711", "kennwort-0815"
ADDRESS = {"FORTSCHREIBUNG_DUESSELDORF_WOHNQUARTIERE": f"https://{PORTAL}{WOHNQUARTIERE}"}
ACCOUNT = {"REGIO_USER": USER, "REGIO_PASSWORD": PASSWORD}
PUBLISHED = ("wohnquartier", "sozialraum", "stadtteil", "stadtbezirk", "stadt", "wert", "ausstehend")


@dataclass
class Network:
    """Portal and service, and the settings by which a refresh comes to them."""

    server: Replay
    tunnel: Tunnel
    authority: Path

    @property
    def way(self) -> dict[str, str]:
        """As in an office: a proxy, and a certificate authority of its own."""
        return {
            "HTTPS_PROXY": self.tunnel.url, "https_proxy": self.tunnel.url, "REQUESTS_CA_BUNDLE": str(self.authority),
        }  # fmt: skip

    def asked(self) -> list[tuple[str, str]]:
        """What was asked for since the last look, in the order of the alphabet."""
        found = sorted((one.headers["host"], unquote(one.path)) for one in self.server.heard)
        self.server.heard.clear()
        assert set(self.tunnel.asked_for) <= {f"{PORTAL}:443", f"{SERVICE}:443"}
        return found


@pytest.fixture
def network(real_folder: Path, tmp_path: Path) -> Iterator[Network]:
    """The portal with the two files of the Zuschnitt; the service with its recorded table and its recorded changes."""
    (table,) = (real_folder / "genesis").glob("12411-01-01-4_*_flat.zip")
    (changes,) = (real_folder / "genesis" / "restatis_fixtures").glob("modified1_*.json")
    polygons = {
        SOZIALRAEUME: (real_folder / "duesseldorf" / "sozialraeume_2021-12-31.geojson").read_bytes(),
        WOHNQUARTIERE: (real_folder / "duesseldorf" / "wohnquartiere_2021-12-31.geojson").read_bytes(),
    }

    def portal(one: Heard) -> Said:
        body = polygons[unquote(one.path)]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if one.headers.get("if-none-match") == etag:
            return Said(304, headers={"ETag": etag})
        return Said(200, body, {"Content-Type": "application/octet-stream", "ETag": etag})

    def service(one: Heard) -> Said:
        assert (one.headers["username"], one.headers["password"]) == (USER, PASSWORD)
        if one.path == f"{REST}/catalogue/modifieddata":
            return Said(200, changes.read_bytes(), {"Content-Type": "application/json"})
        assert one.path == f"{REST}/data/tablefile"
        assert one.form["name"] == "12411-01-01-4"
        assert (one.form["regionalvariable"], one.form["regionalkey"]) == ("KREISE", "05111")
        sent = {"Content-Type": "application/zip", "Content-Disposition": f"attachment; filename={table.name}"}
        return Said(200, table.read_bytes(), sent)

    tls, authority = certified([PORTAL, SERVICE], tmp_path)
    server = Replay(lambda one: {PORTAL: portal, SERVICE: service}[one.headers["host"]](one), tls=tls)
    tunnel = Tunnel(int(urlsplit(server.url).port or 0))
    yield Network(server, tunnel, authority)
    tunnel.close()
    server.close()


def published(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """What the latest release says of units and figures."""
    with office.database("duesseldorf") as con:
        return {table: con.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in PUBLISHED}


@pytest.mark.thorough
@pytest.mark.real
def test_over_the_network_comes_what_comes_from_a_folder(
    duesseldorf: Office, network: Network, real_folder: Path, tmp_path: Path
) -> None:
    office = copy_of(duesseldorf, tmp_path)
    ended = office.run("refresh", "duesseldorf", "--from", real_folder, "--json", **network.way)
    assert ended.code == 0, ended.err
    assert network.asked() == [], "--from asks nobody, and needs no account"
    before = published(office)
    assert {level: len(before[level]) for level in ("wohnquartier", "sozialraum", "stadtteil")} == {
        "wohnquartier": 365, "sozialraum": 171, "stadtteil": 50,
    }  # fmt: skip

    ended = office.run("refresh", "duesseldorf", "--json", **network.way, **ADDRESS, **ACCOUNT)
    assert ended.code == 0, ended.err
    assert (
        "not asked: zuordnung, einwohner, haushalte, sgb2, gebaeude (FORTSCHREIBUNG_DUESSELDORF_DIR is not" in ended.err
    )
    assert network.asked() == [
        (PORTAL, SOZIALRAEUME), (PORTAL, WOHNQUARTIERE), (SERVICE, f"{REST}/data/tablefile"),
    ]  # fmt: skip
    assert published(office) == before
    assert len(ended.answer["waiting"]) == 5

    ended = office.run("refresh", "duesseldorf", "--json", **network.way, **ADDRESS, **ACCOUNT)
    assert (ended.code, ended.answer["published"]) == (0, False), "nothing new"
    assert network.asked() == [
        (PORTAL, SOZIALRAEUME), (PORTAL, WOHNQUARTIERE), (SERVICE, f"{REST}/catalogue/modifieddata"),
    ]  # fmt: skip
    states = {one["source"]: one for one in office.run("sources", "duesseldorf", "--json").answer["sources"]}
    assert [name for name, one in states.items() if one["last_success"]] == ["wohnquartiere", "sozialraeume", "amtlich"]
    assert [name for name, one in states.items() if one["failing_since"]] == []


@pytest.fixture
def offline(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process on the way to the recordings, with nothing of Düsseldorf set up."""
    for name, value in network.way.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in (*ADDRESS, *ACCOUNT, "REGIO_TOKEN", "FORTSCHREIBUNG_DUESSELDORF_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.real
def test_all_that_a_refresh_over_the_network_needs_is_named_at_once(offline: None, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as stopped:
        pull(load_profile("duesseldorf"), Landing(tmp_path / "landing"))
    message = str(stopped.value)
    assert "FORTSCHREIBUNG_DUESSELDORF_WOHNQUARTIERE" in message
    assert "REGIO_TOKEN, or in REGIO_USER and REGIO_PASSWORD" in message
    assert "--from DIR" in message
    assert "FORTSCHREIBUNG_DUESSELDORF_DIR" not in message, "what is not required is no mistake"


@pytest.mark.real
def test_the_offices_extracts_come_from_their_folder_beside_the_network(
    offline: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "eingang"
    folder.mkdir()
    (folder / "Haushalte_Baublockseiten_2023.csv").write_text("BAUBLOCKSEITE;HAUSHALTE\n01100001;12\n")
    (folder / "sozialraeume_2021-12-31.geojson").write_text("{}")
    for name, value in {**ADDRESS, **ACCOUNT, "FORTSCHREIBUNG_DUESSELDORF_DIR": str(folder)}.items():
        monkeypatch.setenv(name, value)
    pulled = pull(load_profile("duesseldorf"), Landing(tmp_path / "landing"))
    assert [(one.source, one.name) for one in pulled.lieferungen] == [
        ("wohnquartiere", "wohnquartiere_2021-12-31.geojson"),
        ("sozialraeume", "Sozialräume_WGS84_4326_0.geojson"),
        ("amtlich", "12411-01-01-4.zip"),
        ("haushalte", "Haushalte_Baublockseiten_2023.csv"),
    ]
    assert (pulled.missing, pulled.not_asked) == (["zuordnung", "einwohner", "sgb2", "gebaeude"], {})
    assert pulled.passed_over == [
        "sozialraeume_2021-12-31.geojson: sozialraeume is fetched from its own address; "
        "--from DIR takes it from a folder"
    ]
