"""Register extracts of one row per person: counted right, and what breaks the contract is set aside row by row."""

import io
import re
import zipfile
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.stage import register
from flows.stage.read import register_bytes
from flows.stage.read.register_bytes import NotProved, count_bytes
from flows.stage.read.register_rows import count_rows
from flows.stage.register_contract import register_contract
from flows.stage.register_counts import RegisterCounts

HEAD = "BBS;STICHTAG;ALTER;SEX;NATION;MIG;DAUER"
FILE = "personen_2022.csv"
BANDS = {
    "einwohner": (0, 999), "einwohner_0_2": (0, 2), "einwohner_3_5": (3, 5), "einwohner_6_9": (6, 9),
    "einwohner_10_17": (10, 17), "einwohner_18_26": (18, 26), "einwohner_27_66": (27, 66),
    "einwohner_67_plus": (67, 999), "einwohner_0_5": (0, 5), "einwohner_6_17": (6, 17), "einwohner_18_29": (18, 29),
    "einwohner_30_49": (30, 49), "einwohner_50_64": (50, 64), "einwohner_65_79": (65, 79),
    "einwohner_80_plus": (80, 999), "einwohner_0_14": (0, 14), "einwohner_0_17": (0, 17), "einwohner_0_64": (0, 64),
    "einwohner_18_64": (18, 64), "einwohner_65_plus": (65, 999), "einwohner_5_plus": (5, 999),
    "einwohner_10_plus": (10, 999),
}  # fmt: skip


def personen(source, dialect: str = "{}", head_extra: str = "", **fields: str) -> str:
    contract = (
        'register = { unit = "BBS", age = "ALTER", sex = "SEX", nationality = "NATION", migration = "MIG", '
        'duration = "DAUER", sexes = ["m", "w", "d"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], '
        f'migrations = ["0", "1"], migrant = ["1"], ignore = [{head_extra}] }}'
    )
    rule = '{ source = "column", column = "STICHTAG", format = "%d.%m.%Y" }'
    return source("personen", contract, stichtag=rule, dialect=dialect, **fields)


