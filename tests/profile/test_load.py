"""A profile that is not as it must be is refused with file, key and what was expected."""

import pytest

from flows.base.errors import ConfigError
from flows.profile.load import cities, load_profile


def refusal(small_city) -> str:
    with pytest.raises(ConfigError) as refused:
        small_city.load()
    assert refused.value.exit_code == 2
    return str(refused.value)


def test_the_small_city_loads(small_city) -> None:
    profile = small_city.load()
    assert profile.city.name == "Kleinstadt (synthetisch)"
    assert [source.kind for source in profile.sources] == ["matrix"]
    assert profile.corrections == ()


@pytest.mark.parametrize("name", cities())
def test_every_bundled_city_loads(name: str) -> None:
    profile = load_profile(name)
    assert profile.city.id == name
    assert {source.kind for source in profile.sources} >= {"matrix", "geometry"}


def test_a_city_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(ConfigError, match=r"no city 'atlantis'.*berlin, .*musterstadt"):
        load_profile("atlantis")


@pytest.mark.parametrize("name", ["city.toml", "sources.toml"])
def test_a_missing_file_is_named(small_city, name: str) -> None:
    (small_city.folder / name).unlink()
    assert refusal(small_city) == f"{small_city.folder / name} is missing; every city needs city.toml and sources.toml."


def test_a_folder_in_place_of_a_file_is_reported(small_city) -> None:
    (small_city.folder / "sources.toml").unlink()
    (small_city.folder / "sources.toml").mkdir()
    assert "sources.toml cannot be read" in refusal(small_city)


