"""Totals that an office delivers itself are compared with the sums of their units."""

TOTAL = (
    "INSERT INTO stage.kontrollsumme SELECT 'einwohner', stichtag, raumebene, raum_id, merkmal, wert + {}, 'ok' "
    "FROM merkmal_raum WHERE raumebene <> 'sozialraum' AND merkmal = 'einwohner' AND stichtag = '2024-12-31'"
)


def test_totals_of_the_office_that_are_the_sums_of_their_units_are_no_finding(city):
    city.spoil(TOTAL.format(0))

    assert city.check().failed == set()


def test_a_total_of_the_office_that_is_not_the_sum_of_its_units_is_a_warning_that_names_the_unit(city):
    city.spoil(TOTAL.format("CASE WHEN raum_id = '011' THEN 10 ELSE 0 END"))

    checked = city.check()

    assert checked.failed == {"kontrollsumme"}
    assert not checked.blockers
    assert checked.results["kontrollsumme"].units == ["stadtteil 011, 2024-12-31, einwohner, einwohner"]
    (found,) = checked.findings
    assert found.found.endswith(" from its base units")
    assert float(found.expected.split()[0]) - float(found.found.split()[0]) == 10


def test_a_total_of_a_unit_that_is_not_there_is_a_warning(city):
    city.spoil("INSERT INTO stage.kontrollsumme VALUES "
               "('einwohner', '2024-12-31', 'stadtteil', '099', 'einwohner', 5, 'ok'), "
               "('einwohner', '2024-12-31', 'stadtteil', '098', 'einwohner', NULL, 'unbekannt')")  # fmt: skip

    checked = city.check()

    assert checked.failed == {"kontrollsumme"}
    assert checked.units("kontrollsumme") == ["stadtteil 099, 2024-12-31, einwohner, einwohner: no figure of this unit"]


def test_a_sum_with_an_unknown_part_may_be_below_the_total_and_not_above_it(city):
    city.spoil(TOTAL.format(10))
    city.spoil("UPDATE merkmal_raum SET teile_unbekannt = 1 WHERE merkmal = 'einwohner'")
    below = city.check().units("kontrollsumme")
    city.spoil("UPDATE stage.kontrollsumme SET wert = wert - 20")

    assert below == []
    assert len(city.check().units("kontrollsumme")) == 3


def test_totals_of_rounded_counts_may_be_off_by_as_much_as_their_parts(city):
    city.spoil("INSERT INTO katalog.quelle VALUES ('einwohner', '-', '-', 'matrix', TRUE, 0, NULL, 2)")
    city.spoil("INSERT INTO katalog.spalte_merkmal VALUES ('einwohner', 'EW', 'einwohner')")
    city.spoil(TOTAL.format(10))  # more than the six of a Stadtteil of two blocks

    units = city.check().results["kontrollsumme"].units

    assert units == ["stadtteil 012, 2024-12-31, einwohner, einwohner"]
