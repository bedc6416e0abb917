"""Kept results: what was staged once is used again while nothing that it depends on has changed, and never wrongly."""

import ast
import datetime as dt
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pytest

from flows.base.errors import ContractBroken
from flows.base.resources import resource
from flows.stage import count_tables, result_key
from flows.stage.kept_results import RUNS, KeptResults
from tests.parameters import first_of

SQUARE = [[[350000, 5650000], [350100, 5650000], [350100, 5650100], [350000, 5650100], [350000, 5650000]]]
SIGNS = '{ missing = { "-" = "nichts", "." = "unbekannt" } }'
LONG = """
[source.lang.dialect.long]
value = "WERT"
[source.lang.dialect.long.columns]
MAENNER = { GRUPPE = "m" }
FRAUEN = { GRUPPE = "w" }
[source.lang.matrix]
unit = "BBS"
merkmale = { sgb2 = ["MAENNER", "FRAUEN"] }
"""
REGISTER = (
    'register = { unit = "BBS", age = "ALTER", sex = "SEX", nationality = "NATION", migration = "MIG", '
    'duration = "DAUER", sexes = ["m", "w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], '
    'migrations = ["0", "1"], migrant = ["1"] }'
)


def square(unit: str) -> str:
    feature = {"type": "Feature", "properties": {"BBS": unit}, "geometry": {"type": "Polygon", "coordinates": SQUARE}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


FILES = {
    "zuordnung.csv": "BBS;SR\n01100001;011001\n01100002;011002\n",
    "namen.csv": "EBENE;ID;NAME\nSR;011001;Nord\nSR;011002;Süd\n",
    "bbs_1.geojson": square("01100001"),
    "bbs_2.geojson": square("01100002"),
    "einwohner_2021.csv": "BBS;EW\n01100001;12\n01100002;-\n",
    "einwohner_2022.csv": "BBS;EW\n01100001;13\n01100002;.\nSumme;13\n01100003;drei\n",
    "lang_2022.csv": "BBS;GRUPPE;WERT\n01100001;m;3\n01100001;w;4\n01100002;m;5\n01100002;x;6\n",
    "stadt.csv": "JAHR;EW\n2021;12\n2022;13\n",
    "personen_2022.csv": (
        "BBS;TAG;ALTER;SEX;NATION;MIG;DAUER\n01100001;31.12.2022;30;w;D;0;3\n01100001;31.12.2022;5;m;A;1;2\n"
        "01100002;31.12.2022;70;m;D;0;9\n"
    ),
}
"""A file of every kind of source, with signs, a row left out and one that breaks the contract."""
SPACE = 1
"""What the files that describe space make together is one result more."""


def space_sources(source: Callable[..., str]) -> list[str]:
    """Sources of an assignment, of names and of polygons."""
    fixed = {"stichtag": "", "zuschnitt": "2020-01-01"}
    return [
        source("zuordnung", 'assignment = { unit = "BBS", units = { sozialraum = "SR" } }',
               file="'zuordnung.csv'", **fixed),
        source("namen", 'names = { level = "EBENE", id = "ID", name = "NAME", levels = { SR = "sozialraum" } }',
               file="'namen.csv'", **fixed),
        source("raum", 'geometry = { id_property = "BBS", crs = "EPSG:25832" }', file=r"'bbs_\d\.geojson'",
               dialect='{ format = "geojson" }', stichtag=""),
    ]  # fmt: skip


def sources(source: Callable[..., str], residents: str = 'einwohner = ["EW"]', *, more: str = "") -> list[str]:
    matrix = (
        f'matrix = {{ unit = "BBS", merkmale = {{ {residents} }}, '
        f'drop = [{{ column = "BBS", equals = ["Summe"], rule = "total row" }}]{more} }}'
    )
    return [
        *space_sources(source),
        source("einwohner", matrix, dialect=SIGNS, quarantine="1"),
        source("lang", LONG),
        source("stadt", 'official = { merkmale = { einwohner = "EW" } }', file="'stadt.csv'",
               stichtag='{ source = "column", column = "JAHR", format = "%Y" }'),
        source("personen", REGISTER, stichtag='{ source = "column", column = "TAG", format = "%d.%m.%Y" }'),
    ]  # fmt: skip


def tables(staged) -> dict[str, list[tuple]]:
    """All staged rows; those of counts as the view shows them, whichever way they were read."""
    found = {
        "zaehlung", "amtlich", "ungewiss", "quarantaene", "datei", "entfallen", "korrektur", "zuordnung", "raum_name",
        "geometrie", "raum_geometrie", "raum_lage", "geometrie_mangel",
    }  # fmt: skip
    return {name: staged.rows(f"FROM stage.{name} ORDER BY ALL") for name in sorted(found)}


def results(home: Path) -> dict[Path, int]:
    """Each kept result, and what tells a new one in its place from the same one."""
    return {path.parent: path.stat().st_ino for path in (home / "landing" / "staged").glob("*/*/result.json")}


@pytest.fixture
def city(stage_city, source, tmp_path) -> Callable[..., object]:
    """Stage the files of the city with every kind of source, some of them other than usual."""

    def staged(
        other: Mapping[str, str] | None = None,
        given: list[str] | None = None,
        *,
        keeping: bool = True,
        **options: object,
    ) -> object:
        return stage_city(given or sources(source), {**FILES, **(other or {})}, keeping=keeping, **options)

    return staged


@pytest.fixture
def new_results(city, tmp_path) -> Callable[..., int]:
    """Keep results of the usual files, then stage again with a change: how many results were made anew?"""

    def counted(*args: object, before: Callable[[], object] = lambda: None, **options: object) -> int:
        city()
        first = results(tmp_path)
        before()
        changed, anew = city(*args, **options), set(results(tmp_path).items()) - set(first.items())
        assert tables(changed) == tables(city(*args, keeping=False, **options))
        return len(anew)

    return counted


# --- The same as without ---


def test_with_and_without_kept_results_all_staged_tables_are_the_same(city, tmp_path) -> None:
    anew = tables(city(keeping=False))
    assert not (tmp_path / "landing" / "staged").exists()
    assert all(anew[name] for name in ("zaehlung", "amtlich", "quarantaene", "geometrie", "geometrie_mangel"))
    assert tables(city()) == anew
    assert tables(city()) == anew


def test_what_is_kept_is_not_read(city, monkeypatch) -> None:
    first = tables(city())
    monkeypatch.setattr(count_tables, "normalise", None)
    monkeypatch.setattr(count_tables, "numbered_lines", None)
    monkeypatch.setattr("flows.stage.space_files.normalise", None)
    monkeypatch.setattr("flows.stage.space_files.polygon_rows", None)
    monkeypatch.setattr("flows.stage.register.count_register", None)
    assert tables(city()) == first


@pytest.mark.thorough
def test_the_bound_of_a_run_is_no_part_of_what_is_kept(city) -> None:
    bounded, whole = tables(city(keeping=False, until=dt.date(2021, 12, 31))), tables(city(keeping=False))
    assert bounded != whole
    assert tables(city(until=dt.date(2021, 12, 31))) == bounded
    assert tables(city()) == whole
    assert tables(city(until=dt.date(2021, 12, 31))) == bounded


@pytest.mark.slow
def test_rows_of_one_unit_in_two_files_are_judged_together(stage_city, source, tmp_path) -> None:
    given = source("einwohner", file=r"'einwohner_(?P<year>\d{4})\w?\.csv'", quarantine="1")
    first = {"einwohner_2022.csv": "BBS;EW\n01100001;12\n"}
    both = {**first, "einwohner_2022b.csv": "BBS;EW\n01100001;13\n01100002;7\n"}
    stage_city(given, first, keeping=True)
    together = stage_city(given, both, keeping=True)
    assert together.quarantine == [("einwohner_2022b.csv", 2, "BBS", "01100001")]
    assert tables(together) == tables(stage_city(given, both))
    assert len(results(tmp_path)) == 1


@pytest.mark.slow
def test_a_long_table_in_two_files_is_added_up(stage_city, source) -> None:
    given = source("lang", LONG, file=r"'lang_(?P<year>\d{4})\w\.csv'")
    men = {"lang_2022m.csv": "BBS;GRUPPE;WERT\n01100001;m;3\n01100001;w;4\n"}
    both = {**men, "lang_2022w.csv": "BBS;GRUPPE;WERT\n01100002;w;4\n01100002;m;1\n"}
    stage_city(given, men, keeping=True)
    assert tables(stage_city(given, both, keeping=True)) == tables(stage_city(given, both))


# --- What misses ---


def test_one_changed_byte_costs_that_file(new_results) -> None:
    assert new_results({"einwohner_2021.csv": "BBS;EW\n01100001;11\n01100002;-\n"}) == 1


def test_one_changed_polygon_costs_its_file_the_defects_of_its_source_and_space(new_results) -> None:
    assert new_results({"bbs_2.geojson": square("01100004")}) == 2 + SPACE


@pytest.mark.thorough
def test_a_changed_contract_costs_the_files_of_its_source(new_results, source) -> None:
    assert new_results(given=sources(source, more=', ignore = ["NAME"]')) == 2


@pytest.mark.thorough
def test_another_order_of_merkmale_is_another_contract(new_results, source, city, tmp_path) -> None:
    two = 'einwohner = ["EW"], weiblich = ["EW"]'
    city(given=sources(source, two))
    before = results(tmp_path)
    turned = city(given=sources(source, 'weiblich = ["EW"], einwohner = ["EW"]'))
    assert len(set(results(tmp_path)) - set(before)) == 2
    assert tables(turned) == tables(city(given=sources(source, two), keeping=False))


@pytest.mark.thorough
def test_a_changed_correction_costs_the_files_that_it_is_for(new_results, small_city) -> None:
    def correct() -> None:
        small_city.write(
            "corrections.toml",
            '[[correction]]\nsource = "einwohner"\nfile = "einwohner_2021.csv"\nwhere = { BBS = "01100001" }\n'
            'action = "replace"\ncolumn = "EW"\nvalue = "14"\nrows = 1\nreason = "wrong"\nreported = "yes"\n',
        )

    assert new_results(before=correct) == 1


def test_changed_sql_costs_everything(new_results, monkeypatch, tmp_path) -> None:
    def change() -> None:
        shutil.copytree(resource("sql"), tmp_path / "sql")
        with (tmp_path / "sql" / "stage" / "zeile_gelesen.sql").open("a", encoding="utf-8") as file:
            file.write("-- changed\n")
        monkeypatch.setattr(
            result_key, "resource", lambda name: tmp_path / name if name.startswith("sql/") else resource(name)
        )

    defects_of_polygons = 1
    assert new_results(before=change) == len(FILES) + defects_of_polygons + SPACE


def test_all_modules_that_staging_imports_are_part_of_the_key() -> None:
    package = Path(result_key.__file__).parents[1]
    of_no_consequence = {"pull/models.py", "pull/landing/store.py"}
    for path in (package / "stage").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flows."):
                module = f"{(node.module or '').removeprefix('flows.').replace('.', '/')}.py"
                known = any(Path(module).is_relative_to(part) for part in result_key._CODE)
                assert known or module in of_no_consequence, f"{path.name} imports {module}, which no key knows"


def test_another_version_of_duckdb_costs_everything(monkeypatch) -> None:
    now = result_key.code_digest()
    monkeypatch.setattr(duckdb, "__version__", "0.0.1")
    assert result_key.code_digest() != now


@pytest.mark.thorough
def test_where_a_file_comes_from_is_no_matter(new_results, source) -> None:
    moved = [text.replace('licence = "CC0 1.0"', 'licence = "CC BY 4.0"') for text in sources(source)]
    assert new_results(given=moved) == 0


@pytest.mark.thorough
def test_a_new_zuschnitt_with_other_base_units_costs_the_files_of_its_days(new_results, small_city) -> None:
    def redraw() -> None:
        text = (small_city.folder / "city.toml").read_text(encoding="utf-8")
        again = '[base.neu]\nlabel_de = "Neu"\nlabel_en = "New"\nid_pattern = \'\\d{8}\'\n\n[[zuschnitt]]\n'
        small_city.write(
            "city.toml", text.replace("[protection]", f'{again}valid_from = 2022-06-01\nbase = "neu"\n\n[protection]')
        )

    polygons_of_every_numbering, counts_of_2022 = 3, 4
    assert new_results(before=redraw) == polygons_of_every_numbering + counts_of_2022 + SPACE


# --- Damage ---


def damage(home: Path, name: str, spoil: Callable[[Path], object]) -> None:
    for path in (home / "landing" / "staged").glob(f"*/*/{name}"):
        spoil(path)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(data)


def rewrite(description: Path, contents: Mapping[str, bytes]) -> None:
    """Let the checksums of a result be those of other contents of its tables."""
    described = json.loads(description.read_bytes().partition(b"\n")[2])
    described["tables"] |= {table: hashlib.sha256(content).hexdigest() for table, content in contents.items()}
    text = json.dumps(described).encode()
    description.write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)


