"""What the checks leave behind, and what of it may be seen outside."""

import datetime as dt
import json
import re
from html.parser import HTMLParser
from uuid import uuid4

import pytest

from flows.base.errors import CheckStopped, ConfigError, FortschreibungError
from flows.base.resources import resource
from flows.check.models import GX_PAGES_FOLDER
from flows.check.run_checks import raise_for_blockers
from flows.pages.about import About
from flows.pages.checks_page import Checked, write_checks_page
from tests.check.conftest import city_in

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Page(HTMLParser):
    """What a page loads and where it leads."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("script", "img", "link", "iframe"):
            self.loaded.append(given.get("src") or given.get("href"))
        if tag == "a":
            self.links.append(given.get("href", ""))


def test_every_check_has_a_page_of_great_expectations_which_stays_with_the_run(good):
    for result in good.results.values():
        page = _gx_pages(good) / "validations" / f"{result.suite}.html"
        assert "Expectation Validation Result" in page.read_text()
    assert sorted(file.name for file in good.report.path.iterdir()) == [
        "checks.json", "expected.toml", "great_expectations.json",
    ]  # fmt: skip


def test_the_results_of_great_expectations_are_kept_as_json(good):
    suites = json.loads((good.report.path / "great_expectations.json").read_text())

    assert {one["suite_name"] for one in suites} == {result.suite for result in good.results.values()}
    assert sum(len(one["results"]) for one in suites) == good.report.checks


def test_the_pages_load_nothing_and_their_links_lead_somewhere(good):
    for file in _gx_pages(good).rglob("*.html"):
        page = _Page(file.read_text())
        assert set(page.loaded) <= {"data:,"}, file
        for link in page.links:
            assert link.startswith("#") or (file.parent / link).exists(), (file, link)


@pytest.fixture(scope="module")
def blocked(tmp_path_factory):
    """The report of all checks of a city with two blockers; read only."""
    city = city_in(tmp_path_factory.mktemp("blocked"))
    city.spoil("UPDATE indikator_wert SET wert = 101 WHERE raum_id = '011002' AND indikator_id = 'sgb2_quote'")
    city.spoil("UPDATE stage.datei SET entfallen = 4 WHERE datei = 'EW_2024-12-31'")
    return city.report()


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A city in which checks find base units, a person and confidential counts, and its report; read only."""
    city = city_in(tmp_path_factory.mktemp("secret"))
    city.deliver("""
        UPDATE stage.zaehlung_einzeln SET wert = 98765
        WHERE merkmal = 'sgb2_0_14' AND basis_id = '01100021' AND stichtag = '2024-12-31'
    """)
    city.spoil("INSERT INTO stage.quarantaene VALUES ('ew', 'P.csv', 17, 'ALTER', '98765', 'a whole number')")
    city.spoil("DELETE FROM stage.geometrie WHERE basis_id = '01100021'")
    city.spoil(
        "INSERT INTO luecke (stichtag, merkmal, basis, basis_id) VALUES ('2024-12-31', 'einwohner', 'bbs', '01100022')"
    )
    city.spoil("INSERT INTO stage.zaehlung_einzeln BY NAME SELECT * REPLACE ('Anna Muster' AS basis_id) "
               "FROM stage.zaehlung_einzeln LIMIT 1")  # fmt: skip
    return city, city.report()


def test_no_page_names_a_base_unit_not_even_one_that_a_check_found(secret):
    _, checked = secret

    named = {finding.unit for finding in checked.findings}
    assert {"staged_geometrie_fehlt", "staged_kennung"} <= checked.failed
    assert [unit for unit in named if "01100021" in unit]
    for file in _may_be_seen(checked):
        assert re.findall(r"\b\d{8}\b|Anna", _UUID.sub("", file.read_text())) == [], file


def test_confidential_counts_stay_in_the_findings(secret):
    city, checked = secret

    assert any("98765" in finding.found for finding in checked.findings)
    assert "98765" in (city.run_folder / "findings" / "staged_teile.csv").read_text()
    assert (city.run_folder / "findings").stat().st_mode & 0o077 == 0
    for file in _may_be_seen(checked):
        assert "98765" not in file.read_text(), file
        assert "bbs 01100021" not in file.read_text(), file


def test_no_page_says_a_digest_of_the_rows_that_were_judged(good):
    pages = _may_be_seen(good)

    digests = {found for page in pages for found in re.findall(r"(?<![0-9a-f])[0-9a-f]{32,}", page.read_text())}

    assert digests == set()


@pytest.mark.parametrize("public", [True, False])
def test_values_of_a_judged_column_are_on_no_page_even_where_the_report_may_name_the_units(city, tmp_path, public):
    own = tmp_path / "checks"
    own.mkdir()
    (own / "klein.sql").write_text("SELECT 'block 7' AS einheit, 98765 AS zahl, 'Anna Muster' AS wer")
    _write_suite(own / "klein.json", units_public=public)

    checked = city.report("zahl_klein", own_checks=own)

    assert checked.results["zahl_klein"].units == (["block 7"] if public else [])
    for file in _may_be_seen(checked):
        text = file.read_text()
        assert [word for word in ("98765", "Anna") if word in text] == [], file


