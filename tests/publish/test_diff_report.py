"""What is reported of a comparison (report, page, command), and what becomes of one that cannot be made."""

import json
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import jsonschema
import pytest

from flows.base.files import remove
from flows.base.home import home_at
from flows.compare.diff import DiffFailed, attach, diff_of, diff_releases, side_of
from flows.compare.diff_indices import index_differences
from flows.compare.diff_model import json_schema
from flows.pages.about import About
from flows.pages.diff_page import diff_html, diff_lines
from flows.release.catalog import DATABASE
from flows.release.job import Previous
from flows.release.manifest import manifest_of
from flows.release.table_contract import contract
from tests.parameters import first_of
from tests.publish.comparing import ALSO_2024, CITY, REDRAWN, between, built

COMMAND = Path(sys.executable).with_name("fortschreibung")
KLEINSTADT = About("Kleinstadt", synthetic=False)
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "diff.schema.json"


def without(release, tmp_path, *statements):
    """Copy a release and alter its file, as one of another schema version would be."""
    copy = tmp_path / "altered"
    shutil.copytree(release, copy)
    with duckdb.connect(str(copy / DATABASE)) as con:
        for statement in statements:
            con.execute(statement)
    return copy


def test_what_could_not_be_compared_counts_as_different_and_says_why(first, city, tmp_path):
    figures = ("wert", "wert_zuschnitt")
    older = without(first, tmp_path, *(f"ALTER TABLE {table} DROP unsicherheit" for table in figures))
    after = built(city, "second", figures="SELECT * REPLACE (wert + 1 AS wert) FROM it")
    found = between(older, after)
    assert not found.same
    assert [each.table for each in found.not_made] == [*figures]
    assert all("unsicherheit" in each.reason for each in found.not_made)
    assert "not compared, counts as different: wert" in "\n".join(diff_lines(found))


@pytest.mark.thorough
def test_figures_of_schema_1_are_compared_wherever_they_stand_today(city, tmp_path):
    two = {"figures": ALSO_2024, **REDRAWN}
    older = without(
        built(city, "older", **two), tmp_path,
        "INSERT INTO wert FROM wert_zuschnitt", "DROP VIEW wert_alle", "DROP TABLE wert_zuschnitt",
    )  # fmt: skip
    after = built(city, "after", **two)
    before = side_of(manifest_of(older))
    before = before._replace(tables={**before.tables, "wert": "other"})
    del before.tables["wert_zuschnitt"]
    with duckdb.connect() as con:
        attach(con, older / DATABASE, "vorher")
        attach(con, after / DATABASE, "fortschreibung")
        found = diff_of(con, CITY, before, side_of(manifest_of(after)))
    assert found.different == 0
    assert [(each.table, each.reason) for each in found.not_made] == [
        ("wert_zuschnitt", "2024.1 has no table wert_zuschnitt")
    ]


def test_a_table_that_one_release_has_not_counts_as_different(first):
    before, after = side_of(manifest_of(first)), side_of(manifest_of(first))
    found = diff_of(None, CITY, before._replace(tables={k: v for k, v in before.tables.items() if k != "stadt"}), after)
    assert not found.same
    assert [(each.table, each.reason) for each in found.not_made] == [("stadt", "2024.1 has no table stadt")]


def test_publication_goes_on_when_the_previous_file_cannot_be_opened(first, city, tmp_path, read_json):
    broken = tmp_path / "broken"
    shutil.copytree(first, broken)
    (broken / DATABASE).write_bytes(b"no database")
    release = built(city, "second", previous=Previous("2024.1", broken / DATABASE),
                    figures="SELECT * REPLACE (wert + 1 AS wert) FROM it")  # fmt: skip
    report = read_json(release / "changes.json")
    assert report["same"] is False
    assert {each["table"] for each in report["comparisons"] if each["outcome"] == "not_made"} == {
        "wert", "sozialraum_jahr",
    }  # fmt: skip


def test_the_report_of_a_publication_is_the_comparison_with_the_previous_release(first, city, read_json):
    release = built(city, "second", previous=Previous("2024.1", first / DATABASE), sha256="99" * 32,
                    figures="SELECT * REPLACE (wert + 1 AS wert) FROM it")  # fmt: skip
    assert read_json(release / "changes.json") == json.loads(between(first, release).model_dump_json())


def test_the_report_says_which_units_are_in_another_class_of_an_index_and_why(compared):
    found = compared(sha256="99" * 32)

    assert "Handlungsbedarf seit 31.12.2023" in diff_html(found, KLEINSTADT)
    (moved,) = found.indices_moved
    assert (moved.index_id, moved.units, moved.higher, moved.lower, moved.raum, moved.zufall) == (
        "bedarf", 2, 1, 0, 1, 0,
    )  # fmt: skip
    (unit,) = found.classes_moved
    assert (unit.raum_id, unit.class_before, unit.class_after, unit.cause) == (
        "012001", "nicht erhöht", "hoch", "raum",
    )  # fmt: skip


