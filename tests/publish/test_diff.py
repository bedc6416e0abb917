"""Two releases are compared figure by figure, and every difference has one cause.

Each test says what is otherwise in the second release, and what the comparison makes of it.
"""

import datetime as dt
import json
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import jsonschema
import pytest

from flows.home import home_at
from flows.publish.build import build
from flows.publish.catalog import DATABASE
from flows.publish.diff import DiffFailed, attach, diff_of, diff_releases, side_of
from flows.publish.diff_model import json_schema
from flows.publish.diff_page import diff_html, diff_lines
from flows.publish.durable import remove
from flows.publish.job import Previous, Setting
from flows.publish.manifest import manifest_of
from flows.publish.promote import publish

CITY = "kleinstadt"
COMMAND = Path(sys.executable).with_name("fortschreibung")
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "diff.schema.json"
NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
ONE_FIGURE = "raum_id = '011001' AND stichtag = DATE '2024-12-31' AND indikator_id = 'einwohner'"
WIDE = """
    SELECT zuschnitt, raum_id AS sozialraum_id, 'Sozialraum ' || raum_id AS name, stichtag,
        max(wert) FILTER (indikator_id = 'einwohner') AS einwohner,
        max(wert) FILTER (indikator_id = 'sgb2_quote') AS sgb2_quote,
        max(wert) FILTER (indikator_id = 'wohnflaeche_je_einwohner') AS wohnflaeche_je_einwohner
    FROM (FROM '{}' WHERE raumebene = 'sozialraum' QUALIFY zuschnitt = max(zuschnitt) OVER (PARTITION BY stichtag))
    GROUP BY ALL
"""


def built(city, name, *, figures=None, sha256=None, previous=None, **tables):
    """Build a release; `figures` and `tables` are queries over the table `it` that they replace."""
    folder = city.run(name)
    for table, query in tables.items():
        city.rewrite(folder, table, query)
    if figures:
        city.rewrite(folder, "wert", figures)
        city.rewrite(folder, "sozialraum_jahr", WIDE.format(folder / "wert.parquet"))
    job = city.job()
    if sha256:
        job = job.model_copy(update={"sources": [job.sources[0].model_copy(update={"sha256": sha256})]})
    setting = Setting(version="2024.2" if previous else "2024.1", made_at=NOW, previous=previous)
    target = city.root / "built" / name
    build(job.write(folder), target, setting)
    return target


def between(before, after):
    with duckdb.connect() as con:
        attach(con, before / DATABASE, "vorher")
        attach(con, after / DATABASE, "fortschreibung")
        return diff_of(con, CITY, side_of(manifest_of(before)), side_of(manifest_of(after)))


@pytest.fixture(scope="module")
def first(tmp_path_factory, city_in):
    """The release that the others are compared with; read only."""
    return built(city_in(tmp_path_factory.mktemp("first")), "first")


@pytest.fixture
def compared(first, city):
    """Compare the first release with one in which something is otherwise."""
    return lambda **otherwise: between(first, built(city, "second", **otherwise))


def the_one(found, indikator_id):
    return next(each for each in found.indikatoren if each.indikator_id == indikator_id)


def test_the_same_content_is_the_same(compared):
    found = compared()
    assert found.same
    assert {each.outcome for each in found.comparisons} == {"same"}
    assert (found.causes, found.indikatoren, found.codebook, found.units) == ({}, [], [], [])


def test_a_value_that_differs_with_its_delivery_was_revised_by_the_source(compared):
    found = compared(figures=f"SELECT * REPLACE (CASE WHEN {ONE_FIGURE} THEN 1260 ELSE wert END AS wert) FROM it",
                     sha256="99" * 32)  # fmt: skip
    assert not found.same
    assert found.causes == {"revised": 1}
    (mover,) = found.movers
    assert (mover.raum_id, mover.name, mover.cause, mover.before, mover.after, mover.difference) == (
        "011001", "Sozialraum 011001", "revised", 1200, 1260, 60,
    )  # fmt: skip
    assert [(each.datei, each.change) for each in found.sources] == [("EW_2024.csv", "other_bytes")]


