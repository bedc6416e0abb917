"""Every form of a release says the same numbers as its tables, and is the same bytes every time."""

import datetime as dt
import zipfile
from xml.etree import ElementTree

import duckdb
import pytest
import python_calamine

from flows.export.sheet_rows import prepare_cells
from flows.export.worksheets import SheetNames
from flows.profile.vocabulary import vocabulary
from flows.publish.build import build
from flows.release.catalog import DATABASE
from flows.release.job import Setting
from flows.release.table_contract import contract


def built(city, name, made_at):
    folder = city.run(name)
    target = city.root / "built" / name
    build(city.job().write(folder), target, Setting(version="2024.1", made_at=made_at))
    return target


@pytest.fixture(scope="module")
def release(tmp_path_factory, city_in):
    """A release; read only."""
    return built(city_in(tmp_path_factory.mktemp("exports")), "first", dt.datetime(2025, 3, 1, tzinfo=dt.UTC))


@pytest.fixture
def con(release):
    with duckdb.connect(str(release / DATABASE), read_only=True) as con:
        yield con


@pytest.fixture
def book(release):
    return python_calamine.CalamineWorkbook.from_path(str(release / "fortschreibung.xlsx"))


def sheet(book, name):
    return book.get_sheet_by_name(name).to_python()


def rows(book, name):
    """The rows of a sheet below its title, labels and units: first the names of the columns."""
    return sheet(book, name)[3:]


def test_the_workbook_has_a_cover_the_codebook_and_two_sheets_a_raumebene(book):
    assert book.sheet_names == [
        "Fortschreibung", "Codebuch", "sozialraum_jahr", "stadtteil_jahr", "stadt_jahr", "sozialraum", "stadtteil",
        "stadt",
    ]  # fmt: skip


def test_the_cover_says_what_it_is_that_it_is_synthetic_and_under_which_licence(book):
    cover = dict(sheet(book, "Fortschreibung"))
    assert cover["Stadt"] == "Kleinstadt"
    assert cover["Hinweis"].startswith("Synthetische Daten")
    assert (cover["Fortschreibung"], cover["Stichtage bis"]) == ("2024.1", dt.date(2024, 12, 31))
    assert (cover["Lizenz"], cover["Namensnennung"]) == ("dl-de/by-2-0", "Kleinstadt, Amt für Statistik (synthetisch)")
    assert "Eine Anzahl ist dann nicht null" in cover["geheim"]


def test_the_sheet_of_the_codebook_is_the_codebook_with_numerator_and_denominator(book, con):
    head, *found = rows(book, "Codebuch")
    entries = [dict(zip(head, row, strict=True)) for row in found]
    assert [each["indikator_id"] for each in entries] == [
        name for (name,) in con.execute("SELECT indikator_id FROM indikator ORDER BY position").fetchall()
    ]
    assert (entries[1]["zaehler"], entries[1]["nenner"], entries[1]["faktor"]) == ("sgb2", "einwohner", 100)
    assert entries[1]["einschraenkung_de"] == 'Nur "Regelleistung", ohne weitere.'


def test_a_sheet_says_in_german_what_its_columns_are_and_in_which_unit(book):
    title, labels, units, names, *_ = sheet(book, "stadtteil_jahr")
    assert title[0].startswith("Stadtteil: jeder Stichtag einmal")
    assert dict(zip(names, zip(labels, units, strict=True), strict=True)) == {
        "zuschnitt": ("Zuschnitt", ""), "stadtteil_id": ("Nummer (Stadtteil)", ""), "name": ("Name", ""),
        "stichtag": ("Stichtag", ""), "methode": ("Methode (die unsicherste der Zeile)", ""),
        "einwohner": ("Einwohner", "Personen"), "sgb2_quote": ("SGB-II-Quote", "%"),
        "wohnflaeche_je_einwohner": ("Wohnfläche je Einwohner", "m²"),
    }  # fmt: skip


NEED = ["index_punkte", "index_klasse", "index_rang", "typ_id"]


def test_a_unit_has_its_class_of_need_and_its_type_as_far_as_they_are_sure(book):
    found = {row[1]: row[5:9] for row in rows(book, "sozialraum_jahr") if row[3] == dt.date(2024, 12, 31)}
    assert found == {
        "011001": [-1, "nicht erhöht", "2", "Weit"],
        "011002": ["geheim", "nicht erhöht oder hoch", "1 bis 3", "Weit oder Eng"],
        "012001": [1, "nicht erhöht oder hoch", "1 bis 2", "Eng"],
    }