def test_the_report_says_which_units_are_of_another_type_and_whether_that_says_much(compared):
    before = (
        "FROM it UNION ALL FROM it SELECT * REPLACE (DATE '2023-12-31' AS stichtag, "
        "CASE typ_id WHEN 'eng' THEN 'weit' ELSE typ_id END AS typ_id)"
    )
    found = compared(typ=before)

    (moved,) = found.types_moved
    assert (moved.raum_id, moved.type_before, moved.type_after, moved.borderline) == ("012001", "Weit", "Eng", True)
    assert "Andere Typen seit 31.12.2023" in diff_html(found, KLEINSTADT)


@pytest.mark.parametrize(
    ("table", "query", "expected"),
    first_of(
        [
            ("index_wert", "SELECT * REPLACE (punkte + 0.5 AS punkte) FROM it", ("figures", 2, 0)),
            ("index_wert", "SELECT * REPLACE (2 AS klasse_bis) FROM it", ("figures", 0, 1)),
            ("index_komponente", "SELECT * REPLACE (2.0 AS gewicht) FROM it", ("definition", 0, 0)),
            ("index_klasse", "SELECT * REPLACE (klassengrenze * 2 AS klassengrenze) FROM it", ("definition", 0, 0)),
            ("index_definition", "SELECT * REPLACE ('Anderer Index' AS label_de) FROM it", None),
        ]
    ),
)
def test_an_index_that_differs_is_named_with_what_differs(compared, table, query, expected):
    found = compared(**{table: query})

    assert [(each.change, each.scores, each.classes) for each in found.indices] == ([expected] if expected else [])
    assert ("Indizes, die anders sind" in diff_html(found, KLEINSTADT)) == bool(expected)


def test_an_index_of_which_only_likely_classes_or_ranks_differ_is_named_in_both_languages(compared, monkeypatch):
    found = compared(index_wert="SELECT * REPLACE ('1 2' AS klassen_90, 3 AS rang_bis) FROM it")

    (differs,) = found.indices
    assert (differs.change, differs.classes, differs.likely_classes, differs.ranks) == ("figures", 0, 1, 2)
    page = diff_html(found, KLEINSTADT)
    assert ">Klassen zu 90 %</th>" in page
    assert ">Ränge</th>" in page
    assert "0 scores, 0 classes (likely ones: 1) and 2 ranks differ" in "\n".join(diff_lines(found))
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")
    assert "0 Klassen (wahrscheinliche: 1) und 2 Ränge unterscheiden sich" in "\n".join(diff_lines(found))


PROPERTIES = [
    (table, column)
    for table in ("index_definition", "index_komponente", "index_klasse")
    for column in contract().table[table].columns
    if not column.endswith(("_de", "_en")) and column not in ("index_id", "index_version", "position", "quelle")
]
"""What is no text, and does not say which index it is or where it stands."""


def test_every_property_of_an_index_in_the_contract_of_a_release_is_part_of_its_definition(first, tmp_path):
    assert ("index_definition", "ueberschneidung") in PROPERTIES
    shutil.copy(first / DATABASE, tmp_path / "other.duckdb")
    with duckdb.connect() as con:
        attach(con, first / DATABASE, "vorher")
        con.execute(f"ATTACH '{tmp_path / 'other.duckdb'}' AS fortschreibung")
        assert index_differences(con) == []
        for table, column in PROPERTIES:
            (kind,) = con.execute(f"SELECT typeof(any_value({column})) FROM vorher.{table}").fetchone()
            other = {"VARCHAR": "'other'", "DATE": "DATE '1999-12-31'"}.get(kind, "99")
            con.execute(f"BEGIN; UPDATE fortschreibung.{table} SET {column} = {other}")
            assert [each.change for each in index_differences(con)] == ["definition"], column
            con.execute("ROLLBACK")