@pytest.mark.parametrize("text", ["id = ", "name = \xe4", "[[raumebene]\n"])
def test_what_is_no_toml_is_reported_with_its_place(small_city, text: str) -> None:
    (small_city.folder / "city.toml").write_bytes(text.encode("latin-1"))
    assert "city.toml is not TOML in UTF-8: " in refusal(small_city)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("city.toml", "crs = ", "csr = ", ["  crs: Field required", "  csr: Extra", "permitted are approval,"]),
        ("city.toml", "0.05", '"viel"', ["  official_band: Input should be a valid number", "found 'viel'"]),
        ("city.toml", "EPSG:25832", "UTM 32", ["  crs: ", "EPSG", "found 'UTM 32'"]),
        (
            "city.toml", "'\\d{6}'", "'(\\d'",
            ["  raumebene.0.id_pattern: not a regular expression", "found '(\\\\d'"],
        ),
        ("city.toml", 'base = "bbs"', 'base = "blocks"', ["zuschnitt: base must be one of ['bbs'], found ['blocks']"]),
        ("city.toml", "valid_from = 2020-01-01", 'valid_from = "bald"', ["  zuschnitt.0.valid_from: ", "found 'bald'"]),
        ("city.toml", "digits = 3\n", "", ["  raumebene.1: membership = 'prefix' needs `digits`"]),
        ("city.toml", "digits = 3", "digits = 0", ["  raumebene.1.digits: Input should be greater than or equal to 1"]),
        (
            "city.toml", "leistung = { min_numerator = 3", "leistung = { min_numerator = false",
            ["  protection.leistung.min_numerator: expected a number, found false"],
        ),
        ("city.toml", "digits = 3", "digits = true", ["  raumebene.1.digits: expected a number, found true"]),
        ("city.toml", 'city_unit = "05998"\n', "", ["  raumebene.2: membership = 'city' needs `city_unit`"]),
        ("city.toml", 'id = "stadtteil"', 'id = "sozialraum"', ["raumebene: ids must differ"]),
        ("city.toml", 'id = "sozialraum"', 'id = "viertel"', ["one must be 'sozialraum'"]),
        ("city.toml", "leistung = ", "hilfe = ", ["[protection.leistung] is missing"]),
        ("sources.toml", "matrix = ", "matrx = ", ["source.einwohner.matrx: Extra inputs"]),
        ("sources.toml", 'unit = "BBS"', "unit = 8", ["source.einwohner.matrix.unit: ", "string", "found 8"]),
        ("sources.toml", '"drop_folder"', '"http_file"', ["connector = 'http_file' needs `url`"]),
        ("sources.toml", '"drop_folder"', '"fax"', ["source.einwohner.connector: ", "'http_file'", "found 'fax'"]),
        ("sources.toml", '{ source = "name" }', '{ source = "column" }', ["source = 'column' needs `column`"]),
        ("sources.toml", 'stichtag = { source = "name" }\n', "", ["kind matrix needs a `stichtag` rule"]),
        ("sources.toml", '["EW"]', '["A000..B002"]', ["merkmale.einwohner", "'A000..B002' is not a run of columns"]),
        ("sources.toml", '["EW"]', '["A002..A000"]', ["'A002..A000' is not a run of columns"]),
        ("sources.toml", '["EW"]', "[]", ["source.einwohner.matrix.merkmale.einwohner: ", "at least one column"]),
        ("sources.toml", '["EW"]', '["EW", "EW"]', ["merkmale.einwohner", "found EW more than once"]),
        ("sources.toml", '["EW"]', '["A00..A02", "A02..A03"]', ["merkmale.einwohner", "found A02 more than once"]),
        ("sources.toml", '["EW"]', '["BBS"]', ["column BBS: is a figure of the contract and its unit or Stichtag too"]),
        ("sources.toml", '["EW"]', '["Datei"]', ["column Datei: is called like a column of ours"]),
        ("sources.toml", "merkmale", 'ignore = ["EW"], merkmale', ["column EW: is in the contract and in `ignore`"]),
        (
            "sources.toml", "matrix = ", "dialect = { units = { EWW = 1000 } }\nmatrix = ",
            ["dialect.units: EWW is no column with figures of the contract, which has EW"],
        ),
        (
            "sources.toml", "matrix = ",
            'variant = [{ last = 2020, columns = { P = "EW" }, dialect = { units = { P = 1000 } } }]\nmatrix = ',
            ["dialect.units: P is no column with figures of the contract, which has EW"],
        ),
        ("sources.toml", "matrix = ", "dialect.units.EW = 0\nmatrix = ", ["dialect.units.EW", "greater than 0"]),
        ("sources.toml", "matrix = ", "dialect.units.EW = nan\nmatrix = ", ["dialect.units.EW", "finite"]),
        ("sources.toml", "einwohner = [", "einwohnr = [", ["source.einwohner: 'einwohnr' is no Merkmal"]),
        ("sources.toml", "[source.einwohner]", "[[source]]", ["sources.toml is not as expected", "  source: "]),
        ("sources.toml", "[source.einwohner]", "[source.Einwohner-alt]", ["Einwohner-alt", "pattern"]),
    ],
)  # fmt: skip
def test_a_wrong_key_or_value_is_reported_with_file_and_key(small_city, file, old, new, told) -> None:
    small_city.spoil(file, old, new)
    message = refusal(small_city)
    assert str(small_city.folder) in message
    for part in told:
        assert part in message


def test_two_wrong_keys_are_reported_at_once(small_city) -> None:
    small_city.spoil("city.toml", "name =", "nam =")
    small_city.spoil("city.toml", "licence =", "license =")
    message = refusal(small_city)
    assert "name: Field required" in message
    assert "licence: Field required" in message


@pytest.mark.parametrize(
    ("key", "value"),
    [("delimiter", '"||"'), ("delimiter", '""'), ("quote", '"ab"'), ("preamble", "-1"), ("encoding", '"ebcdic"')],
)
def test_a_dialect_that_no_file_can_have_is_refused(small_city, source, key, value) -> None:
    small_city.write("sources.toml", source("einwohner", dialect=f"{{ {key} = {value} }}"))
    assert f"source.einwohner.dialect.{key}: " in refusal(small_city)