def extract(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


def person(unit: str = "01100001", age: object = 30, sex="w", nation="D", mig="0", dauer: object = 3) -> str:
    return f"{unit};31.12.2022;{age};{sex};{nation};{mig};{dauer}"


def counted(people: list[tuple]) -> dict[str, Counter]:
    """The same, counted as anybody would."""
    units: dict[str, Counter] = {}
    for unit, age, sex, nation, mig, dauer in people:
        count = units.setdefault(unit, Counter())
        for band, (low, high) in BANDS.items():
            count[band] += low <= age <= high
        count["weiblich"] += sex == "w"
        count["nichtdeutsche"] += nation == "A"
        count["migrationshintergrund"] += mig == "1"
        count["migrationshintergrund_0_17"] += mig == "1" and age < 18
        count["wohndauer_5_plus"] += dauer >= 5 and age >= 5
        count["wohndauer_10_plus"] += dauer >= 10 and age >= 10
    return units


def staged_counts(staged) -> dict[str, Counter]:
    counts: dict[str, Counter] = {}
    for (unit, merkmal), count in staged.counts.items():
        counts.setdefault(unit, Counter())[merkmal] = count
    return counts


def residents(staged) -> dict[str, int]:
    return {unit: count["einwohner"] for unit, count in staged_counts(staged).items()}


@st.composite
def a_person(draw) -> tuple:
    age = draw(
        st.sampled_from([0, 2, 3, 5, 6, 9, 10, 14, 15, 17, 18, 26, 27, 49, 50, 64, 65, 66, 67, 79, 80, 110, 120])
    )
    return (
        draw(st.sampled_from(["01100001", "01100002", "01200001"])),
        age,
        draw(st.sampled_from("mwd")),
        draw(st.sampled_from("DA")),
        draw(st.sampled_from("01")),
        draw(st.integers(0, age + 1)),
    )


def not_proved(*_: object) -> None:
    """Stand for the fast way where it may not be taken."""
    raise NotProved


SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.thorough
def test_any_register_is_counted_as_anybody_would_count_it(workbench, small_city, source) -> None:
    bench = workbench(small_city.with_sources(personen(source)))

    @given(st.lists(a_person(), min_size=1, max_size=30))
    @settings(SETTINGS, max_examples=40)
    def holds(people) -> None:
        staged = bench.stage({FILE: extract(*(person(u, a, s, n, m, d) for u, a, s, n, m, d in people))})
        assert staged_counts(staged) == counted(people)
        assert staged.files == [(FILE, len(people), len(people), 0, 0)]

    holds()


@pytest.mark.thorough
def test_the_fast_way_and_the_slow_way_count_the_same(workbench, small_city, source, monkeypatch) -> None:
    bench = workbench(small_city.with_sources(personen(source)))

    @given(st.lists(a_person(), min_size=1, max_size=30))
    @settings(SETTINGS, max_examples=20)
    def holds(people) -> None:
        text = extract(*(person(u, a, s, n, m, d) for u, a, s, n, m, d in people))
        fast = staged_counts(bench.stage({FILE: text}))
        with monkeypatch.context() as patch:
            patch.setattr(register, "count_bytes", not_proved)
            assert staged_counts(bench.stage({FILE: text})) == fast

    holds()


def test_the_sign_by_which_dos_ends_a_file_is_no_person(workbench, small_city, source) -> None:
    bench = workbench(small_city.with_sources(personen(source)))
    staged = bench.stage({FILE: extract(person("01100001", 30, "m", "D", "0", 5)) + "\x1a"})

    assert residents(staged) == {"01100001": 1}
    assert staged.files == [(FILE, 1, 1, 0, 0)]


CELLS = {
    "unit": ["01100001", "01100002", "01200001", "1100001", "011000011", " 01100001", "0110000Ä", ""],
    "day": ["31.12.2022", "31.12.2021", "1.6.2022", " 31.12.2022", "2022-12-31", "31.12.2019", ""],
    "age": ["0", "5", "09", "17", "99", "100", "120", "121", "007", "1e1", "-1", "", "٣"],
    "sex": ["m", "w", "d", "x", "W", "w ", "ww", ""],
    "nation": ["D", "A", "F", ""],
    "mig": ["0", "1", "2", "01"],
    "dauer": ["0", "3", "10", "18", "100", "121", "122", "2,5", ""],
}


@st.composite
def a_damaged_extract(draw) -> bytes:
    """Rows of which most are right, with blank ones between; line ends of both kinds, the last perhaps missing."""
    usual = [each[:2] for each in CELLS.values()]
    rows = []
    for _ in range(draw(st.integers(1, 25))):
        row = [draw(st.sampled_from(texts)) for texts in usual]
        if draw(st.integers(0, 2)) == 0:
            column = draw(st.integers(0, 6))
            row[column] = draw(st.sampled_from(list(CELLS.values())[column]))
        rows.append(";".join(row) if draw(st.integers(0, 9)) else draw(st.sampled_from(["", ";;;;;;", " ;;;;;;"])))
    rows += draw(st.sampled_from([[], [""], ["", ""]]))
    return (HEAD + "".join(draw(st.sampled_from(["\n", "\n", "\r\n"])) + row for row in rows)).encode()


@pytest.mark.thorough
def test_both_ways_find_the_same_counts_and_the_same_bad_rows_in_the_same_lines(
    workbench, small_city, source, tmp_path, monkeypatch
) -> None:
    """Whatever the bytes prove or not; blocks of a few lines, so that rows stand at their borders."""
    bench = workbench(small_city.with_sources(personen(source)))
    (own,) = bench.profile.sources
    contract, columns, path = register_contract(bench.con, own), HEAD.split(";"), tmp_path / FILE
    monkeypatch.setattr(register_bytes, "_BLOCK", 100)

    @given(a_damaged_extract())
    @settings(SETTINGS, max_examples=150)
    def holds(text: bytes) -> None:
        path.write_bytes(text)
        fast = count_bytes(path, own.dialect, columns, contract)
        _, slow = count_rows(path, FILE, own, contract, lambda _: None)
        assert (fast.held, fast.left_out, fast.unknown) == (slow.held, slow.left_out, slow.unknown)
        assert sorted(fast.bad) == sorted(slow.bad)
        assert counts_of(fast) == counts_of(slow)

    holds()


def counts_of(counts: RegisterCounts) -> dict[tuple[str, str], list[float]]:
    """Stichtag and base unit -> its Merkmale."""
    return {
        (each.day.tag, unit): row
        for each in counts.by_day()
        for unit, row in zip(each.units, each.counts.tolist(), strict=True)
    }


@pytest.mark.parametrize(
    "text",
    [
        extract(person().replace(";w;", ';"w";')),
        extract(person()) + person() + "\r" + person(),
        extract(person(sex="w\0")),
        extract(person()) + person() + ";1\n",
        extract(person()) + "01100001;31.12.2022;30\n",
        extract(person()).encode("latin-1") + b"\xff\n",
        extract(*[person(unit="011000000001")] * 2000),
    ],
    ids=["quote", "CR", "zero byte", "a cell more", "a cell less", "no UTF-8", "long ids"],
)
def test_what_the_bytes_do_not_prove_is_left_to_the_general_way(workbench, small_city, source, tmp_path, text) -> None:
    bench = workbench(small_city.with_sources(personen(source)))
    (own,) = bench.profile.sources
    path = tmp_path / FILE
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(NotProved):
        count_bytes(path, own.dialect, HEAD.split(";"), register_contract(bench.con, own))


def test_an_extract_that_keeps_its_contract_is_read_once(stage_city, source, monkeypatch) -> None:
    monkeypatch.setattr(register, "count_rows", None)
    assert residents(stage_city(personen(source), {FILE: extract(person(), person())})) == {"01100001": 2}


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [
        (person(age=121), "ALTER", "121", "an age of 0 to 120 years"),
        (person(age=255), "ALTER", "255", "an age of 0 to 120 years"),
        (person(age=-1), "ALTER", "-1", "an age of 0 to 120 years"),
        (person(age=""), "ALTER", None, "an age of 0 to 120 years"),
        (person(age="drei"), "ALTER", "drei", "an age of 0 to 120 years"),
        (person(age="3.7"), "ALTER", "3.7", "an age of 0 to 120 years"),
        (person(age="3e1"), "ALTER", "3e1", "an age of 0 to 120 years"),
        (person(age="1e2"), "ALTER", "1e2", "an age of 0 to 120 years"),
        (person(age="3_0"), "ALTER", "3_0", "an age of 0 to 120 years"),
        (person(age="0x1F"), "ALTER", "0x1F", "an age of 0 to 120 years"),
        (person(dauer=32), "DAUER", "32", "a Wohndauer of whole years, at most one above the age"),
        (person(dauer="2,5"), "DAUER", "2,5", "a Wohndauer of whole years, at most one above the age"),
        (person(dauer=""), "DAUER", None, "a Wohndauer of whole years, at most one above the age"),
        (person(sex="x"), "SEX", "x", "one of the codes in sources.toml"),
        (person(sex="W"), "SEX", "W", "one of the codes in sources.toml"),
        (person(sex=""), "SEX", None, "one of the codes in sources.toml"),
        (person(nation="F"), "NATION", "F", "one of the codes in sources.toml"),
        (person(mig="2"), "MIG", "2", "one of the codes in sources.toml"),
        (person(unit="1100001"), "BBS", "1100001", "the id of a base unit as city.toml writes them"),
        (person(unit=""), "BBS", None, "the id of a base unit as city.toml writes them"),
        (
            person().replace("31.12.2022", "2022-12-31"), "STICHTAG", "2022-12-31",
            "a Stichtag in the format of sources.toml, within a Zuschnitt of city.toml",
        ),
        (
            person().replace("31.12.2022", ""), "STICHTAG", None,
            "a Stichtag in the format of sources.toml, within a Zuschnitt of city.toml",
        ),
        (
            person().replace("2022", "2019"), "STICHTAG", "31.12.2019",
            "a Stichtag in the format of sources.toml, within a Zuschnitt of city.toml",
        ),
    ],
)  # fmt: skip
def test_a_bad_person_is_set_aside_and_the_base_unit_is_unknown(stage_city, source, row, column, value, rule) -> None:
    """Where the row names none, nobody knows whose count is too small: the quarantine tells it, and the budget."""
    staged = stage_city(personen(source), {FILE: extract(person(), person("01100002"), row, person(age=31))})
    told = column not in ("BBS", "STICHTAG")
    assert residents(staged) == {"01100002": 1} | ({} if told else {"01100001": 2})
    unknown = staged.rows("SELECT DISTINCT basis_id, wert, status FROM stage.zaehlung WHERE status <> 'ok'")
    assert unknown == ([("01100001", None, "unbekannt")] if told else [])
    assert staged.quarantine == [(FILE, 4, column, value)]
    assert staged.rules == [rule]
    assert staged.files == [(FILE, 4, 3, 1, 0)]