@pytest.mark.thorough
def test_the_published_schema_is_that_of_the_report_and_every_report_keeps_it(compared, first):
    schema = json.loads(SCHEMA.read_bytes())
    assert schema == json_schema(), "docs/diff.schema.json is written by `python -m flows.compare.diff_model`"
    jsonschema.Draft202012Validator.check_schema(schema)
    found = compared(figures="SELECT * REPLACE (wert + 1 AS wert) FROM it", sha256="99" * 32, **REDRAWN)
    report = json.loads(found.model_dump_json())
    jsonschema.validate(report, schema)
    jsonschema.validate(json.loads((first / "changes.json").read_bytes()), schema)
    for broken in ({**report, "same": "yes"}, {**report, "more": 1}, {k: v for k, v in report.items() if k != "city"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


class Page(HTMLParser):
    """Collects what of a page matters here."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href") and value != "data:,"]


def test_the_page_is_complete_in_itself_and_draws_a_bar_for_each_cause_of_an_indikator(compared):
    found = compared(figures="SELECT * REPLACE (wert + 1 AS wert) FROM it WHERE raum_id <> '012'")
    text = diff_html(found, KLEINSTADT)
    page = Page(text)
    assert (page.addresses, page.tags.count("script")) == ([], 0)
    assert page.tags.count("rect") == sum(
        sum(getattr(each, cause) > 0 for cause in found.causes) for each in found.indikatoren
    ), "no Stichtag came or went here"
    assert all(words in text for words in ("2024.1 gegen 2024.1", "Einwohner: ", "Sozialraum 011001"))


def test_a_name_with_markup_stays_text(compared):
    found = compared(
        sozialraum="SELECT * REPLACE ('<script>1</script>' AS name) FROM it",
        figures="SELECT * REPLACE (wert + 1 AS wert) FROM it",
    )
    assert "script" not in Page(diff_html(found, KLEINSTADT)).tags


def test_the_first_release_has_nothing_to_be_compared_with(first):
    found = diff_of(None, CITY, None, side_of(manifest_of(first)))
    assert "Erste Fortschreibung" in diff_html(found, KLEINSTADT)
    assert diff_lines(found) == ["kleinstadt 2024.1: the first release, nothing to compare with."]


@pytest.fixture(scope="module")
def published(homes):
    """A home with 2024.1 and 2024.2, in which one unit has more residents; read only."""
    return home_at(homes(1200, 1250))


def asked(home, *arguments):
    return subprocess.run(
        [COMMAND, "diff", *arguments, "--home", home.root], capture_output=True, text=True, check=False
    )


@pytest.mark.thorough
def test_the_command_ends_with_0_for_the_same_1_for_different_and_2_for_a_failure(published, tmp_path):
    assert (same := asked(published, CITY, "2024.1", "2024.1")).returncode == 0
    assert "the same content" in same.stdout
    different = asked(published, CITY, "2024.1", "2024.2", "--html", tmp_path / "diff.html")
    assert different.returncode == 1
    assert "figures differ" in different.stdout
    assert "<svg" in (tmp_path / "diff.html").read_text("utf-8")
    for wrong in (["2024.1", "2030.1"], ["2024.1"], ["2024.1", "2024.2", "--html", tmp_path / "no" / "diff.html"]):
        assert asked(published, CITY, *wrong).returncode == 2


def test_the_command_prints_the_report_as_json(published):
    done = asked(published, CITY, "2024.1", "2024.2", "--json")
    report = json.loads(done.stdout)
    jsonschema.validate(report, json.loads(SCHEMA.read_bytes()))
    assert report["causes"] == {"computation": 9}, "residents, both rates and their denominators, on three levels"


def test_a_release_that_cannot_be_read_is_a_failure_and_no_difference(home, two_published):
    release = home.releases / CITY / "2024.2"
    database = release / DATABASE
    remove(release / "csv")
    database.chmod(0o644)
    database.write_bytes(b"no database")
    with pytest.raises(DiffFailed, match="cannot be compared"):
        diff_releases(home, CITY, "2024.1", "2024.2")


@pytest.mark.parametrize(("before", "after"), [("2024.1", "2031.1"), ("2031.1", "2024.1")])
def test_a_comparison_that_fails_has_the_code_of_its_cause(home, one_published, before, after):
    with pytest.raises(DiffFailed, match="There is no release") as failed:
        diff_releases(home, CITY, before, after)
    assert (failed.value.code, failed.value.exit_code) == ("FS-USE-02", 2)


def test_every_figure_that_differs_between_two_large_releases_is_counted(first, tmp_path):
    """As many figures as a city of 180 Sozialräume has in ten years; every tenth differs."""
    many = """
        INSERT INTO wert SELECT '2020-01-01', 'sozialraum', raum::VARCHAR, DATE '2015-12-31' + jahr::INTEGER * 365,
            'i' || indikator, raum * indikator {}, 1, 2, 'ok', 'exact', NULL
        FROM range(240) AS r(raum), range(10) AS j(jahr), range(92) AS i(indikator)"""
    before = without(first, tmp_path / "a", many.format(""))
    after = without(first, tmp_path / "b", many.format("+ (raum % 10 = 0)::INTEGER"))
    sides = [side_of(manifest_of(folder)) for folder in (before, after)]
    sides[1] = sides[1]._replace(tables={**sides[1].tables, "wert": "other"})
    with duckdb.connect() as con:
        attach(con, before / DATABASE, "vorher")
        attach(con, after / DATABASE, "fortschreibung")
        found = diff_of(con, CITY, *sides)
    assert found.different == 24 * 10 * 92