def test_a_value_that_differs_on_the_same_deliveries_was_computed_differently(compared):
    found = compared(figures=f"SELECT * REPLACE (CASE WHEN {ONE_FIGURE} THEN 1260 ELSE wert END AS wert) FROM it")
    assert found.causes == {"computation": 1}
    assert found.sources == []


@pytest.mark.parametrize(
    ("column", "value"), [("zaehler", 1), ("nenner", 7), ("methode", "'area_weighted'"), ("unsicherheit", 0.1)]
)
def test_a_figure_with_the_same_value_but_another_origin_differs(compared, column, value):
    found = compared(figures="SELECT * REPLACE (CASE WHEN raum_id = '05999' AND indikator_id = 'sgb2_quote' "
                             f"THEN {value} ELSE {column} END AS {column}) FROM it")  # fmt: skip
    assert (found.causes, the_one(found, "sgb2_quote").moved) == ({"computation": 2}, 0)


def test_newly_protected_and_newly_released_are_told_apart(compared):
    found = compared(figures="""
        SELECT * REPLACE (
            CASE raum_id WHEN '011001' THEN NULL WHEN '011002' THEN 0.22 ELSE wert END AS wert,
            CASE raum_id WHEN '011001' THEN NULL WHEN '011002' THEN 2.0 ELSE zaehler END AS zaehler,
            CASE raum_id WHEN '011001' THEN 'geschuetzt' WHEN '011002' THEN 'ok' ELSE status END AS status
        ) FROM it WHERE indikator_id = 'sgb2_quote'
        UNION ALL FROM it WHERE indikator_id <> 'sgb2_quote'""")  # fmt: skip
    quote = the_one(found, "sgb2_quote")
    assert found.causes == {"protection": 4}
    assert (quote.newly_protected, quote.newly_released) == (2, 2)
    assert (quote.severity, quote.why) == ("high", ["figures_released"])


def test_a_numerator_that_is_now_withheld_is_newly_protected(compared):
    found = compared(figures="SELECT * REPLACE (CASE WHEN indikator_id = 'sgb2_quote' THEN NULL ELSE zaehler END "
                             "AS zaehler) FROM it")  # fmt: skip
    assert set(found.causes) == {"protection"}


@pytest.mark.parametrize(
    ("table", "query", "field", "values"),
    [
        ("indikator", "SELECT * REPLACE (CASE position WHEN 2 THEN 1000.0 ELSE faktor END AS faktor) FROM it",
         "faktor", ("100.0", "1000.0")),
        ("indikator", "SELECT * REPLACE (CASE position WHEN 2 THEN 0 ELSE nachkommastellen END AS nachkommastellen) "
         "FROM it", "nachkommastellen", ("1", "0")),
        ("katalog_indikator_teil", "SELECT * REPLACE (CASE WHEN rolle = 'nenner' AND indikator_id = 'sgb2_quote' "
         "THEN 'sgb2' ELSE merkmal END AS merkmal) FROM it", "nenner", ("einwohner", "sgb2")),
        ("katalog_indikator_teil", "FROM it UNION ALL SELECT 'sgb2_quote', 'zaehler', 'einwohner'",
         "zaehler", ("sgb2", "einwohner + sgb2")),
    ],
)  # fmt: skip
def test_figures_of_an_indikator_with_another_definition_changed_by_it(compared, table, query, field, values):
    ten_times = "SELECT * REPLACE (CASE WHEN indikator_id = 'sgb2_quote' THEN wert * 10 ELSE wert END AS wert) FROM it"
    found = compared(figures=ten_times, sha256="99" * 32, **{table: query})
    assert set(found.causes) == {"definition"}
    (change,) = found.codebook
    assert (change.indikator_id, change.change) == ("sgb2_quote", "definition")
    assert [(each.field, each.before, each.after) for each in change.fields] == [(field, *values)]
    assert (the_one(found, "sgb2_quote").severity, the_one(found, "sgb2_quote").why[0]) == (
        "high",
        "definition_changed",
    )