def test_lines_are_those_of_the_delivered_file_whatever_a_cell_holds(stage_city, source) -> None:
    given_source = personen(source, head_extra='"NOTIZ"')
    rows = [person() + ';"zwei\nZeilen"', person(age=200) + ";", person(age="") + ";"]
    staged = stage_city(given_source, {FILE: extract(*rows, head=HEAD + ";NOTIZ")})
    assert staged.quarantine == [(FILE, 4, "ALTER", "200"), (FILE, 5, "ALTER", None)]


def test_only_the_bad_file_has_rows_in_quarantine(stage_city, source) -> None:
    files = {
        FILE: extract(person(), person()),
        "personen_2023.csv": extract(person(age=200), person()).replace("2022", "2023"),
    }
    staged = stage_city(personen(source), files)
    assert staged.files == [(FILE, 2, 2, 0, 0), ("personen_2023.csv", 2, 1, 1, 0)]
    assert staged.quarantine == [("personen_2023.csv", 2, "ALTER", "200")]


def test_padded_years_are_years(stage_city, source) -> None:
    staged = stage_city(personen(source), {FILE: extract(person(age="007", dauer="03"), person(age="00", dauer="0"))})
    assert staged_counts(staged)["01100001"]["einwohner_6_9"] == 1
    assert staged.quarantine == []


