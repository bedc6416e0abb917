"""The header of a check's SQL file, bundled or a city's own."""

import pytest

from flows.base.errors import ConfigError
from flows.profile.check_header import CheckHeader, CityCheckHeader, read_header

_WHOLE = """\
-- One row per barracks.
-- station: staged
-- owner: Sozialamt
-- severity: warning
-- expected: Nobody lives in the barracks
-- expected_de: Niemand wohnt in der Kaserne
-- reason: They are empty
-- reason_de: Sie steht leer
-- what_to_do: Ask the register office
-- what_to_do_de: Beim Einwohnermeldeamt nachfragen
-- units_public: true
SELECT 1 AS einheit
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "kaserne.sql"
    path.write_text(_WHOLE)
    return path


def test_the_name_of_the_file_and_the_keys_are_what_the_check_says(file):
    header = read_header(file, CheckHeader)

    assert (header.name, header.station, header.owner, header.severity) == ("kaserne", "staged", "Sozialamt", "warning")
    assert (header.expected, header.units_public) == ("Nobody lives in the barracks", True)


def test_a_line_indented_further_continues_the_one_before(file):
    file.write_text(_WHOLE.replace("-- reason: They are empty\n", "-- reason: They are\n--   empty since 2019\n"))

    assert read_header(file, CheckHeader).reason == "They are empty since 2019"


def test_a_citys_check_needs_owner_severity_and_reason_only(file):
    file.write_text("-- owner: Sozialamt\n-- severity: info\n-- reason: They are empty\nSELECT 1 AS einheit")

    header = read_header(file, CityCheckHeader)

    assert (header.station, header.units_public) == ("city", False)
    assert (header.expected, header.expected_de) == ("No row", "Keine Zeile")
    assert header.what_to_do == "Ask the owner of the check."


def test_a_comment_below_the_beginning_of_the_query_is_no_header(file):
    file.write_text(_WHOLE + "-- owner: somebody else\n")

    assert read_header(file, CheckHeader).owner == "Sozialamt"


@pytest.mark.parametrize(
    ("line", "instead", "found"),
    [
        ("-- owner: Sozialamt\n", "", "owner: it is missing"),
        ("-- owner: Sozialamt\n", "-- owner:\n", "owner: String should have at least 1 character"),
        ("-- owner:", "-- Owner:", "owner: it is missing; Owner: no such key is permitted"),
        ("-- owner:", "-- name: x\n-- owner:", "name: no such key is permitted"),
        ("warning", "high", "severity: Input should be 'critical', 'warning' or 'info'"),
        ("staged", "city_hall", "station: Input should be 'extract', 'staged', 'sozialraum', 'release' or 'city'"),
    ],
)
def test_what_a_header_lacks_or_may_not_say_is_named_with_file_key_and_the_permitted_keys(file, line, instead, found):
    file.write_text(_WHOLE.replace(line, instead))

    with pytest.raises(ConfigError) as refused:
        read_header(file, CheckHeader)

    message = str(refused.value)
    assert str(file) in message
    assert "expected, expected_de, reason, reason_de, what_to_do, what_to_do_de, units_public;" in message
    assert f"found {found}. " in message


def test_a_key_given_twice_is_refused(file):
    file.write_text("-- owner: Statistikstelle\n" + _WHOLE)

    with pytest.raises(ConfigError, match=r"kaserne\.sql: expected each key of the header once, found `owner` twice"):
        read_header(file, CheckHeader)


def test_a_check_of_a_city_is_at_no_other_station(file):
    with pytest.raises(ConfigError, match=r"owner, severity, reason \(optional: station, .*found station: .*'city'"):
        read_header(file, CityCheckHeader)


def test_a_file_name_that_cannot_name_a_check_is_refused(file):
    with pytest.raises(ConfigError, match="found file name: "):
        read_header(file.rename(file.with_name("Kaserne 1.sql")), CheckHeader)