def test_another_wording_is_a_difference_of_the_codebook_and_of_no_figure(compared):
    found = compared(indikator="SELECT * REPLACE (label_en || '!' AS label_en) FROM it")
    assert (found.same, found.causes) == (False, {})
    assert {(each.change, each.fields[0].field) for each in found.codebook} == {("wording", "label_en")}


def test_figures_of_a_stichtag_or_indikator_that_came_or_went_are_coverage(compared):
    found = compared(
        figures="""
        FROM it WHERE year(stichtag) = 2024 AND indikator_id <> 'wohnflaeche_je_einwohner'
        UNION ALL SELECT * REPLACE (stichtag + INTERVAL 2 YEAR AS stichtag) FROM it WHERE year(stichtag) = 2023"""
    )
    assert found.causes == {"coverage": 18 + 18 + 6}
    assert found.stichtage_come == [dt.date(2025, 12, 31)]
    assert found.stichtage_gone == [dt.date(2023, 12, 31)]
    gone = the_one(found, "wohnflaeche_je_einwohner")
    assert (gone.gone, gone.come, gone.severity, gone.why) == (12, 6, "high", ["figures_gone"])


def test_a_value_that_is_no_longer_delivered_is_coverage_gone(compared):
    found = compared(
        figures=f"""
        SELECT * REPLACE (CASE WHEN {ONE_FIGURE} THEN NULL ELSE wert END AS wert,
            CASE WHEN {ONE_FIGURE} THEN 'nicht_geliefert' ELSE status END AS status) FROM it"""
    )
    assert found.causes == {"coverage": 1}
    assert the_one(found, "einwohner").why == ["figures_gone"]


def test_a_value_that_differs_in_a_unit_with_another_outline_was_moved_by_the_boundary(compared):
    found = compared(
        figures="SELECT * REPLACE (CASE WHEN indikator_id = 'einwohner' AND raumebene = 'sozialraum' THEN wert + 1 "
        "ELSE wert END AS wert) FROM it",
        sha256="99" * 32,
        sozialraum="SELECT * REPLACE (CASE sozialraum_id WHEN '012001' THEN first(geometrie) OVER (ORDER BY "
        "sozialraum_id) ELSE geometrie END AS geometrie) FROM it",
    )  # fmt: skip
    assert found.causes == {"boundary": 2, "revised": 4}
    assert [(each.raum_id, each.change) for each in found.units] == [("012001", "boundary")]


def test_a_unit_in_another_larger_unit_is_another_boundary_and_another_name_is_none(compared):
    found = compared(
        sozialraum="""
        SELECT * REPLACE (CASE sozialraum_id WHEN '011002' THEN '012' ELSE stadtteil_id END AS stadtteil_id,
            CASE sozialraum_id WHEN '011001' THEN 'Neu' ELSE name END AS name) FROM it"""
    )
    assert [(each.raum_id, each.name, each.change) for each in found.units] == [
        ("011001", "Neu", "name"), ("011002", "Sozialraum 011002", "boundary"),
    ]  # fmt: skip


ALSO_2024 = "FROM it UNION ALL SELECT * REPLACE ('2024-01-01' AS zuschnitt) FROM it"
REDRAWN = dict.fromkeys(("katalog_zuschnitt", "sozialraum", "stadtteil", "stadt"), ALSO_2024)


def test_a_stichtag_that_went_over_to_another_zuschnitt_was_moved_by_the_boundary(compared):
    found = compared(
        figures="SELECT * REPLACE (CASE WHEN year(stichtag) = 2024 THEN '2024-01-01' ELSE zuschnitt END AS zuschnitt, "
        f"CASE WHEN {ONE_FIGURE} THEN 1300 ELSE wert END AS wert) FROM it",
        sha256="99" * 32,
        **REDRAWN,
    )
    assert found.causes == {"boundary": 18}, "one figure each, not one gone and one come"
    assert {each.change for each in found.units} == {"come"}
    assert [(each.raum_id, each.zuschnitt, each.cause) for each in found.movers] == [
        ("011001", "2024-01-01", "boundary")
    ]


