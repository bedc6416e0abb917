"""What a city decides about its checks: what must come, what it accepts for a time, and checks of its own."""

import datetime as dt
import json
import tomllib

import pytest

from flows.base.errors import ConfigError, FortschreibungError
from flows.check.models import GX_PAGES_FOLDER
from flows.profile.checks import Expected, Waiver

_TODAY = dt.date(2025, 3, 1)
_EMPTIED = "UPDATE indikator_wert SET wert = 101 WHERE raum_id IN ('011001', '011002') AND indikator_id = 'sgb2_quote'"
_OWN = """
-- owner: Sozialamt
-- severity: {severity}
-- reason: The barracks in 011003 are empty
-- units_public: true
SELECT concat(raum_id, ', ', stichtag) AS einheit, wert AS gefunden, 'nobody' AS erwartet
FROM merkmal_raum
WHERE raum_id = '011003' AND merkmal = 'einwohner' AND wert > {most}
"""


def _waiver(check, *units, expires="2025-12-31"):
    return Waiver(check=check, units=list(units), reason="Looked at", who="A. Beispiel", expires=expires)


def _with_unit(einheit):
    """The own check with another expression for what a row is about; it finds both Stichtage."""
    return _OWN.format(severity="warning", most=0).replace("concat(raum_id, ', ', stichtag)", einheit)


def _expected(city, deliveries, units=6):
    for stichtag in deliveries:
        city.spoil(f"INSERT INTO katalog.erwartet_lieferung VALUES ('einwohner', '{stichtag}', {units})")


def test_a_city_that_expects_nothing_may_get_anything(city):
    assert city.rows("erwartet") == []


def test_what_came_as_expected_passes(city):
    _expected(city, city.stichtage)

    assert all(row["wie_erwartet"] and row["bekannt"] for row in city.rows("erwartet"))


def test_a_missing_and_a_short_delivery_are_not_as_expected(city):
    _expected(city, ["2022-12-31", "2023-12-31"])
    _expected(city, ["2024-12-31"], units=7)

    failed = {row["einheit"]: row["gefunden"] for row in city.rows("erwartet") if not row["wie_erwartet"]}

    assert failed == {"source einwohner, 2022-12-31": "nothing came", "source einwohner, 2024-12-31": "6 units"}


def test_a_new_stichtag_is_only_unknown_and_an_old_one_is_not_as_expected(city):
    _expected(city, ["2023-12-31"])
    new = {row["einheit"]: (row["wie_erwartet"], row["bekannt"]) for row in city.rows("erwartet")}
    assert new["source einwohner, 2024-12-31"] == (True, False)

    city.spoil("DELETE FROM katalog.erwartet_lieferung")
    _expected(city, ["2024-12-31"])
    old = {row["einheit"]: (row["wie_erwartet"], row["bekannt"]) for row in city.rows("erwartet")}
    assert old["source einwohner, 2023-12-31"] == (False, False)


def test_a_stichtag_that_the_run_leaves_out_is_not_missed(city):
    _expected(city, [*city.stichtage, "2025-12-31"])

    assert all(row["wie_erwartet"] for row in city.rows("erwartet", until=dt.date(2024, 12, 31)))


def test_a_raumebene_of_another_size_is_not_as_expected(city):
    city.spoil("INSERT INTO katalog.erwartet_raum VALUES ('2020-01-01', 'sozialraum', 4)")

    failed = [row["einheit"] for row in city.rows("erwartet") if not row["wie_erwartet"]]

    assert failed[0] == "sozialraum, Zuschnitt 2020-01-01"


def test_each_run_writes_the_file_that_it_would_meet(good):
    written = tomllib.loads((good.report.path / "expected.toml").read_text())

    expected = Expected.model_validate(written)

    assert expected.deliveries == {"einwohner": {dt.date(2023, 12, 31): 6, dt.date(2024, 12, 31): 6}}
    assert expected.units == {dt.date(2020, 1, 1): {"sozialraum": 3, "stadtteil": 2, "stadt": 1}}


def test_a_waived_blocker_does_not_stop_and_stands_with_its_waiver(city):
    city.spoil(_EMPTIED)

    checked = city.report("indikator_anteil", today=_TODAY, waivers=(_waiver("indikator_anteil"),))

    result = checked.results["indikator_anteil"]
    assert (result.ok, result.accepted, result.blocks, result.waived) == (False, True, False, result.offending)
    assert result.waiver == "Looked at (A. Beispiel, until 2025-12-31)"
    assert (checked.report.ok, checked.report.warnings) == (True, 0)


def test_a_waiver_of_one_unit_leaves_the_others_blocking(city):
    city.spoil(_EMPTIED)

    checked = city.report("indikator_anteil", today=_TODAY, waivers=(_waiver("indikator_anteil", "sozialraum 011001"),))

    result = checked.results["indikator_anteil"]
    assert result.blocks
    assert (result.offending, result.waived) == (4, 2)
    assert all(unit.startswith("sozialraum 011002") for unit in result.units)


