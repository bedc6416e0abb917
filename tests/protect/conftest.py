"""A city's figures before protection, set by the test; what is read back are the files that leave the office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from flows.base.db import create_stage, insert
from flows.profile.city import City
from flows.profile.codebook import Codebook
from flows.profile.load import Profile
from flows.protect.protect_figures import protect
from flows.stage.catalogue import write_catalogue

DAY = "2020-12-31"
OLD, NEW = "2015-01-01", "2020-01-01"

# Merkmal -> whether a small count of it identifies people
MERKMALE = {
    "einwohner": True, "weiblich": True, "einwohner_0_64": True, "sgb2": True, "wohnungen": True,
    "wohnflaeche_qm": False, "wohnflaeche_qm_groesste": False, "flaeche_km2": False,
}  # fmt: skip

# Merkmal that adds up what single cases contribute -> how many there are, and the largest of them
SUMS = {"wohnflaeche_qm": {"cases": "wohnungen", "largest": "wohnflaeche_qm_groesste"}}

# Indikator -> type, numerator, denominator, class of protection
INDIKATOREN: dict[str, tuple[str, list[str], list[str], str]] = {
    "einwohner": ("anzahl", ["einwohner"], [], "personen"),
    "weiblich": ("anzahl", ["weiblich"], [], "personen"),
    "anteil_weiblich": ("anteil", ["weiblich"], ["einwohner"], "personen"),
    "einwohnerdichte": ("verhaeltnis", ["einwohner"], ["flaeche_km2"], "personen"),
    "veraenderung_einwohner": ("veraenderung", ["einwohner"], [], "personen"),
    "sgb2": ("anzahl", ["sgb2"], [], "leistung"),
    "sgb2_quote": ("anteil", ["sgb2"], ["einwohner_0_64"], "leistung"),
    "wohnflaeche": ("anzahl", ["wohnflaeche_qm"], [], "wohnung"),
    "wohnflaeche_je_person": ("verhaeltnis", ["wohnflaeche_qm"], ["einwohner"], "wohnung"),
    "einwohner_je_wohnung": ("verhaeltnis", ["einwohner"], ["wohnungen"], "frei"),
    "weiblich_und_flaeche": ("verhaeltnis", ["weiblich", "flaeche_km2"], ["wohnungen"], "personen"),
}

LEAST = ("min_numerator", "min_denominator")
Rules = dict[str, tuple[int, int] | dict[str, Any]]
THRESHOLDS: Rules = {"personen": (3, 3), "leistung": (3, 10), "wohnung": (3, 3)}

_TABLES = """
CREATE TABLE indikator_wert (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, indikator_id VARCHAR, wert DOUBLE,
    zaehler DOUBLE, nenner DOUBLE, status VARCHAR, methode VARCHAR, unsicherheit DOUBLE
);
CREATE TABLE schluessel (
    von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, von_id VARCHAR, nach_id VARCHAR,
    merkmal VARCHAR, stichtag DATE, einwohner DOUBLE, anteil DOUBLE, methode VARCHAR
);
CREATE TABLE schluessel_geschaetzt (
    von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, von_id VARCHAR, nach_id VARCHAR,
    merkmal VARCHAR, entlehnt BOOLEAN, stichtag DATE, nah_am DATE, anteil DOUBLE, einwohner DOUBLE, methode VARCHAR,
    faktor DOUBLE, relativ DOUBLE, ungeteilt BOOLEAN, insel BIGINT
);
CREATE TABLE schluessel_streifen (
    von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, von_id VARCHAR, nach_id VARCHAR,
    flaeche_km2 DOUBLE
);
CREATE TABLE ereignis (
    von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, vorgang BIGINT, vorgang_art VARCHAR,
    ereignis VARCHAR, von_id VARCHAR, nach_id VARCHAR, fortgefuehrt BOOLEAN, flaeche_km2 DOUBLE, einwohner DOUBLE,
    grundlage VARCHAR
);
CREATE TABLE raum_dauer (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, dauer_id VARCHAR);
CREATE TABLE kombination_raum (kombination BIGINT, zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR);
CREATE TABLE merkmal_kombination (stichtag DATE, kombination BIGINT, merkmal VARCHAR, wert DOUBLE);
CREATE TABLE stichtag (stichtag DATE, zuschnitt VARCHAR, basis VARCHAR);
CREATE TABLE raum (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, name VARCHAR, gueltig_ab DATE, gueltig_bis DATE,
    flaeche_km2 DOUBLE, geometrie BLOB, eltern MAP(VARCHAR, VARCHAR)
);
CREATE TABLE merkmal_raum (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, merkmal VARCHAR, wert DOUBLE
);
CREATE TABLE schaetzung_teil (
    stichtag DATE, zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, von_id VARCHAR, merkmal VARCHAR, anteil DOUBLE
);
CREATE TABLE schaetzung_ziel (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, ziel_ebene VARCHAR, ziel_id VARCHAR
);
CREATE TABLE merkmal_zuschnitt (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, merkmal VARCHAR, wert DOUBLE
);
CREATE TABLE kombination (basis VARCHAR, basis_id VARCHAR, kombination BIGINT);
CREATE TABLE zu_schaetzen (stichtag DATE, von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR);
CREATE TABLE amtlich_raum (quelle VARCHAR, stichtag DATE, merkmal VARCHAR, raumebene VARCHAR, raum_id VARCHAR);
INSERT INTO merkmal_raum VALUES ('2020-01-01', 'sozialraum', 'A', DATE '2020-12-31', 'einwohner', 2.0);
"""


class Figure(NamedTuple):
    """A published figure."""

    wert: float | None
    zaehler: float | None
    nenner: float | None
    status: str


SUPPRESSED = Figure(None, None, None, "geschuetzt")


class Office:
    """A working database with the figures of one city, and the folder to which protect writes."""

    def __init__(self, con: duckdb.DuckDBPyConnection, target: Path, rules: Rules) -> None:
        self.con, self.target, self.profile = con, target, _profile(rules)
        con.execute("USE memory; DETACH DATABASE IF EXISTS amt; ATTACH ':memory:' AS amt; USE amt")
        write_catalogue(con, self.profile)
        create_stage(con)
        con.execute(_TABLES)
        self.counted: dict[str, int] = {}
        self.same_line = ""
        """The units whose line is the same on every Zuschnitt."""

    def figures(
        self,
        indikator: str,
        *counts: tuple[float | None, float | None],
        status: str = "ok",
        raumebene: str = "sozialraum",
    ) -> None:
        """Add an Indikator of the units A, B, C ... by numerator and denominator; its value is their quotient."""
        rows = [
            {"zuschnitt": NEW, "raumebene": raumebene, "raum_id": unit, "stichtag": DAY, "indikator_id": indikator,
             "wert": None if above is None else above if below is None else 100 * above / below if below else None,
             "zaehler": above, "nenner": below, "status": status, "methode": "exact"}
            for unit, (above, below) in zip("ABCDEFGH", counts, strict=False)
        ]  # fmt: skip
        insert(self.con, "indikator_wert", rows)
        names = {str(row["raum_id"]) for row in rows}
        known = {unit for (unit,) in self.con.execute("SELECT raum_id FROM raum").fetchall()}
        insert(
            self.con, "raum",
            [{"zuschnitt": NEW, "raumebene": raumebene, "raum_id": unit, "name": f"Raum {unit}", "gueltig_ab": NEW}
             for unit in sorted(names - known)],
        )  # fmt: skip

    def counts(self, indikator: str, *counts: float | None, status: str = "ok") -> None:
        """Add an Indikator that is a plain count."""
        self.figures(indikator, *((count, None) for count in counts), status=status)

    def parts(self, von_id: str, **residents: float) -> None:
        """Add the parts of an old unit in new ones by the residents that live in them."""
        whole = sum(residents.values())
        insert(
            self.con, "schluessel",
            [{"von_zuschnitt": OLD, "nach_zuschnitt": NEW, "raumebene": "sozialraum", "von_id": von_id, "nach_id": unit,
              "merkmal": "einwohner", "stichtag": "2019-12-31", "einwohner": count, "methode": "exact",
              "anteil": count / whole if whole else 1 / len(residents)} for unit, count in residents.items()],
        )  # fmt: skip

    def protect(self, note: Callable[[str], None] = lambda _: None) -> dict[str, int]:
        """Run the station."""
        self.con.execute(
            "INSERT INTO stichtag SELECT DISTINCT stichtag, zuschnitt, 'bbs' FROM indikator_wert "
            "WHERE stichtag NOT IN (SELECT stichtag FROM stichtag)"
        )
        self.con.execute(
            "CREATE OR REPLACE TABLE raum_dauer AS "
            "SELECT zuschnitt, raumebene, raum_id, "
            f"if(raum_id IN {('', *self.same_line, '')}, '', zuschnitt || '/') || raum_id AS dauer_id FROM raum"
        )
        self.counted = protect(self.con, self.profile, self.target, review=None, note=note)
        return self.counted

    def rows(self, table: str, columns: str = "*", where: str = "TRUE") -> list[tuple[Any, ...]]:
        """Rows of a published file."""
        return self.con.execute(
            f"SELECT {columns} FROM '{self.target / table}.parquet' WHERE {where} ORDER BY ALL"
        ).fetchall()

    def published(self, indikator: str) -> list[Figure]:
        """The published figures of an Indikator, from unit A on."""
        found = self.rows("wert", "raum_id, wert, zaehler, nenner, status", f"indikator_id = '{indikator}'")
        return [Figure(*row[1:]) for row in found]


def _profile(rules: Rules) -> Profile:
    said = {"label_de": "-", "label_en": "-", "unit": "-", "theme": "raum"}
    level = {"label_de": "-", "label_en": "-", "id_pattern": ".*"}
    city = City.model_validate(
        {
            "id": "kleinstadt", "name": "Kleinstadt (synthetisch)", "synthetic": True, "crs": "EPSG:25832",
            "publisher": "-", "contact": "-", "licence": "-", "licence_url": "-", "attribution": "-",
            "official_band": 0.05,
            "raumebene": [level | {"id": "sozialraum", "membership": "assignment"},
                          level | {"id": "stadtteil", "membership": "assignment"},
                          level | {"id": "stadt", "membership": "city", "city_unit": "S"}],
            "base": {"bbs": {"label_de": "-", "label_en": "-", "id_pattern": ".*"}},
            "zuschnitt": [{"valid_from": OLD, "base": "bbs"}, {"valid_from": NEW, "base": "bbs"}],
            "protection": {name: rule if isinstance(rule, dict) else dict(zip(LEAST, rule, strict=True))
                           for name, rule in rules.items()},
        }
    )  # fmt: skip
    codebook = Codebook.model_validate(
        {
            "merkmal": {name: said | {"kind": "bestand", "protected": small} | SUMS.get(name, {})
                        for name, small in MERKMALE.items()},
            "indikator": {
                name: said | {
                    "description_de": "-", "description_en": "-", "decimals": 1, "type": kind, "numerator": above,
                    "denominator": below, "factor": 1 if kind == "anzahl" else 100, "reference": "stichtag",
                    "source_de": "-", "direction": "neutral", "protection": protection,
                    "lag_years": 1 if kind == "veraenderung" else None,
                }
                for name, (kind, above, below, protection) in INDIKATOREN.items()
            },
        }
    )  # fmt: skip
    return Profile(city, (), codebook, (), Path())


@pytest.fixture(scope="session")
def new_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Office]]:
    """Make an office in place of the one before, with rules by class: (numerator, denominator), or all of them."""
    with duckdb.connect(config={"threads": 1}) as con:
        yield lambda **rules: Office(con, tmp_path_factory.mktemp("publish"), THRESHOLDS | rules)


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    """An office whose thresholds are 3, and 10 for who is counted when benefits are divided by them."""
    return new_office()
