"""Published indices of others, met through the door that a statistician tries a definition by."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from flows.app.commands.needs import index

pytestmark = pytest.mark.real

WORDS = "".join(
    f'{key}_{language} = "x"\n'
    for key in ("label", "description", "limitations", "guidance")
    for language in ("de", "en")
)


def definition(
    name: str, how: str, components: Sequence[str], limits: Sequence[float] = (0.5,), by: str = "fixed"
) -> str:
    labels = [str(number + 1) for number in range(len(limits) + 1)]
    return (
        f'[index.{name}]\nversion = "1"\nsource = "s"\n{WORDS}{how}\ncomponent = [{", ".join(components)}]\n'
        f'[index.{name}.classes]\nby = "{by}"\nlimits = {list(limits)}\nlabels_de = {json.dumps(labels)}\n'
        f"labels_en = {json.dumps(labels)}\n"
    )


def of(column: str, weight: float = 1, direction: str = "hoch") -> str:
    return f'{{ indikator = "{column}", weight = {weight}, direction = "{direction}" }}'


Answer = Callable[..., dict[str, dict]]


@pytest.fixture
def answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Answer:
    """Try definitions on a table and return, by index and part, its weights, limits and units by id."""

    def asked(table: Path, columns: str, *definitions: str) -> dict:
        file = tmp_path / "definition.toml"
        file.write_text(f"[table]\n{columns}\n" + "\n".join(definitions), "utf-8")
        assert index(definition=file, table=table, as_json=True) == 0
        found = json.loads(capsys.readouterr().out)["indices"]
        return {
            each["index"] if each["part"] is None else (each["index"], each["part"]):
                each | {"units": {unit["raum_id"]: unit for unit in each["units"]}}
            for each in found
        }  # fmt: skip

    return asked


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_wales_2019(real_folder: Path, answer: Answer) -> None:
    """Exponential of the ranks of eight domains, and their weighted sum; both are published with one decimal."""
    table = real_folder / "oracles/wimd_2019/input_and_expected.csv"
    weights = {"Income": 0.22, "Employment": 0.22, "Health": 0.15, "Education": 0.14, "Access to Services": 0.10,
               "Housing": 0.07, "Community Safety": 0.05, "Physical Environment": 0.05}  # fmt: skip
    how = 'standardise = "exponential_rank"\naggregate = "sum"'

    (found,) = answer(table, 'unit = "lsoa"', definition("wimd", how, [of(*each) for each in weights.items()])).values()

    expected = rows(table)
    assert len(expected) == 1909
    for row in expected:
        unit = found["units"][row["lsoa"]]
        assert unit["teile"] == pytest.approx([float(row[domain]) for domain in weights], abs=0.051)
        assert unit["punkte"] == pytest.approx(float(row["WIMD 2019"]), abs=0.08)


@pytest.mark.thorough
def test_scotland_2020(real_folder: Path, answer: Answer) -> None:
    """A weighted sum of exponentials of tied ranks, in deciles."""
    table = real_folder / "oracles/simd_2020/simd2020v2_ranks.csv"
    weights = {"v2_Income": 0.28, "_Employment": 0.28, "_Health": 0.14, "_Education": 0.14, "_Access": 0.09,
               "_Crime": 0.05, "_Housing": 0.02}  # fmt: skip
    how = 'standardise = "exponential_rank"\naggregate = "sum"'
    components = [of(f"SIMD2020{name}_Domain_Rank", weight, "niedrig") for name, weight in weights.items()]

    (found,) = answer(
        table, 'unit = "Data_Zone"', definition("simd", how, components, [n / 10 for n in range(1, 10)], "share")
    ).values()  # fmt: skip

    expected = {row["Data_Zone"]: int(row["SIMD2020v2_Rank"]) for row in rows(table)}
    order = sorted(expected, key=lambda zone: -found["units"][zone]["punkte"])
    assert max(abs(place - expected[zone]) for place, zone in enumerate(order, start=1)) <= 7
    deciles = {zone: 10 - (10 * rank - 1) // len(expected) for zone, rank in expected.items()}
    assert [zone for zone in expected if found["units"][zone]["klasse"] != deciles[zone]] == []


@pytest.mark.slow
def test_the_factor_weights_of_scottish_education(real_folder: Path, answer: Answer) -> None:
    folder = real_folder / "oracles/simd_factor_weights_education"
    components = [of("Attendance", 1, "niedrig"), of("Attainment", 1, "niedrig"), of("Noquals"), of("NEET"),
                  of("HESA", 1, "niedrig")]  # fmt: skip

    (found,) = answer(
        folder / "indicators.csv", 'unit = "Data_Zone"',
        definition("education", 'standardise = "normal_score"\naggregate = "factor"', components),
    ).values()  # fmt: skip

    for file, column, within in (
        ("expected_weights_education_R_psych.csv", "ML1", 3e-6),
        ("expected_weights_SAS.csv", "weight_sas_from_2015_version", 2e-3),
    ):
        for row in rows(folder / file):
            assert found["weights"][row.get("indicator") or row[""]] == pytest.approx(float(row[column]), abs=within)


THEMES = {
    "THEME1": "POV150 UNEMP HBURD NOHSDP UNINSUR", "THEME2": "AGE65 AGE17 DISABL SNGPNT LIMENG", "THEME3": "MINRTY",
    "THEME4": "MUNIT MOBILE CROWD NOVEH GROUPQ",
}  # fmt: skip
THEMES["THEMES"] = " ".join(THEMES.values())


def test_the_social_vulnerability_of_pennsylvania_2020(real_folder: Path, answer: Answer) -> None:
    """Percentile ranks summed and ranked again, with the margins of error that the source delivers."""
    table = real_folder / "oracles/cdc_svi_2020/svi2020_pa_counties.csv"
    margins = ", ".join(f'EP_{name} = "MP_{name}"' for name in THEMES["THEMES"].split())
    how = 'standardise = "percentile_rank"\ndecimals = 4\naggregate = "sum"\nrescale = "percentile_rank"'

    found = answer(
        table, f'unit = "FIPS"\nmargin = {{ {margins} }}',
        *(
            definition(theme.lower(), how, [of(f"EP_{name}") for name in names.split()], [0.25, 0.5, 0.75])
            for theme, names in THEMES.items()
        ),
    )  # fmt: skip

    sure = 0
    for row in rows(table):
        for theme, names in THEMES.items():
            unit = found[theme.lower()]["units"][row["FIPS"]]
            parts = [float(row[f"EPL_{name}"]) for name in names.split()]
            assert unit["teile"] == pytest.approx(parts, abs=1e-4)
            assert sum(unit["teile"]) == pytest.approx(float(row[f"SPL_{theme}"]), abs=1e-3)
            assert unit["punkte"] == pytest.approx(float(row[f"RPL_{theme}"]), abs=1e-4)
        sure += (
            found["themes"]["units"][row["FIPS"]]["sicherheit"][found["themes"]["units"][row["FIPS"]]["klasse"] - 1]
            >= 0.9
        )
    assert 10 < sure < 60  # of 67 counties: the margins leave some classes open, and not all


@pytest.mark.slow
def test_the_german_deprivation_classes_by_district(real_folder: Path, answer: Answer) -> None:
    """Quantiles of type 9 of each year, on which ties decide."""
    table = real_folder / "oracles/gisd_kreis/GISD_Bund_Kreis.csv"
    how, score = 'standardise = "plain"\naggregate = "sum"', [of("gisd_score")]

    found = answer(
        table, 'unit = "kreis_id"\nby = "year"',
        definition("gisd_5", how, score, [0.2, 0.4, 0.6, 0.8], "quantile"),
        definition("gisd_10", how, score, [n / 10 for n in range(1, 10)], "quantile"),
        definition("gisd_k", how, score, [0.2, 0.8], "quantile"),
    )  # fmt: skip

    different = defaultdict(int)
    for row in rows(table):
        for name in ("gisd_5", "gisd_10", "gisd_k"):
            different[name] += found[name, row["year"]]["units"][row["kreis_id"]]["klasse"] != int(row[name])
    assert different == {"gisd_5": 0, "gisd_10": 0, "gisd_k": 0}