def test_a_count_of_the_whole_city_cannot_be_computed_from_the_report(city):
    city.spoil("UPDATE merkmal_raum SET wert = 2 WHERE merkmal = 'geburten'")

    checked = city.report("stadt_geburten")

    shares = {finding.found.rpartition(" ")[2][:6] for finding in checked.findings}
    assert checked.results["stadt_geburten"].offending == len(shares) == 2
    for file in _may_be_seen(checked):
        assert not [share for share in shares if share in file.read_text()], file


def test_why_a_check_could_not_be_made_is_on_no_page(city, tmp_path):
    own = tmp_path / "checks"
    own.mkdir()
    (own / "klein.sql").write_text("SELECT 'block 7' AS einheit, 'Anna Muster' AS zahl")
    _write_suite(own / "klein.json", units_public=False)

    checked = city.report("zahl_klein", own_checks=own)

    assert checked.results["zahl_klein"].blocks
    assert not [file for file in _may_be_seen(checked) if "Anna" in file.read_text()]
    assert "Traceback" not in (_gx_pages(checked) / "validations" / "klein.html").read_text()


def _gx_pages(checked):
    return checked.report.path.parent / GX_PAGES_FOLDER


def _may_be_seen(checked):
    """Return every file of the report, its page among them, and the pages of Great Expectations."""
    write_checks_page(checked.report.path, Checked(About("Kleinstadt", synthetic=True), dt.date(2026, 1, 15), "2024.1"))
    return [*checked.report.path.rglob("*.*"), *_gx_pages(checked).rglob("*.*")]


def _write_suite(file, *, units_public):
    """Write a suite that wants the column `zahl` of its frame to be 100 at most."""
    meta = {"id": "zahl_klein", "reason": "-", "what_to_do": "-", "units_public": units_public}
    expectation = {
        "id": str(uuid4()), "type": "expect_column_values_to_be_between", "severity": "warning", "description": "Small",
        "kwargs": {"column": "zahl", "max_value": 100}, "meta": meta,
    }  # fmt: skip
    suite = {"name": file.stem, "id": str(uuid4()), "expectations": [expectation], "notes": None}
    file.write_text(json.dumps(suite | {"meta": {"station": "city", "owner": "-"}}))


def test_checks_json_lists_every_check_with_reason_and_remedy(good):
    listed = json.loads((good.report.path / "checks.json").read_text())

    assert len(listed) == good.report.checks
    assert {one["station"] for one in listed} == {"extract", "staged", "sozialraum", "release", "city"}
    for one in listed:
        assert all(one[key] and one[f"{key}_de"] for key in ("reason", "what_to_do", "expected", "found")), one["check"]


@pytest.mark.thorough
def test_a_second_run_replaces_the_first_report(city):
    city.spoil("INSERT INTO stage.quarantaene VALUES ('sgb2', 'S.csv', 17, 'PERSONEN', 'x1', 'a whole number')")
    assert city.report("quarantaene").failed == {"quarantaene"}
    city.spoil("DELETE FROM stage.quarantaene")

    checked = city.report("quarantaene")

    assert checked.failed == set()
    assert [file.name for file in (city.run_folder / "findings").iterdir()] == ["findings.json"]


def test_twenty_units_are_named_and_all_are_counted_and_kept(make_city):
    city = make_city(sozialraeume=40)
    city.spoil("UPDATE indikator_wert SET wert = 101 WHERE indikator_id = 'sgb2_quote' AND raumebene = 'sozialraum'")

    checked = city.report("indikator_anteil")

    result = checked.results["indikator_anteil"]
    assert (len(result.units), result.offending) == (20, 80)
    assert len((city.run_folder / "findings" / "indikator_anteil.csv").read_text().splitlines()) == 81


def test_blockers_stop_with_check_units_found_expected_and_remedy(blocked):
    with pytest.raises(CheckStopped) as stopped:
        raise_for_blockers(blocked.report)

    message = str(stopped.value)
    assert stopped.value.exit_code == 1
    assert message.startswith("2 checks stop the publication")
    assert "einwohner: EW_2024-12-31: found ohne_verbleib -4; expected 0" in message
    assert "sozialraum 011002, 2023-12-31, sgb2_quote: found 101.0 %; expected 0 to 100.0 %" in message
    assert "what to do: Compare numerator and denominator" in message
    assert "index.html" in message


def test_warnings_do_not_stop(city):
    city.spoil("DELETE FROM stage.geometrie WHERE basis_id = '01100021'")

    checked = city.report("staged_geometrie_fehlt")

    assert checked.report.warnings == 1
    raise_for_blockers(checked.report)


