"""Musterstadt is the same city wherever and whenever it is made."""

import hashlib
from pathlib import Path

import pytest

from flows.base.errors import ConfigError
from flows.musterstadt.city import make_musterstadt
from flows.musterstadt.scale import Scale

TINY = Scale(baublockseiten=200, einwohner=5_000, stadtbezirke=2, stadtteile=5, sozialraeume=15)


def _fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.slow
def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first = make_musterstadt(tmp_path / "a", scale=TINY)
    make_musterstadt(tmp_path / "b", scale=TINY)
    fingerprints = _fingerprints(tmp_path / "a")
    assert fingerprints == _fingerprints(tmp_path / "b")
    assert sorted(fingerprints) == list(first.files)
    assert len(fingerprints) == 68


@pytest.mark.slow
def test_the_bytes_are_those_of_every_other_machine(tmp_path: Path) -> None:
    """The number was taken on one machine; another that differs makes another city, and releases differ."""
    make_musterstadt(tmp_path, scale=TINY)
    fingerprints = _fingerprints(tmp_path)
    workbooks = [path for path in fingerprints if path.endswith(".xlsx")]
    texts = "".join(f"{path} {sha}\n" for path, sha in fingerprints.items() if path not in workbooks)
    assert hashlib.sha256(texts.encode()).hexdigest() == (
        "f5d149f5b96ee68b3477250e3ccce2049e2653116c0f198b8ff70e975bb923a8"
    ), "If the generator was changed on purpose, pin the new number and say so in CHANGELOG.md."


def test_another_seed_makes_another_city(tmp_path: Path) -> None:
    make_musterstadt(tmp_path / "a", scale=TINY, years=[2015])
    make_musterstadt(tmp_path / "b", scale=TINY, years=[2015], seed=1998)
    a, b = _fingerprints(tmp_path / "a"), _fingerprints(tmp_path / "b")
    assert a["raum/Baublockseiten.geojson"] != b["raum/Baublockseiten.geojson"]
    assert a["einwohner/EW_Baublockseiten_2015.csv"] != b["einwohner/EW_Baublockseiten_2015.csv"]


@pytest.mark.slow
def test_fewer_years_are_the_same_years(tmp_path: Path) -> None:
    """A year's files do not depend on which other years are asked for (the sum over all years excepted)."""
    make_musterstadt(tmp_path / "all", scale=TINY)
    make_musterstadt(tmp_path / "two", scale=TINY, years=[2016, 2022])
    everything = _fingerprints(tmp_path / "all")
    two = _fingerprints(tmp_path / "two")
    assert "haushalte/Haushalte_2017.xlsx" not in two
    own = {path for path in two if path not in ("index.html", "amtlich/Bevoelkerung.csv")}
    assert {path: two[path] for path in own} == {path: everything[path] for path in own}


def test_a_benchmark_city_delivers_persons_in_all_years_and_nothing_else(tmp_path: Path) -> None:
    scale = Scale(**(TINY.__dict__ | {"register_years": "all"}))
    made = make_musterstadt(tmp_path, scale=scale, years=[2015, 2024])
    assert [f for f in made.files if not f.startswith("raum/")] == [
        "einwohner/EW_Personen_2015.csv",
        "einwohner/EW_Personen_2024.csv",
        "index.html",
    ]
    lines = (tmp_path / "einwohner/EW_Personen_2015.csv").read_bytes().count(b"\n")
    assert lines == made.residents[2015] + 1


@pytest.mark.parametrize("change", [{"stadtteile": 99}, {"sozialraeume": 60}, {"einwohner": 10}])
def test_a_city_that_cannot_be_divided_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="2 to 9 Stadtteile"):
        Scale(**(TINY.__dict__ | change))
