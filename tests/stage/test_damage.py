"""A damaged file ends in a clear error, or in rows that are all accounted for; never in a traceback."""

import dataclasses
import importlib.util
import io
import json
import re
import zipfile
from pathlib import Path
from random import Random

import pytest
import xlsxwriter

from flows.errors import FortschreibungError
from flows.profile.load import load_profile

_found = importlib.util.spec_from_file_location("damage", Path(__file__).parent / "damage.py")
damage = importlib.util.module_from_spec(_found)
_found.loader.exec_module(damage)

TABLE = "BBS;EW;QM\n" + "".join(f"011{n:05};{n};{n},5\n" for n in range(1, 25))
MATRIX = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"], wohnflaeche_qm = ["QM"] } }'
PERSONS = "BBS;TAG;A;S;N;M;D\n" + "".join(f"01100001;31.12.2022;{n};w;D;0;{n // 2}\n" for n in range(40))
REGISTER = (
    'register = { unit = "BBS", age = "A", sex = "S", nationality = "N", migration = "M", duration = "D", '
    'sexes = ["m", "w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], migrations = ["0", "1"], '
    'migrant = ["1"] }'
)


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", TABLE)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("T")
        for line, row in enumerate(TABLE.splitlines()):
            sheet.write_row(line, 0, row.split(";"))
    return out.getvalue()


def polygons() -> str:
    square = [[[350000, 5650000], [350100, 5650000], [350100, 5650100], [350000, 5650000]]]
    features = [
        {
            "type": "Feature",
            "properties": {"BBS": f"0110000{n}"},
            "geometry": {"type": "Polygon", "coordinates": square},
        }
        for n in range(5)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1)


KINDS = {
    "table": (MATRIX, {}, "x_2022.csv", TABLE.encode()),
    "old table": (
        MATRIX, {"dialect": '{ encoding = "cp1252", thousands = "." }'}, "x_2022.csv", TABLE.encode("cp1252")
    ),
    "wide table": (MATRIX, {"dialect": '{ encoding = "utf-16" }'}, "x_2022.csv", TABLE.encode("utf-16")),
    "archive": (MATRIX, {"dialect": '{ member = "*.csv" }'}, "x_2022.csv", packed()),
    "workbook": (MATRIX, {"dialect": '{ format = "xlsx" }'}, "x_2022.csv", workbook()),
    "register": (
        REGISTER, {"stichtag": '{ source = "column", column = "TAG", format = "%d.%m.%Y" }'}, "x_2022.csv",
        PERSONS.encode(),
    ),
    "map": (
        'geometry = { id_property = "BBS", crs = "EPSG:25832" }',
        {"dialect": '{ format = "geojson" }', "stichtag": "", "file": "'x.geojson'"}, "x.geojson", polygons().encode(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_small_files_of_every_kind(workbench, small_city, source, kind: str) -> None:
    contract, fields, name, content = KINDS[kind]
    bench = workbench(small_city.with_sources(source("x", contract, **fields)))
    assert bench.stage({name: content}).files[0][3] == 0
    staged, refused = _survive(bench, name, content, 60, Random(kind))
    assert refused > 0
    assert staged + refused == 60


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.nightly
def test_small_files_of_every_kind_many_times(workbench, small_city, source, kind: str) -> None:
    contract, fields, name, content = KINDS[kind]
    bench = workbench(small_city.with_sources(source("x", contract, **fields)))
    _survive(bench, name, content, 2000, Random(f"{kind}, nightly"))


REAL = (
    "population_2019-02-t1.csv", "population_2020-02-t2.csv", "population_2024-02-t2.csv", "EWR_L21_202512E_Matrix.csv"
)  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
def test_real_files(workbench, real_folder: Path, name: str) -> None:
    _survive(_berlin(workbench, name), name, (real_folder / "berlin" / name).read_bytes(), 15, Random(name))


@pytest.mark.real
@pytest.mark.nightly
@pytest.mark.parametrize("name", REAL)
def test_real_files_many_times(workbench, real_folder: Path, name: str) -> None:
    _survive(
        _berlin(workbench, name), name, (real_folder / "berlin" / name).read_bytes(), 600, Random(f"{name}, nightly")
    )


@pytest.mark.real
@pytest.mark.nightly
def test_a_real_map_many_times(workbench, real_folder: Path) -> None:
    name = "lor_plr_from_2021_simplified.geojson"
    _survive(_berlin(workbench, name), name, (real_folder / "berlin" / name).read_bytes(), 100, Random(name))


def _survive(bench, name: str, content: bytes, times: int, chance: Random) -> tuple[int, int]:
    """Stage so many damaged variants; return how many were staged and how many refused."""
    staged = refused = 0
    messages: list[str] = []
    for _ in range(times):
        spoilt = damage.damaged(content, chance)
        try:
            found = bench.stage({name: spoilt})
        except FortschreibungError as told:
            refused += 1
            messages.append(str(told))
        except BaseException:
            (bench.run / "spoilt").write_bytes(spoilt)
            raise
        else:
            assert len(found.files) == 1
            staged += 1
    telling = re.compile("expected|damaged|cannot be read|not those of the contract|encrypted")
    assert [message for message in messages if not telling.search(message)] == []
    return staged, refused


def _berlin(workbench, name: str):
    berlin = load_profile("berlin")
    source = next(source for source in berlin.sources if re.fullmatch(source.file, name))
    return workbench(dataclasses.replace(berlin, sources=(source,), corrections=()))