def test_a_database_of_another_version_is_named_with_the_check_that_failed(city):
    city.spoil("ALTER TABLE raum DROP COLUMN flaeche_km2")

    with pytest.raises(FortschreibungError, match=r"(?s)sql/check/raum\.sql.*flaeche_km2"):
        city.report()


def test_a_suite_is_kept_as_a_file_only_where_it_says_more_than_no_row():
    for file in resource("expectations").glob("*.json"):
        expectations = json.loads(file.read_text())["expectations"]

        assert [one["type"] for one in expectations] != ["expect_table_row_count_to_be_between"], file.name


def test_every_check_that_ships_says_all_in_german_and_in_english():
    for check in (check for suite in _suites() for check in suite.expectations):
        for key in ("expected_de", "reason", "reason_de", "what_to_do", "what_to_do_de"):
            assert check.meta.get(key), (check.meta["id"], key)
        assert check.meta["reason"] != check.meta["reason_de"], check.meta["id"]


def test_a_check_is_called_by_one_name_everywhere():
    ids = [check.meta["id"] for suite in _suites() for check in suite.expectations]

    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9_]+", one) for one in ids)


def test_the_documentation_lists_every_check_with_its_severity():
    words = {"critical": "blocker", "warning": "warning", "info": "note"}
    documented = (resource("expectations").parent / "docs" / "checks.md").read_text()

    for check in (check for suite in _suites() for check in suite.expectations):
        assert f"| `{check.meta['id']}` | {words[check.severity]} | {check.description} |" in documented


def test_a_check_that_cannot_be_made_is_a_blocker(tmp_path, city, monkeypatch):
    suites = _copied_suites(tmp_path)
    _change(suites / "raum.json", lambda suite: suite["expectations"][2]["kwargs"].update(column="nam"))
    _use(monkeypatch, suites)

    result = city.report("raum_name").results["raum_name"]

    assert result.blocks
    assert result.found == 'the check could not be made: Error: The column "nam" in BatchData does not exist.'


def test_a_suite_without_reason_or_remedy_is_refused(tmp_path):
    suites = _copied_suites(tmp_path)
    _change(suites / "raum.json", lambda suite: suite["expectations"][0]["meta"].pop("what_to_do"))

    with pytest.raises(ConfigError, match=r"(?s)expectations/raum\.json.*what_to_do"):
        _suites(suites)


def test_a_suite_that_is_none_is_refused_with_its_name(tmp_path):
    suites = _copied_suites(tmp_path)
    _change(suites / "raum.json", lambda suite: suite["expectations"][0].update(type="expect_the_moon"))

    with pytest.raises(ConfigError, match=r"(?s)expectations/raum\.json.*expect_the_moon"):
        _suites(suites)


def test_a_frame_without_suite_and_header_is_refused(tmp_path):
    suites = _copied_suites(tmp_path)
    (suites / "raum.json").unlink()

    with pytest.raises(ConfigError, match=r"(?s)sql/check/raum\.sql.*severity: it is missing"):
        _suites(suites)


def test_a_check_with_header_and_suite_is_refused(tmp_path):
    suites = _copied_suites(tmp_path)
    (suites / "quarantaene.json").write_text(_orphan(suites, "quarantaene"))

    with pytest.raises(
        ConfigError, match=r"(?s)sql/check/quarantaene\.sql: expected no header.*found expected, expected_de, owner"
    ):
        _suites(suites)


def test_a_suite_without_a_frame_is_refused(tmp_path, city, monkeypatch):
    suites = _copied_suites(tmp_path)
    (suites / "waise.json").write_text(_orphan(suites, "waise"))
    _use(monkeypatch, suites)

    with pytest.raises(ConfigError, match=r"expectations/waise\.json: nothing to judge"):
        city.report("waise")


def test_the_working_database_is_only_read(city):
    before = city.work_db.read_bytes()

    city.report("raum_name")

    assert city.work_db.read_bytes() == before


def _suites(expectations=None):
    from flows.check.suites import bundled_suites  # noqa: PLC0415 -- takes seconds

    return bundled_suites(expectations or resource("expectations"), resource("sql") / "check")


def _orphan(suites, name):
    """Return a suite of one check, both called `name`."""
    suite = json.loads((suites / "stadt.json").read_text())
    suite["name"], suite["expectations"] = name, suite["expectations"][:1]
    suite["expectations"][0]["meta"]["id"] = name
    return json.dumps(suite)


def _copied_suites(tmp_path):
    target = tmp_path / "expectations"
    target.mkdir()
    for file in resource("expectations").glob("*.json"):
        (target / file.name).write_text(file.read_text())
    return target


def _change(file, change):
    suite = json.loads(file.read_text())
    change(suite)
    file.write_text(json.dumps(suite))


def _use(monkeypatch, suites):
    import flows.check.validation  # noqa: PLC0415 -- takes seconds

    monkeypatch.setattr(
        flows.check.validation, "resource", lambda name: suites if name == "expectations" else resource(name)
    )