@pytest.mark.parametrize(
    ("dialect", "told"),
    [
        ('thousands = ","', "`thousands` and `decimal` (a comma unless it is set), must be two signs"),
        ('thousands = ".", decimal = "."', "`thousands` and `decimal`"),
        ("delimiter = '\"'", "`delimiter` and `quote`"),
        ('delimiter = "5"', "the delimiter neither a digit nor a line break"),
        ('delimiter = "\\n"', "the delimiter neither a digit nor a line break"),
        ('missing = { " - " = "nichts" }', "cells are read without blanks at their ends; found the signs [' - ']"),
    ],
)
def test_signs_that_cannot_be_reported_apart_are_refused(small_city, source, dialect: str, told: str) -> None:
    small_city.write("sources.toml", source("einwohner", dialect=f"{{ {dialect} }}"))
    assert told in refusal(small_city)


def test_a_missing_value_sign_has_a_status_of_the_vocabulary(small_city, source) -> None:
    small_city.write("sources.toml", source("einwohner", dialect='{ missing = { "-" = "null" } }'))
    assert "source.einwohner.dialect.missing.-: " in refusal(small_city)


def test_a_zuschnitt_that_the_city_does_not_have_is_named_beside_those_it_has(small_city, source) -> None:
    contract = 'assignment = { unit = "BBS", units = { sozialraum = "SR" } }'
    small_city.write("sources.toml", source("zuordnung", contract, zuschnitt="2021-01-01", stichtag=""))
    assert "source.zuordnung.zuschnitt: 2021-01-01 is no Zuschnitt of the city (2020-01-01)" in refusal(small_city)


@pytest.mark.parametrize(
    "contract",
    [
        'assignment = { unit = "BBS", units = { viertel = "V" } }',
        'assignment = { unit = "BBS", units = { sozialraum = "SR" }, names = { viertel = "V" } }',
        'names = { level = "E", id = "N", name = "NAME", levels = { V = "viertel" } }',
        'geometry = { id_property = "BBS", crs = "EPSG:25832", names = { viertel = "V" } }',
    ],
)
def test_a_raumebene_that_the_city_does_not_have_is_named(small_city, source, contract: str) -> None:
    small_city.write("sources.toml", source("raum", contract, zuschnitt="2020-01-01", stichtag=""))
    assert "source.raum: 'viertel' is no Raumebene of the city" in refusal(small_city)


@pytest.mark.parametrize(
    ("units", "named"), [('sozialraum = "SR"', "stadt"), ('stadt = "S"', "sozialraum"), ('stadt = "S"', "stadtteil")]
)
def test_an_assignment_names_units_whose_ids_it_has(small_city, source, units: str, named: str) -> None:
    contract = f'assignment = {{ unit = "BBS", units = {{ {units} }}, names = {{ {named} = "NAME" }} }}'
    small_city.write("sources.toml", source("raum", contract, zuschnitt="2020-01-01", stichtag=""))
    assert f"source.raum.assignment.names.{named}: expected a Raumebene of `units`" in refusal(small_city)


def test_a_source_has_exactly_one_contract(small_city, source) -> None:
    small_city.write("sources.toml", source("einwohner", "required = true"))
    assert "needs exactly one contract" in refusal(small_city)
    both = 'matrix = { unit = "B", merkmale = { einwohner = ["E"] } }\nofficial = { merkmale = { einwohner = "E" } }'
    small_city.write("sources.toml", source("einwohner", both))
    assert "found matrix, official" in refusal(small_city)


def test_a_register_needs_the_day_of_its_stichtag(small_city, source) -> None:
    register = (
        'register = { unit = "B", age = "A", sex = "S", nationality = "N", migration = "M", duration = "D", '
        'sexes = ["m", "w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], '
        'migrations = ["0", "1"], migrant = ["1"] }'
    )
    small_city.write("sources.toml", source("personen", register))
    assert "a register needs its Stichtag in a column, as a date to the day" in refusal(small_city)


