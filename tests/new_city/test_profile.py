"""The profile that is written: it can be read, says where each guess comes from, and is never written over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.app.commands.beginning import new_city
from flows.app.new_city.questions import Questions
from flows.app.new_city.write_profile import Written, write_profile
from flows.base.errors import ConfigError
from flows.profile.load import Profile, load_profile
from flows.stage.read import digit_cell

WIDE = "NR;NAME;EW;X\n{rows}"
ROWS = "101;Altstadt;1200;7\n102;Süd;300;8\n103;Ost;4000;9\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


def made(files: Path, **more: object) -> tuple[Written, Profile]:
    written = write_profile("neustadt", files, files.parent / "cities", Questions(yes=True), **more)  # type: ignore[arg-type]
    return written, load_profile("neustadt", written.folder)


def test_the_editions_of_a_file_are_one_source_with_the_year_in_its_name(files: Path) -> None:
    for year in (2022, 2023):
        (files / f"ew_{year}.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")

    _, profile = made(files)

    source = next(each for each in profile.sources if each.matrix)
    assert source.year_in("ew_2024.csv") == 2024
    assert source.stichtag is not None
    assert (source.stichtag.source, source.stichtag.day) == ("name", "12-31")
    assert source.matrix is not None
    assert (source.matrix.unit, source.matrix.merkmale, source.matrix.ignore) == (
        "NR", {"einwohner": ["EW"]}, ["NAME", "X"],
    )  # fmt: skip
    assert str(profile.city.zuschnitt[0].valid_from) == "2022-12-31"


def test_editions_that_are_written_otherwise_are_sources_that_do_not_take_each_others_files(files: Path) -> None:
    for year, above in ((2021, "Amt\n"), (2022, "Amt\n"), (2023, "Amt\nneu\n")):
        (files / f"ew_{year}.csv").write_text(above + WIDE.format(rows=ROWS), encoding="utf-8")
    (files / "ew_2020.csv").write_text("kein;\n", encoding="utf-8")

    _, profile = made(files)

    taken = {
        each.dialect.preamble: [year for year in range(2020, 2025) if re.fullmatch(each.file, f"ew_{year}.csv")]
        for each in profile.sources if each.matrix
    }  # fmt: skip
    assert taken == {1: [2021, 2022], 2: [2023, 2024]}


@pytest.mark.parametrize(
    ("sign", "thousands"), [("'", "'"), ("\u2019", "'"), (" ", " "), ("\xa0", " "), ("\u202f", " "), (".", ".")]
)
def test_a_sign_between_thousands_is_in_the_profile_that_reads_them(files: Path, sign: str, thousands: str) -> None:
    figures = {"101": f"1{sign}200", "102": "300", "103": f"1{sign}004{sign}000"}
    rows = "".join(f"{unit};Teil {unit};{figure};7\n" for unit, figure in figures.items())
    (files / "ew_2023.csv").write_text(WIDE.format(rows=rows), encoding="utf-8")

    _, profile = made(files)

    source = next(each for each in profile.sources if each.matrix)
    assert source.matrix is not None
    assert source.matrix.merkmale == {"einwohner": ["EW"]}
    assert source.dialect.thousands == thousands
    assert all(re.fullmatch(digit_cell.number(source.dialect), figure) for figure in figures.values())


def test_the_day_above_the_table_says_which_day_of_the_year_in_the_name_is_meant(files: Path) -> None:
    for year in (2022, 2023):
        text = f"Stand: 30.06.{year};;;\n" + WIDE.format(rows=ROWS)
        (files / f"ew_{year}.csv").write_text(text, encoding="utf-8")

    _, profile = made(files)

    source = next(each for each in profile.sources if each.matrix)
    assert source.stichtag is not None
    assert (source.stichtag.source, source.stichtag.day) == ("name", "06-30")


@pytest.mark.parametrize(
    ("numbers", "part", "first"),
    [(("01", "02"), "half", "2022-06-30"), (("03", "09"), "month", "2022-03-31"), (("02",), "month", "2022-02-28")],
)
def test_two_digits_after_a_year_are_a_guess_to_be_confirmed(
    files: Path, numbers: tuple[str, ...], part: str, first: str
) -> None:
    for number in numbers:
        (files / f"ew_2022-{number}.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")

    written, profile = made(files)

    source = next(each for each in profile.sources if each.matrix)
    assert f"(?P<{part}>" in source.file
    assert profile.city.zuschnitt[0].id == first
    assert any(f"are read as {part}" in line for line in written.to_confirm)


def test_a_file_of_one_day_takes_it_from_the_lines_above_to_be_confirmed(files: Path) -> None:
    (files / "ew.csv").write_text("Stand: 30.06.2023;;;\n" + WIDE.format(rows=ROWS), encoding="utf-8")

    written, profile = made(files)

    rule = next(each.stichtag for each in profile.sources if each.matrix)
    assert rule is not None
    assert (rule.source, str(rule.fixed)) == ("fixed", "2023-06-30")
    assert any("stichtag = " in line and "lines above the table" in line for line in written.to_confirm)


def test_without_any_day_a_file_is_left_out_until_somebody_says_it(files: Path) -> None:
    (files / "ew.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")

    with pytest.raises(ConfigError, match=r"ew\.csv: .*say --stichtag DATE"):
        made(files)


def test_a_total_of_an_unknown_unit_is_left_out(files: Path) -> None:
    rows = "".join(f"Quartier {unit};{unit}\n" for unit in range(101, 110))
    (files / "ew_2023.csv").write_text(f"GEBIET;EW\n{rows}Bezirk West;945\n", encoding="utf-8")

    _, profile = made(files)

    matrix = next(each.matrix for each in profile.sources if each.matrix)
    assert matrix is not None
    assert matrix.totals == {}
    assert matrix.drop[0].equals == ["Bezirk West"]


def test_rows_of_totals_are_no_units(files: Path) -> None:
    (files / "ew_2023.csv").write_text("GEBIET;EW\nNord;100\nSüd;200\nStadt insgesamt;300\n", encoding="utf-8")

    _, profile = made(files)

    matrix = next(each.matrix for each in profile.sources if each.matrix)
    assert matrix is not None
    assert matrix.totals == {"stadt": {"Stadt insgesamt": "neustadt"}}
    assert matrix.drop == []
    assert [entry.where for entry in profile.corrections] == [{"GEBIET": ["Stadt insgesamt"]}]


def test_a_merkmal_comes_from_one_source_only(files: Path) -> None:
    (files / "a_2023.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")
    (files / "b_2023.csv").write_text(WIDE.format(rows=ROWS).replace("X", "Haushalte"), encoding="utf-8")

    _, profile = made(files)

    assert [sorted(each.merkmale) for each in profile.sources if each.matrix] == [["einwohner"], ["haushalte"]]


def test_two_sources_may_bring_a_merkmal_for_different_days_and_else_the_second_is_named(files: Path) -> None:
    for name in ("a_2022", "b_2023", "c_2023"):
        (files / f"{name}.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")

    written, profile = made(files)

    assert [each.id for each in profile.sources if each.matrix] == ["a", "b"]
    assert written.guess.left_out == {files / "c_2023.csv": "other files bring all its Merkmale"}


def test_a_file_of_other_units_is_left_out_with_the_reason(files: Path) -> None:
    (files / "ew_2023.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")
    (files / "we_2023.csv").write_text("GEBIET;Wohnungen\nHafen;10\nWest;20\n", encoding="utf-8")

    written, _ = made(files)

    assert written.guess.left_out[files / "we_2023.csv"].startswith("its units (Hafen, West, ...) are others than")


def test_what_nobody_said_is_marked_in_the_files(files: Path) -> None:
    (files / "ew_2023.csv").write_text(WIDE.format(rows=ROWS.replace("300", ".")), encoding="utf-8")

    written, _ = made(files)

    marked = "\n".join(written.to_confirm)
    for guess in ('licence = "unbekannt"', "valid_from = 2023-12-31", "dialect.missing]", "matrix.merkmale]", "crs = "):
        assert guess in marked
    number = int(next(line for line in written.to_confirm if "valid_from" in line).split(":")[1])
    assert "# CONFIRM: " in (written.folder / "city.toml").read_text(encoding="utf-8").splitlines()[number - 1]


def test_what_a_person_answers_is_written_and_not_marked(files: Path) -> None:
    (files / "ew_2023.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")
    said: Iterator[str] = iter(["nonsense", "06-30", "Neustadt (Amt)", "05998", "Amt", "a@b.example", "CC0", "", "Amt"])

    written = write_profile(
        "neustadt", files, files.parent / "cities", Questions(yes=False, answer=lambda _: next(said))
    )

    profile = load_profile("neustadt", written.folder)
    assert (profile.city.name, profile.city.licence) == ("Neustadt (Amt)", "CC0")
    assert profile.city.zuschnitt[0].id == "2023-06-30"
    assert not any("licence = " in line or "name = " in line for line in written.to_confirm)


def test_a_person_is_asked_in_german_and_the_profile_says_the_same(files: Path, monkeypatch) -> None:
    (files / "ew_2023.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")
    (files / "wohnungen.csv").write_text("GEBIET;Wohnungen\n01;10\n02;20\n", encoding="utf-8")
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return "morgen" if len(asked) == 1 else ""

    for language in ("en", "de"):
        monkeypatch.setenv("FORTSCHREIBUNG_LANG", language)
        asked.clear()
        write_profile("neustadt", files, files.parent / language, Questions(yes=False, answer=answer))

    assert asked[:2] == [
        "ew_2023.csv: für welchen Tag (MM-TT) stehen die Jahre? (der Name der Datei nennt nur Jahre; die meisten "
        "Zahlen sind vom letzten Tag) [12-31]: ",
        "  'morgen' passt nicht; ew_2023.csv: für welchen Tag (MM-TT) stehen die Jahre? [12-31]: ",
    ]
    assert "wohnungen.csv: von welchem Tag (JJJJ-MM-TT) ist sie? Die Eingabetaste lässt sie aus []: " in asked
    assert "Name der Stadt (aus der Kennung gebildet) [Neustadt]: " in asked
    english, german = ((files.parent / each / "neustadt" / "city.toml").read_text("utf-8") for each in ("en", "de"))
    assert english == german


@pytest.mark.parametrize(("said", "taken"), [("ja", True), ("yes", True), ("", True), ("nein", False)])
def test_yes_and_no_are_understood_in_both_languages(said: str, taken: bool, files: Path, monkeypatch) -> None:
    monkeypatch.setenv("FORTSCHREIBUNG_LANG", "de")
    (files / "hh_2023.csv").write_text("GEBIET;Personen in Haushalten\n01;10\n02;20\n", encoding="utf-8")
    answers = Questions(yes=False, answer=lambda prompt: said if "ja oder nein" in prompt else "")
    written = write_profile("neustadt", files, files.parent / "cities", answers)

    assert ("einwohner" in (written.folder / "sources.toml").read_text("utf-8")) is taken


def test_without_answers_nothing_is_written(files: Path) -> None:
    (files / "ew_2023.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")

    def nobody(_: str) -> str:
        raise EOFError

    with pytest.raises(ConfigError, match="or with --yes"):
        write_profile("neustadt", files, files.parent / "cities", Questions(yes=False, answer=nobody))
    assert not (files.parent / "cities").exists()


def test_a_profile_is_never_written_over(files: Path) -> None:
    (files / "ew_2023.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")
    made(files)

    with pytest.raises(ConfigError, match="It is never written over") as refused:
        made(files)
    assert refused.value.code == "FS-USE-09"


def test_a_folder_without_figures_of_units_says_of_each_file_why(files: Path) -> None:
    (files / "brief.txt").write_text("Sehr geehrte\nDamen und Herren\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"nothing was written.\n  brief\.txt: no table was found") as refused:
        made(files)
    assert refused.value.code == "FS-USE-08"


def test_the_command_that_comes_next_finds_the_profile_and_the_files(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = files.rename(files.with_name("meine Dateien"))
    (here / "ew_2023.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")
    elsewhere = here.parent / "profiles"
    monkeypatch.chdir(here.parent)
    monkeypatch.setenv("FORTSCHREIBUNG_CITIES", "")
    new_city("hier", from_=here, yes=True, no_dry_run=True)
    monkeypatch.setenv("FORTSCHREIBUNG_CITIES", str(elsewhere))
    new_city("dort", from_=here, yes=True, no_dry_run=True, home=Path("d"))

    said = [line.partition("then: ")[2] for line in capsys.readouterr().out.splitlines() if "then: " in line]
    assert said == [
        f"fortschreibung refresh hier --from '{here}'",
        f"fortschreibung --cities {elsewhere} refresh dort --from '{here}' --home d",
    ]


def test_each_file_names_its_schema_which_lies_beside_the_cities(files: Path) -> None:
    (files / "ew_2023.csv").write_text(WIDE.format(rows=ROWS), encoding="utf-8")

    written, _ = made(files)

    for file in written.folder.glob("*.toml"):
        first = file.read_text("utf-8").splitlines()[0]
        schema = json.loads((file.parent / first.removeprefix("#:schema ")).read_text("utf-8"))
        assert schema["id"] == f"urn:fortschreibung:profile:{file.stem}"


def test_many_columns_with_hyphens_and_many_rows_of_totals_are_written_whole(files: Path) -> None:
    others = [f"Ein-/Zwei-Personen-Anteil {number}" for number in range(12)]
    totals = [f"Stadtbezirk Nr. {number} Alt-Neustadt" for number in range(1, 6)]
    units = [f"Quartier {letter}" for letter in "ABCDEFGHIJKLMNOP"]
    rows = [";".join([each, str(1200 + at), *["7"] * len(others)]) for at, each in enumerate((*units, *totals))]
    (files / "ew_2023.csv").write_text("\n".join([";".join(["RAUM", "EW", *others]), *rows]), encoding="utf-8")

    _, profile = made(files)

    matrix = next(each.matrix for each in profile.sources if each.matrix)
    assert matrix.ignore == others
    assert [each.equals for each in matrix.drop] == [totals]