@pytest.mark.parametrize("name", ["result.json", "zaehlung_*.parquet", "zuordnung.parquet", "*.parquet"])
@pytest.mark.parametrize("spoil", first_of((flip, Path.unlink, lambda path: os.truncate(path, 20))))
def test_a_damaged_result_is_staged_again(city, tmp_path, name: str, spoil: Callable[[Path], object]) -> None:
    first = tables(city())
    damage(tmp_path, name, spoil)
    assert tables(city()) == first
    assert tables(city()) == first


@pytest.mark.thorough
def test_rows_that_are_fewer_than_were_kept_are_staged_again(city, tmp_path) -> None:
    first = tables(city())

    def without_a_row(path: Path) -> None:
        less = path.with_name("less")
        duckdb.sql(f"COPY (SELECT * FROM read_parquet('{path}') OFFSET 1) TO '{less}' (FORMAT parquet)")
        less.replace(path)
        rewrite(path.with_name("result.json"), {path.stem: path.read_bytes()})

    damage(tmp_path, "zaehlung_*.parquet", without_a_row)
    assert tables(city()) == first


@pytest.mark.thorough
def test_text_instead_of_parquet_under_a_right_checksum_is_staged_again(city, tmp_path) -> None:
    first = tables(city())

    def text_instead(path: Path) -> None:
        for table in path.parent.glob("*.parquet"):
            table.write_bytes(b"none")
        rewrite(path, {table.stem: b"none" for table in path.parent.glob("*.parquet")})

    damage(tmp_path, "result.json", text_instead)
    assert tables(city()) == first