@pytest.mark.parametrize(
    ("female", "found"), [('["f"]', "found ['f']"), ("[]", "found []")], ids=["an unknown code", "no code"]
)
def test_a_register_counts_by_codes_that_a_person_can_have(small_city, source, female: str, found: str) -> None:
    register = (
        'register = { unit = "B", age = "A", sex = "S", nationality = "N", migration = "M", duration = "D", '
        f'sexes = ["m", "w"], female = {female}, nationalities = ["D", "A"], foreign = ["A"], '
        'migrations = ["0", "1"], migrant = ["1"] }'
    )
    rule = '{ source = "column", column = "T", format = "%d.%m.%Y" }'
    small_city.write("sources.toml", source("personen", register, stichtag=rule))
    message = refusal(small_city)
    assert "codes of `sexes` (['m', 'w'])" in message
    assert found in message


def test_a_run_of_columns_is_spelled_out(small_city) -> None:
    small_city.spoil("sources.toml", '["EW"]', '["A000..A002", "A100"]')
    (source,) = small_city.load().sources
    assert source.expand(source.matrix.merkmale["einwohner"]) == ["A000", "A001", "A002", "A100"]


def test_a_run_of_one_column_and_a_run_with_digits_in_its_name(small_city) -> None:
    (source,) = small_city.load().sources
    assert source.expand(["A7..A7"]) == ["A7"]
    assert source.expand(["E_2020_08..E_2020_10"]) == ["E_2020_08", "E_2020_09", "E_2020_10"]


def test_an_own_merkmal_of_the_city_can_be_counted(small_city) -> None:
    small_city.write(
        "codebook.toml",
        '[merkmal.hunde]\nlabel_de = "Hunde"\nlabel_en = "Dogs"\nunit = "Hunde"\nkind = "bestand"\n'
        'theme = "soziales"\nprotected = false\n',
    )
    small_city.spoil("sources.toml", "einwohner = [", "hunde = [")
    assert "hunde" in small_city.load().codebook.merkmal


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("merkmal = 3", "expected tables [merkmal.<id>], found merkmal = 3"),
        ('[merkmal.einwohner]\nlabel_de = "E"', "merkmal ['einwohner'] is already in"),
        ("[indikatr.x]", "indikatr: Extra inputs"),
        ('[merkmal.hunde]\nlabel_de = "Hunde"', "merkmal.hunde.label_en: Field required"),
    ],
)
def test_a_wrong_codebook_of_the_city_is_reported(small_city, text: str, told: str) -> None:
    small_city.write("codebook.toml", text)
    message = refusal(small_city)
    assert str(small_city.folder / "codebook.toml") in message
    assert told in message


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('source = "steuern"\naction = "drop"', "source 'steuern' is not in sources.toml"),
        ('source = "einwohner"\naction = "replace"', "action = 'replace' needs `column` and `value`"),
        ('source = "einwohner"\naction = "shrug"', "correction.0.action"),
        (
            'source = "einwohner"\naction = "repair"',
            "action = 'repair' is for polygons, which source 'einwohner' has not",
        ),
        ('source = "einwohner"\naction = "drop"\nexpect = { "" = "2" }', "correction.0.expect..[key]"),
        ('source = "einwohner"\naction = "scale"\ncolumn = "EW"\nfactor = 0', "correction.0.factor"),
    ],
)
def test_a_wrong_correction_is_reported(small_city, entry: str, told: str) -> None:
    rest = 'where = { BBS = "1" }\nrows = 1\nreason = "r"\nreported = "nobody"'
    small_city.write("corrections.toml", f"[[correction]]\n{entry}\n{rest}\n")
    assert told in refusal(small_city)


@pytest.mark.parametrize(("letters", "permitted"), [(63, True), (64, False)])
def test_an_id_is_no_longer_than_folders_and_tables_can_be_called(small_city, letters: int, permitted: bool) -> None:
    small_city.spoil("city.toml", 'id = "kleinstadt"', f'id = "{"k" * letters}"')
    if permitted:
        assert small_city.load().city.id == "k" * letters
    else:
        assert "id: String should match pattern" in refusal(small_city)