def test_a_typology_without_types_yet_takes_no_column_from_the_next_one(city):
    """As one whose base year is later than the newest Stichtag; sozialraum_jahr has the next one as well."""
    run = city.run("later")
    city.rewrite(
        run, "typologie",
        "FROM it UNION ALL FROM it SELECT * REPLACE ('spaeter' AS typologie_id, 0 AS position, 'Andere' AS label_de)",
    )  # fmt: skip
    target = city.root / "built"
    build(city.job().write(run), target, Setting(version="2024.1", made_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)))
    book = python_calamine.CalamineWorkbook.from_path(str(target / "fortschreibung.xlsx"))

    _, labels, _, names, first, *_ = sheet(book, "sozialraum_jahr")
    said = {name: (label, value) for name, label, value in zip(names, labels, first, strict=True)}
    assert said["typ_id"] == ("Siedlungstypen", "Weit")


@pytest.mark.parametrize("level", ["sozialraum", "stadtteil", "stadt"])
def test_the_sheets_of_figures_hold_the_figures_of_the_table_or_say_why_there_is_none(book, con, level):
    head, *found = rows(book, f"{level}_jahr")
    need = NEED if level == "sozialraum" else []
    assert head == [
        "zuschnitt", f"{level}_id", "name", "stichtag", "methode", *need, "einwohner", "sgb2_quote",
        "wohnflaeche_je_einwohner",
    ]  # fmt: skip
    first = 5 + len(need)
    written = {
        (row[0], row[1], row[3], indikator): value
        for row in found
        for indikator, value in zip(head[first:], row[first:], strict=True)
    }
    figures = con.execute(
        "SELECT zuschnitt, raum_id, stichtag, indikator_id, status, wert FROM wert WHERE raumebene = ?", [level]
    ).fetchall()
    words = vocabulary().status
    assert written == {tuple(key): words[status].short_de if wert is None else wert for *key, status, wert in figures}


def test_the_sheet_and_the_table_of_one_name_have_the_same_rows(book, con):
    _, *found = rows(book, "sozialraum_jahr")
    table = con.execute("SELECT zuschnitt, sozialraum_id, name, stichtag, methode FROM sozialraum_jahr").fetchall()
    words = vocabulary().method
    assert sorted(tuple(row[:5]) for row in found) == sorted((*row, words[methode].short_de) for *row, methode in table)


def test_ids_keep_their_leading_zeros_and_dates_are_dates(book):
    assert rows(book, "sozialraum")[1][:2] == ["2020-01-01", "011001"]
    assert [row[3] for row in rows(book, "sozialraum_jahr")[1:]] == 3 * [dt.date(2024, 12, 31)] + 3 * [
        dt.date(2023, 12, 31)
    ]


def test_a_suppressed_figure_says_so(book):
    row = next(row for row in rows(book, "sozialraum_jahr") if row[1] == "011002")
    assert row[10] == "geheim"


def test_a_name_that_looks_like_a_formula_stays_text(city):
    folder = city.run("formula")
    city.rewrite(folder, "stadt", "SELECT * REPLACE ('=1+1' AS name) FROM it")
    target = city.root / "built"
    build(city.job().write(folder), target, Setting(version="2024.1", made_at=dt.datetime.now(dt.UTC)))
    with zipfile.ZipFile(target / "fortschreibung.xlsx") as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert sum(b"=1+1" in sheet for sheet in sheets) == 2
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert ";'=1+1;" in (target / "csv_excel" / "stadt.csv").read_text("utf-8-sig")
    assert ",=1+1," in (target / "csv" / "stadt.csv").read_text("utf-8")


@pytest.mark.parametrize(("letters", "cut"), [(32_767, False), (32_768, True)])
def test_a_text_that_no_cell_takes_says_where_the_rest_is(letters, cut):
    with duckdb.connect() as con:
        prepare_cells(con)
        (cell,) = con.execute(f"SELECT zelle_text('A1', 3, repeat('x', {letters}))").fetchone()
    assert f">{'x' * (32_700 if cut else letters)}" in cell
    assert ("gekürzt; der ganze Text steht in csv/" in cell) == cut


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x1f", "\ufffe", "\uffff"])
def test_a_sign_that_xml_does_not_know_is_left_out(sign):
    with duckdb.connect() as con:
        prepare_cells(con)
        (cell,) = con.execute("SELECT zelle_text('A1', 3, $text)", {"text": f"a{sign}ä\ufffd😀"}).fetchone()
    assert ElementTree.fromstring(cell).find("is/t").text == "aä\ufffd😀"