def test_a_unit_that_a_redraw_split_is_moved_by_the_boundary_too(compared):
    renamed = "FROM it UNION ALL SELECT * REPLACE ('2024-01-01' AS zuschnitt, CASE sozialraum_id WHEN '012001' "
    found = compared(
        figures="SELECT * REPLACE (CASE WHEN year(stichtag) = 2024 THEN '2024-01-01' ELSE zuschnitt END AS zuschnitt, "
        "CASE WHEN year(stichtag) = 2024 AND raum_id = '012001' THEN '012009' ELSE raum_id END AS raum_id) FROM it",
        **REDRAWN | {"sozialraum": renamed + "THEN '012009' ELSE sozialraum_id END AS sozialraum_id) FROM it"},
    )
    assert found.causes == {"boundary": 15 + 3 + 3}, "012001 went and 012009 came"


def test_a_stichtag_that_is_also_given_on_another_zuschnitt_is_coverage_come(compared):
    found = compared(
        figures="FROM it UNION ALL SELECT * REPLACE ('2024-01-01' AS zuschnitt) FROM it WHERE year(stichtag) = 2023",
        **REDRAWN,
    )
    assert found.causes == {"coverage": 18}


def test_every_differing_figure_is_counted_once(compared, first, city):
    found = compared(
        sha256="99" * 32,
        figures="""
            SELECT * REPLACE (
                CASE hash(it, 1) % 3 WHEN 0 THEN zuschnitt ELSE '2024-01-01' END AS zuschnitt,
                CASE hash(it, 2) % 3 WHEN 0 THEN wert ELSE wert + 1 END AS wert)
            FROM it WHERE hash(it, 3) % 4 > 0""",
        **REDRAWN,
    )
    with duckdb.connect() as con:
        for name, folder in (("a", first), ("b", city.root / "built" / "second")):
            attach(con, folder / DATABASE, name)
        (expected,) = con.execute("""
            SELECT count(*) FROM (FROM a.wert) AS x FULL JOIN (FROM b.wert) AS y
                USING (raumebene, raum_id, stichtag, indikator_id)
            WHERE x.wert IS DISTINCT FROM y.wert OR x.status IS DISTINCT FROM y.status
                OR x.zuschnitt IS DISTINCT FROM y.zuschnitt""").fetchone()
    assert found.different == expected == sum(each.different for each in found.indikatoren)
    assert found.causes["boundary"] > 0
    assert found.causes["coverage"] > 0


@pytest.mark.parametrize(
    ("query", "severity", "why"),
    [
        ("wert + 1", "low", ["other"]),
        ("CASE raum_id WHEN '012001' THEN wert * 1.2 ELSE wert END", "medium", ["figure_moved_far"]),
        ("CASE raum_id WHEN '05999' THEN wert * 1.2 ELSE wert END", "high", ["city_moved_far"]),
    ],
)
def test_severity_follows_from_how_far_figures_moved(compared, query, severity, why):
    found = compared(
        figures=f"SELECT * REPLACE (CASE indikator_id WHEN 'einwohner' THEN {query} ELSE wert END AS wert) FROM it"
    )
    (only,) = found.indikatoren
    assert (only.severity, only.why) == (severity, why)


def test_the_units_that_moved_most_come_first_with_their_furthest_figure(compared):
    found = compared(
        figures="""
        SELECT * REPLACE (CASE WHEN raum_id = '012001' THEN wert * 1.1
            WHEN raum_id = '011001' AND indikator_id = 'einwohner' THEN wert * 3 ELSE wert END AS wert) FROM it"""
    )
    assert [(each.raum_id, each.figures, each.indikatoren) for each in found.units_moved] == [
        ("012001", 6, 3), ("011001", 2, 1),
    ]  # fmt: skip
    assert found.units_moved[1].largest_movement == pytest.approx(2 / 3)
    assert found.units_moved[1].indikator_id == "einwohner"


def without(release, tmp_path, *statements):
    """Copy a release and alter its file, as one of another schema version would be."""
    copy = tmp_path / "altered"
    shutil.copytree(release, copy)
    with duckdb.connect(str(copy / DATABASE)) as con:
        for statement in statements:
            con.execute(statement)
    return copy


