"""`fortschreibung budget` on a release: whom it gives what, and whom nothing, in words."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from flows.app.budget_of_release import Asked, budget_of
from flows.app.commands.needs import budget
from flows.base.errors import ConfigError
from flows.base.home import home_at
from flows.index.budget import Terms
from flows.release.reading import release_to_read

CITY = "kleinstadt"


@pytest.fixture
def said(homes, capsys):
    """What the command says of the tiny city, in which 011002 may be in both classes."""

    def run(**options) -> dict:
        assert budget(CITY, by="bedarf", as_json=True, home=homes(1200), **{"total": "1000", **options}) == 0
        found = json.loads(capsys.readouterr().out)
        return found | {"units": {unit["raum_id"]: unit for unit in found["units"]}}

    return run


def test_a_unit_counts_by_its_class_and_one_that_is_left_open_by_the_mean_of_its_classes(said) -> None:
    found = said()
    weights = {name: unit["gewicht"] for name, unit in found["units"].items()}
    assert weights == {"011001": 1, "011002": pytest.approx(1.4), "012001": 2}
    heads = {name: unit["koepfe"] for name, unit in found["units"].items()}
    rate = 1000 / sum(heads[name] * weights[name] for name in heads)
    assert {name: unit["betrag"] for name, unit in found["units"].items()} == pytest.approx(
        {name: rate * heads[name] * weights[name] for name in heads}, abs=0.01
    )
    assert sum(round(100 * unit["betrag"]) for unit in found["units"].values()) == 100_000


def test_beside_an_amount_stands_its_range_by_the_classes_that_hold_90_percent(said) -> None:
    units = said()["units"]
    assert units["011001"]["betrag_von"] == units["011001"]["betrag"] == units["011001"]["betrag_bis"]
    assert units["012001"]["betrag_von"] < units["012001"]["betrag"] == units["012001"]["betrag_bis"]
    assert units["011002"]["betrag_von"] < units["011002"]["betrag"] < units["011002"]["betrag_bis"]


def test_weights_of_the_classes_can_be_chosen(said) -> None:
    units = said(weights=[0.0, 1.0], floor="10")["units"]
    assert units["011001"]["betrag"] == 10


def test_a_table_for_people_and_a_workbook_say_what_was_distributed(
    homes, capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")
    file = tmp_path / "budget.xlsx"
    budget(CITY, by="bedarf", total="1000", home=homes(1200), xlsx=file)
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(
        "1.000,00 Euro nach Bedarfsindex (Version 1) je einwohner, am 2024-12-31 (kleinstadt 2024.1)"
    )
    assert out[1].startswith("Gewicht je Kopf: nicht erhöht 1, hoch 2. Einen Stichtag davor gibt es nicht.")
    assert out[2].split() == ["Raum", "Klasse", "Köpfe", "Betrag", "von", "bis", "vorher", "weil"]
    assert any("nicht erhöht oder hoch" in line for line in out)
    with zipfile.ZipFile(file) as book:
        assert "wegen Bedarf" in book.read("xl/sharedStrings.xml").decode()


@pytest.fixture
def altered(homes, tmp_path: Path):
    """A copy of the release with a statement run on its file; return its home."""

    def change(*statements: str, name: str = "home") -> Path:
        home = tmp_path / name
        shutil.copytree(homes(1200), home, symlinks=True)
        (file,) = (home / "releases" / CITY / "2024.1").glob("*.duckdb")
        file.parent.chmod(0o755)
        file.chmod(0o644)
        with duckdb.connect(str(file)) as con:
            for statement in statements:
                con.execute(statement)
        return home

    return change


def of(home: Path, capsys, **options) -> dict:
    budget(CITY, by="bedarf", total="1000", as_json=True, home=home, **options)
    return json.loads(capsys.readouterr().out)


def test_suppressed_heads_are_an_even_share_of_what_the_larger_unit_has_beyond_the_others(altered, capsys) -> None:
    found = of(altered(
        "UPDATE wert SET wert = NULL, zaehler = NULL, status = 'geschuetzt' "
        "WHERE indikator_id = 'einwohner' AND raum_id = '011002'"
    ), capsys)  # fmt: skip
    (unit,) = (each for each in found["units"] if each["raum_id"] == "011002")
    assert (unit["koepfe_von"], unit["koepfe"], unit["koepfe_bis"]) == (0, 900, 900)
    assert unit["betrag_von"] == 0 < unit["betrag"]


def test_a_unit_without_index_or_heads_gets_nothing_and_says_why(altered, capsys) -> None:
    found = of(altered(
        "UPDATE index_wert SET index_status = 'ausgelassen', index_grund = 'Heim', klasse = NULL, klasse_von = NULL "
        "WHERE raum_id = '011001'",
        "UPDATE wert SET wert = NULL, zaehler = NULL, status = 'spaeter' "
        "WHERE indikator_id = 'einwohner' AND raum_id = '012001'",
    ), capsys)  # fmt: skip
    assert [each["raum_id"] for each in found["units"]] == ["011002"]
    assert {each["raum_id"]: each["grund"] for each in found["without"]} == {
        "011001": "ohne Index: ausgelassen (Heim)", "012001": "ohne Köpfe: einwohner (spaeter)",
    }  # fmt: skip


def test_an_amount_is_compared_with_the_stichtag_before_and_the_causes_add_up(altered, capsys) -> None:
    home = altered(
        "INSERT INTO index_wert SELECT * REPLACE (DATE '2023-12-31' AS stichtag, 1 AS klasse, 1 AS klasse_von, "
        "1 AS klasse_bis, '1' AS klassen_90) FROM index_wert",
        "INSERT INTO index_sicherheit SELECT DISTINCT * REPLACE (DATE '2023-12-31' AS stichtag, 1 AS klasse, "
        "1.0 AS wahrscheinlichkeit) FROM index_sicherheit",
        "DELETE FROM wert WHERE stichtag = DATE '2023-12-31' AND indikator_id = 'einwohner'",
        "INSERT INTO wert SELECT * REPLACE (DATE '2023-12-31' AS stichtag, zaehler + if(raum_id = '011001', 300, 0) "
        "AS zaehler) FROM wert WHERE indikator_id = 'einwohner' AND stichtag = DATE '2024-12-31'",
    )
    found = of(home, capsys)
    assert found["before"] == {"release": "2024.1", "stichtag": "2023-12-31"}
    units = {unit["raum_id"]: unit for unit in found["units"]}
    for unit in units.values():
        assert unit["betrag_vorher"] + sum(unit["wegen"].values()) == pytest.approx(unit["betrag"])
    assert units["011001"]["wegen"]["koepfe"] < 0
    assert units["012001"]["wegen"]["bedarf"] > 0


YEAR_BEFORE = (
    "INSERT INTO index_wert SELECT * REPLACE (DATE '2023-12-31' AS stichtag) FROM index_wert",
    "INSERT INTO index_sicherheit SELECT * REPLACE (DATE '2023-12-31' AS stichtag) FROM index_sicherheit",
    "DELETE FROM wert WHERE stichtag = DATE '2023-12-31' AND indikator_id = 'einwohner'",
    "INSERT INTO wert SELECT * REPLACE (DATE '2023-12-31' AS stichtag) FROM wert "
    "WHERE indikator_id = 'einwohner' AND stichtag = DATE '2024-12-31'",
)
"""As at the newest Stichtag, so at the one before."""


@pytest.mark.parametrize(
    ("published_then", "cause"),
    [
        ("UPDATE wert SET zaehler = 2 * zaehler WHERE raum_id = '011001' AND indikator_id = 'einwohner'",
         "fortschreibung"),
        ("UPDATE index_wert SET index_version = '0'; UPDATE index_definition SET index_version = '0'; "
         "UPDATE index_klasse SET index_version = '0'; UPDATE index_sicherheit SET index_version = '0'; "
         "UPDATE index_wert SET klasse = 2, klasse_von = 2, klasse_bis = 2 WHERE raum_id = '011001'", "definition"),
    ],
)  # fmt: skip
def test_what_the_release_of_the_year_before_said_otherwise_is_a_cause_of_its_own(
    altered, published_then, cause
) -> None:
    now = release_to_read(home_at(altered(*YEAR_BEFORE)), CITY)
    home = altered(
        *YEAR_BEFORE, "DELETE FROM index_wert WHERE stichtag = DATE '2024-12-31'", published_then, name="then"
    )
    then = replace(release_to_read(home_at(home), CITY), version="2023.1")

    found = budget_of(now, Asked(Terms(100_000), "bedarf", "sozialraum"), then)

    assert found.before_release == "2023.1"
    (unit,) = (each for each in found.units if each["raum_id"] == "011001")
    assert {name for name, part in unit["wegen"].items() if part} == {cause}
    assert unit["betrag_vorher"] > unit["betrag"]


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"by": "unbekannt"}, "Expected an index of bedarf and a Raumebene of"),
        ({"per": "sgb2_quote"}, "--per: expected an Indikator that counts (einwohner), found sgb2_quote"),
        ({"weights": [1.0, 2.0, 3.0]}, "--weights: expected 2 numbers, one for each class of bedarf"),
        ({"weights": [2.0, 1.0]}, "--weights: expected rising numbers from 0 on, found 2.0 1.0"),
        ({"floor": "400"}, "--floor: expected at most 333.33 for 3 units"),
        ({"total": "viel"}, "--sum: expected an amount in euros"),
    ],
)
def test_what_cannot_be_distributed_is_refused_with_the_option(homes, options: dict, refused: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        budget(CITY, **{"total": "1000", "by": "bedarf", "home": homes(1200), **options})
    assert refused in str(refusal.value)