def test_blanks_around_cells_do_not_matter(stage_city, source) -> None:
    staged = stage_city(
        personen(source), {FILE: extract(person(" 01100001 ", " 30", "w ", " D", "0 ", " 3 "), person())}
    )
    assert residents(staged) == {"01100001": 2}


def test_a_row_of_another_length_stops_with_its_line(refusal, source) -> None:
    for row in (person() + ";0", "01100001;31.12.2022;30"):
        message = refusal(personen(source), {FILE: extract(person(), row, person())})
        assert f"File {FILE}, line 3: expected 7 columns as in the header, found " in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "\n", "found n"),
        ("", "empty file"),
        (extract(person(), head=HEAD.replace("ALTER", "ALTR")), "'ALTER' is missing (renamed to 'ALTR'?)"),
        (extract(person() + ";x", head=HEAD + ";NAME"), "'NAME' is new"),
        (extract(person() + ";1", head=HEAD + ";MIG"), "'MIG' more than once"),
    ],
)
def test_an_extract_that_cannot_be_one_is_told(refusal, source, text: str, told: str) -> None:
    message = refusal(personen(source), {FILE: text})
    assert FILE in message
    assert told in message


@pytest.mark.parametrize(
    ("dialect", "encoding", "head"),
    [
        ("{}", "utf-8", ""),
        ('{ encoding = "utf-8-sig" }', "utf-8-sig", ""),
        ('{ encoding = "cp1252" }', "cp1252", ""),
        ('{ encoding = "utf-16" }', "utf-16", ""),
        ("{ preamble = 2 }", "utf-8", "Amt\n\n"),
        ('{ footer = "___" }', "utf-8", ""),
    ],
)
def test_every_dialect_is_counted_the_same(stage_city, source, dialect: str, encoding: str, head: str) -> None:
    given_source = personen(source, dialect, head_extra='"STRASSE"')
    text = head + extract(person() + ";Köln", person("01100002") + ";", head=HEAD + ";STRASSE")
    if "footer" in dialect:
        text += "___ Quelle\n"
    assert residents(stage_city(given_source, {FILE: text.encode(encoding)})) == {"01100001": 1, "01100002": 1}