def test_what_could_not_be_compared_counts_as_different_and_says_why(first, city, tmp_path):
    older = without(first, tmp_path, "ALTER TABLE wert DROP unsicherheit")
    after = built(city, "second", figures="SELECT * REPLACE (wert + 1 AS wert) FROM it")
    found = between(older, after)
    (missing,) = found.not_made
    assert (found.same, missing.table) == (False, "wert")
    assert "unsicherheit" in missing.reason
    assert "not compared, counts as different: wert" in "\n".join(diff_lines(found))


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


def test_the_published_schema_is_that_of_the_report_and_every_report_keeps_it(compared, first):
    schema = json.loads(SCHEMA.read_bytes())
    assert schema == json_schema(), "docs/diff.schema.json is written by `python -m flows.publish.diff_model`"
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
    text = diff_html(found)
    page = Page(text)
    assert (page.addresses, page.tags.count("script")) == ([], 0)
    assert page.tags.count("rect") == sum(
        sum(getattr(each, cause) > 0 for cause in found.causes) for each in found.indikatoren
    )
    assert all(words in text for words in ("2024.1 gegen 2024.1", "Einwohner: ", "Sozialraum 011001"))


def test_a_name_with_markup_stays_text(compared):
    found = compared(
        sozialraum="SELECT * REPLACE ('<script>1</script>' AS name) FROM it",
        figures="SELECT * REPLACE (wert + 1 AS wert) FROM it",
    )
    assert "script" not in Page(diff_html(found)).tags


def test_the_first_release_has_nothing_to_be_compared_with(first):
    found = diff_of(None, CITY, None, side_of(manifest_of(first)))
    assert "Erste Fortschreibung" in diff_html(found)
    assert diff_lines(found) == ["kleinstadt 2024.1: the first release, nothing to compare with."]


@pytest.fixture(scope="module")
def published(tmp_path_factory, city_in):
    """A home with 2024.1 and 2024.2, in which one unit has more residents."""
    city = city_in(tmp_path_factory.mktemp("published"))
    home = home_at(city.root)
    for residents in (1200, 1250):
        publish(city.job(), city.run(f"r{residents}", residents=residents), home)
    return home


def asked(home, *arguments):
    return subprocess.run(
        [COMMAND, "diff", *arguments, "--home", home.root], capture_output=True, text=True, check=False
    )


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


def test_a_release_that_cannot_be_read_is_a_failure_and_no_difference(city, home):
    for residents in (1200, 1250):
        release = publish(city.job(), city.run(f"r{residents}", residents=residents), home).path
    database = release / DATABASE
    remove(release / "csv")
    database.chmod(0o644)
    database.write_bytes(b"no database")
    with pytest.raises(DiffFailed, match="cannot be compared"):
        diff_releases(home, CITY, "2024.1", "2024.2")


def test_two_releases_of_a_city_are_compared_within_a_second(first, tmp_path):
    """As many figures as a city of 180 Sozialräume has in ten years; every tenth differs."""
    many = """
        INSERT INTO wert SELECT '2020-01-01', 'sozialraum', raum::VARCHAR, DATE '2015-12-31' + jahr::INTEGER * 365,
            'i' || indikator, raum * indikator {}, 1, 2, 'ok', 'exact', NULL
        FROM range(240) AS r(raum), range(10) AS j(jahr), range(92) AS i(indikator)"""
    before = without(first, tmp_path / "a", many.format(""))
    after = without(first, tmp_path / "b", many.format("+ (raum % 10 = 0)::INTEGER"))
    sides = [side_of(manifest_of(folder)) for folder in (before, after)]
    sides[1] = sides[1]._replace(tables={**sides[1].tables, "wert": "other"})
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        with duckdb.connect() as con:
            attach(con, before / DATABASE, "vorher")
            attach(con, after / DATABASE, "fortschreibung")
            found = diff_of(con, CITY, *sides)
        seconds.append(time.perf_counter() - started)
    assert found.different == 24 * 10 * 92
    assert min(seconds) < 1
