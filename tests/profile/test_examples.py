"""An example file of an extract is one that its contract takes, or there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flows.app.examples import write_examples
from flows.base.resources import resource
from flows.profile.load import load_profile


@pytest.fixture
def polygons(tmp_path: Path) -> Path:
    """A folder with the polygons of two Wohnquartiere."""
    features = [
        {"type": "Feature", "properties": {"WOHNQUARTIER": unit, "STADTTEIL_NR": "11"},
         "geometry": {"type": "Polygon", "coordinates": [[[6.7, 51.2], [6.8, 51.2], [6.8, 51.3], [6.7, 51.2]]]}}
        for unit in ("011001001", "011001002")
    ]  # fmt: skip
    folder = tmp_path / "polygons"
    folder.mkdir()
    (folder / "wohnquartiere_2021-12-31.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    return folder


def test_a_sum_has_all_its_columns_and_of_other_layouts_none_is_made(tmp_path: Path, polygons: Path) -> None:
    shutil.copytree(resource("cities/duesseldorf"), tmp_path / "duesseldorf")
    path = tmp_path / "duesseldorf" / "sources.toml"
    text = path.read_text("utf-8").replace('haushalte = ["HAUSHALTE"]', 'haushalte = ["MIT_KIND", "OHNE_KIND"]')
    text = text.replace("SGBII_Baublockseiten_(?P<year>\\d{4})(_synthetisch)?\\.csv", "SGB_(?P<year>\\d{4})\\.xlsx")
    path.write_text(text.replace("dialect = { missing", 'dialect = { format = "xlsx", missing'), encoding="utf-8")
    said: list[str] = []

    written = write_examples(
        load_profile("duesseldorf", tmp_path / "duesseldorf"), tmp_path / "out", folder=polygons, year=2023,
        say=lambda words: said.append(str(words)),
    )  # fmt: skip

    (households,) = [each for each in written if each.name.startswith("Haushalte")]
    header, first, *_ = households.read_text("utf-8").splitlines()
    assert header.split(";")[:4] == ["STICHTAG", "BAUBLOCKSEITE", "MIT_KIND", "OHNE_KIND"]
    assert (int(first.split(";")[2]) > 0, first.split(";")[3]) == (True, "0")
    assert [each.suffix for each in written] == [".csv"] * 4
    assert said == ["no example of sgb2: its files are not plain CSV with one header row and a row for each unit"]