@pytest.mark.parametrize(
    ("day", "content"),
    [
        ("1875-01-01", ' t="inlineStr"><is><t>01.01.1875</t></is>'),
        ("1900-01-01", ' t="inlineStr"><is><t>01.01.1900</t></is>'),
        ("1900-02-28", ' t="inlineStr"><is><t>28.02.1900</t></is>'), ("1900-03-01", "><v>61</v>"),
        ("2024-12-31", "><v>45657</v>"),
    ],
)  # fmt: skip
def test_a_day_that_excel_cannot_count_is_text(day, content):
    with duckdb.connect() as con:
        prepare_cells(con)
        (cell,) = con.execute(f"SELECT zelle_tag('A1', 3, DATE '{day}')").fetchone()
    assert cell == f'<c r="A1" s="3"{content}</c>'


def test_sheets_of_raumebenen_with_long_or_taken_names_differ_within_31_characters():
    names = SheetNames("Fortschreibung", "Codebuch")
    long = "kleinraeumige_statistische_einheit"
    asked = [(long, "_jahr"), (long, ""), (f"{long}_2", "_jahr"), ("codebuch", ""), ("history", ""), ("stadt", "_jahr")]
    assert [names.take(*each) for each in asked] == [
        "kleinraeumige_statistische_jahr", "kleinraeumige_statistische_einh", "kleinraeumige_statistisc_jahr_2",
        "codebuch_2", "history_2", "stadt_jahr",
    ]  # fmt: skip


def test_the_second_form_of_csv_is_that_of_excel_in_german(release):
    content = (release / "csv_excel" / "sozialraum_jahr.csv").read_bytes()
    head = b"\xef\xbb\xbfzuschnitt;sozialraum_id;name;stichtag;methode;index_punkte;index_klasse;typ_id;typ_lage;"
    assert content.startswith(head + b"einwohner;")
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[1] == "2020-01-01;011001;Sozialraum 011001;31.12.2023;exact;;;;;1100,0;9,090909;41,5"
    zuschnitt = (release / "csv_excel" / "zuschnitt.csv").read_text("utf-8-sig").splitlines()
    assert zuschnitt[1] == "2020-01-01;01.01.2020;;bbs;WAHR"


def test_text_with_semicolons_and_quotes_survives_the_second_form(release):
    found = duckdb.sql(
        f"FROM read_csv('{release / 'csv_excel' / 'indikator.csv'}', delim=';', header=true, all_varchar=true)"
    ).fetchall()
    assert any("Wohnfläche; je Person." in row for row in found)
    assert any('Nur "Regelleistung", ohne weitere.' in row for row in found)


def test_both_forms_of_csv_hold_the_same_rows_and_numbers(release, tmp_path):
    plain, excel = (
        sorted(path.name.partition(".")[0] for path in (release / name).iterdir()) for name in ("csv", "csv_excel")
    )
    assert set(plain) - set(excel) == {table for table, entry in contract().table.items() if not entry.excel}
    query = "SELECT * REPLACE ({}) FROM read_csv('{}', delim='{}', header=true, all_varchar=true)"
    numbers = ", ".join(
        f"replace({name}, ',', '.') AS {name}" for name in ("wert", "zaehler", "nenner", "unsicherheit")
    )
    day = ", strftime(strptime(stichtag, '%d.%m.%Y'), '%Y-%m-%d') AS stichtag"
    with zipfile.ZipFile(release / "csv_excel" / "wert.zip") as packed:
        unpacked = packed.extract("wert.csv", tmp_path)
    other = duckdb.sql(query.format(numbers + day, unpacked, ";")).fetchall()
    assert other == duckdb.sql(query.format("wert AS wert", release / "csv" / "wert.csv.gz", ",")).fetchall()


def test_another_hour_gives_the_same_bytes_in_workbook_and_csv(release, city):
    again = built(city, "again", dt.datetime(2031, 5, 5, tzinfo=dt.UTC))
    for path in (*sorted((release / "csv_excel").iterdir()), release / "fortschreibung.xlsx"):
        assert path.read_bytes() == (again / path.relative_to(release)).read_bytes(), path.name


def test_manifest_and_data_package_name_both_forms_and_the_workbook(release, read_json):
    files = read_json(release / "manifest.json")["files"]
    assert {"fortschreibung.xlsx", "csv/wert.csv.gz", "csv_excel/wert.zip"} <= set(files)
    resources = {each["name"]: each for each in read_json(release / "datapackage.json")["resources"]}
    excel = resources["wert-excel"]
    assert (excel["path"], excel["compression"], excel["encoding"]) == ("csv_excel/wert.zip", "zip", "utf-8-sig")
    assert excel["dialect"]["delimiter"] == ";"
    assert next(each for each in excel["schema"]["fields"] if each["name"] == "wert")["decimalChar"] == ","
    assert {each["reference"]["resource"] for each in excel["schema"]["foreignKeys"]} == {
        "zuschnitt-excel", "raumebene-excel", "indikator-excel",
    }  # fmt: skip