def test_expired_and_needless_waivers_are_warnings_of_their_own(city):
    city.spoil(_EMPTIED)
    waivers = (
        _waiver("indikator_anteil", expires="2025-02-28"), _waiver("raum_name"), _waiver("no_such_check"),
    )  # fmt: skip

    checked = city.report("indikator_anteil", today=_TODAY, waivers=waivers)

    assert checked.failed == {"indikator_anteil", "verzicht_gilt", "verzicht_gebraucht"}
    assert checked.results["indikator_anteil"].blocks
    assert checked.results["verzicht_gilt"].units == ["indikator_anteil (until 2025-02-28)"]
    assert checked.results["verzicht_gebraucht"].units == [
        "raum_name (until 2025-12-31)", "no_such_check (until 2025-12-31)",
    ]  # fmt: skip


def test_a_waiver_holds_on_its_last_day():
    waiver = _waiver("raum_name", expires="2025-03-01")

    assert (waiver.expired(_TODAY), waiver.expired(_TODAY + dt.timedelta(days=1))) == (False, True)


def test_a_waiver_names_a_unit_whole_or_up_to_a_comma():
    waiver = _waiver("einwohner_sprung", "sozialraum 011001")

    assert waiver.covers("sozialraum 011001, 2023-12-31 to 2024-12-31")
    assert not waiver.covers("sozialraum 0110012, 2023-12-31 to 2024-12-31")


@pytest.mark.parametrize(("most", "failed"), [(0, {"kaserne"}), (10**6, set())])
def test_a_citys_own_query_is_a_check_as_any_other(city, tmp_path, most, failed):
    (tmp_path / "kaserne.sql").write_text(_OWN.format(severity="critical", most=most))

    checked = city.report("kaserne", own_checks=tmp_path)

    result = checked.results["kaserne"]
    assert checked.failed == failed
    assert (result.station, result.severity, result.owner) == ("city", "critical", "Sozialamt")
    assert result.units == (["011003, 2023-12-31", "011003, 2024-12-31"] if failed else [])
    assert (checked.report.path.parent / GX_PAGES_FOLDER / "validations" / "kaserne.html").is_file()


@pytest.mark.parametrize(
    ("einheit", "names"),
    [("stichtag", ["2023-12-31", "2024-12-31"]), ("year(stichtag)", ["2023", "2024"]),
     ("stichtag::TIMESTAMP", ["2023-12-31 00:00:00", "2024-12-31 00:00:00"])],
)  # fmt: skip
def test_what_a_citys_own_query_names_by_a_day_or_a_number_is_named_as_text(city, tmp_path, einheit, names):
    (tmp_path / "kaserne.sql").write_text(_with_unit(einheit))

    checked = city.report("kaserne", own_checks=tmp_path, today=_TODAY, waivers=(_waiver("kaserne", names[0]),))

    result = checked.results["kaserne"]
    assert (result.offending, result.waived, result.units) == (2, 1, names[1:])


def test_a_row_that_a_citys_own_query_does_not_name_is_refused_with_the_file(city, tmp_path):
    (tmp_path / "kaserne.sql").write_text(_with_unit("CASE WHEN year(stichtag) = 2024 THEN raum_id END"))

    with pytest.raises(FortschreibungError, match=r"kaserne\.sql: expected .* NULL in 1 of 2 rows"):
        city.report("kaserne", own_checks=tmp_path)


def test_a_citys_own_suite_may_judge_a_frame_that_is_there_by_its_own_bounds(city, tmp_path):
    expectation = {
        "id": "f1b2c3d4-0000-4000-8000-000000000001", "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "weiblich", "max_value": 50}, "severity": "info", "description": "At most half are women",
        "meta": {"id": "frauen", "reason": "-", "what_to_do": "-", "units_public": True},
    }  # fmt: skip
    suite = {
        "name": "eigene_grenzen", "id": "f1b2c3d4-0000-4000-8000-000000000002", "expectations": [expectation],
        "meta": {"station": "city", "owner": "-", "frame": "stadt"},
        "notes": None,
    }  # fmt: skip
    (tmp_path / "eigene_grenzen.json").write_text(json.dumps(suite))

    checked = city.report("frauen", own_checks=tmp_path)

    assert checked.failed == {"frauen"}
    assert checked.results["frauen"].units[0] == "stadt 05999, 2023-12-31"


def test_a_query_without_the_column_einheit_is_refused(city, tmp_path):
    (tmp_path / "kaserne.sql").write_text(_OWN.format(severity="info", most=0).replace("AS einheit", "AS unit"))

    with pytest.raises(FortschreibungError, match=r"kaserne\.sql: expected a column `einheit`"):
        city.report(own_checks=tmp_path)


def test_a_check_of_the_name_of_another_is_refused(city, tmp_path):
    (tmp_path / "raum_name.sql").write_text(_OWN.format(severity="info", most=0))

    with pytest.raises(ConfigError, match="The check raum_name is in two suites, raum and raum_name"):
        city.report(own_checks=tmp_path)