@pytest.mark.thorough
def test_a_full_disk_keeps_nothing_and_stops_nothing(city, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.stage.kept_results.sha256_of", full)
    assert tables(city()) == tables(city(keeping=False))
    assert not results(tmp_path)
    assert not list((tmp_path / "landing" / "staged").glob(".incoming-*"))


def test_a_file_that_stops_the_run_is_not_kept(stage_city, source, tmp_path) -> None:
    with pytest.raises(ContractBroken):
        stage_city(source("einwohner"), {"einwohner_2022.csv": "BBS;EWO\n01100001;12\n"}, keeping=True)
    assert not results(tmp_path)


# --- Who may read it, and how long it stays ---


def test_results_are_for_their_owner_alone(city, tmp_path) -> None:
    city()
    folder = tmp_path / "landing" / "staged"
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in (folder, *folder.rglob("*"))}
    assert modes == {(True, 0o700), (False, 0o600)}


@pytest.mark.thorough
def test_a_result_goes_with_its_lieferung(city, tmp_path) -> None:
    city()
    (gone,) = (path for path in results(tmp_path) if _name(path) == FILES["einwohner_2021.csv"])
    (tmp_path / "landing" / "objects" / gone.parent.name[:2] / gone.parent.name).unlink()
    changed = {"einwohner_2021.csv": "BBS;EW\n01100001;11\n"}
    city(changed)
    assert gone not in results(tmp_path)
    assert not gone.parent.exists()


def _name(result: Path) -> str:
    """Return the text of the Lieferung that a result is of."""
    objects = result.parents[2] / "objects" / result.parent.name[:2]
    return (objects / result.parent.name).read_text(encoding="utf-8")


def test_a_result_that_no_recent_run_used_goes(small_city, source, stage_city, tmp_path) -> None:
    given = source("einwohner")
    stage_city(given, {"einwohner_2021.csv": "BBS;EW\n01100001;12\n"}, keeping=True)
    (old,) = results(tmp_path)
    kept = KeptResults(tmp_path / "landing", small_city.with_sources(given))
    for run in range(RUNS):
        assert old.exists(), f"after {run} runs without it"
        kept.in_use([])
        kept.sweep()
    assert not old.exists()


def test_what_a_killed_run_left_unfinished_goes(city, tmp_path) -> None:
    left = tmp_path / "landing" / "staged" / ".incoming-abc"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    (young := left.with_name(".incoming-def")).mkdir()
    city()
    assert not left.exists()
    assert young.exists(), "another run is writing it"