@pytest.mark.parametrize("real", ["cp1252", "utf-8-sig", "utf-16"])
def test_another_encoding_than_the_contract_says_is_refused(refusal, source, real: str) -> None:
    message = refusal(personen(source), {FILE: extract(person(), person(nation="Ö")).encode(real)})
    assert re.match(rf"File {FILE}(, line 3)?: expected utf-8 as sources.toml says", message)


def test_quoted_headers_and_cells_are_read(stage_city, source) -> None:
    text = extract(person()).replace(";", '";"').replace("\n", '"\n"')
    assert residents(stage_city(personen(source), {FILE: '"' + text[:-1]})) == {"01100001": 1}


def test_columns_in_another_order_in_another_year(stage_city, source) -> None:
    other = "ALTER;BBS;STICHTAG;SEX;NATION;MIG;DAUER\n30;01100001;31.12.2023;w;D;0;3\n"
    staged = stage_city(personen(source), {FILE: extract(person()), "personen_2023.csv": other})
    found = staged.rows("SELECT stichtag::VARCHAR, wert FROM stage.zaehlung WHERE merkmal = 'einwohner' ORDER BY ALL")
    assert found == [("2022-12-31", 1), ("2023-12-31", 1)]


def test_an_extract_in_an_archive(stage_city, source) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("personen.csv", extract(person(), person(age=200)))
    given_source = personen(source, '{ member = "*.csv" }', file=r"'personen_(?P<year>\d{4})\.zip'")
    staged = stage_city(given_source, {"personen_2022.zip": out.getvalue()})
    assert staged.files == [("personen_2022.zip", 2, 1, 1, 0)]
    assert staged.quarantine == [("personen_2022.zip", 3, "ALTER", "200")]


@pytest.mark.parametrize("bad", [[person("01100009")], [person("01100009", age=200)]])
def test_the_same_persons_in_two_files_are_not_counted_twice(refusal, source, bad: list[str]) -> None:
    files = {FILE: extract(person(), *bad), "personen_2023.csv": extract(person())}
    message = refusal(personen(source), files)
    assert "Source personen: expected each base unit and Stichtag in one file" in message
    assert f"found 01100001 at 2022-12-31 in {FILE} and personen_2023.csv" in message


def test_a_register_in_parts_is_added_up(stage_city, source) -> None:
    files = {"personen_2021.csv": extract(person()), FILE: extract(person("01200001"))}
    assert residents(stage_city(personen(source), files)) == {"01100001": 1, "01200001": 1}


def test_names_and_other_personal_columns_never_reach_the_working_database(stage_city, source) -> None:
    given_source = personen(source, head_extra='"NAME"')
    staged = stage_city(given_source, {FILE: extract(person() + ";Zacharias", head=HEAD + ";NAME")}, on_disk=True)
    staged.con.execute("CHECKPOINT")
    assert b"Zacharias" not in (staged.run / "work.duckdb").read_bytes()


@pytest.mark.parametrize("again", ["1.6.2022", "01.06.2022 "])
def test_one_day_written_in_two_ways_is_one_day(refusal, source, again: str) -> None:
    one, other = (extract(person().replace("31.12.2022", day)) for day in ("01.06.2022", again))
    assert "found 01100001 at 2022-06-01 in" in refusal(personen(source), {FILE: one, "personen_2023.csv": other})


def test_a_blank_line_may_stand_above_the_header(stage_city, source) -> None:
    assert stage_city(personen(source), {FILE: "\n" + extract(person())}).files == [(FILE, 1, 1, 0, 0)]
