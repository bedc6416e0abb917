"""The same figures as a good pandas user writes them: file by file, categories for codes, one group-by.

`python -m bench.with_pandas EXTRACTS RESULT.parquet`. It reads with pandas' own parser: with the pyarrow engine the
whole took 1.2 to 1.6 times as long here, since its texts become categories only after they were read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from bench.figures import (
    CITY_ID,
    COLUMNS,
    FLAGS,
    OLDEST,
    STADTBEZIRK_DIGITS,
    STADTTEIL_DIGITS,
    ZUSCHNITTE,
    Indikator,
    age_bands,
    assignment_file,
    indikatoren,
    person_files,
)
from bench.worker import timed

BANDS = {name: (first, last + 1) for name, (first, last) in age_bands().items()}
KEYS = ["raumebene", "raum_id", "stichtag"]


def counted(path: Path) -> pd.DataFrame:
    """Return the Merkmale of each Baublockseite in one register extract.

    The Baublockseite is read as a number, which groups faster than text; it gets its leading zero back when
    there are thousands of rows, not hundreds of thousands.
    """
    persons = pd.read_csv(
        path,
        sep=";",
        dtype={"STICHTAG": "category", "GESCHLECHT": "category", "NATION": "category"},
    )
    age, stay, migrant = persons["ALTER"], persons["WOHNDAUER"], persons["MIGRATION"] == 1
    younger = {end: age < end for end in sorted({end for band in BANDS.values() for end in band} - {0, OLDEST + 1})}
    flags = {
        "weiblich": persons["GESCHLECHT"] == "w",
        "nichtdeutsche": persons["NATION"] == "A",
        "migrationshintergrund": migrant,
        "migrationshintergrund_0_17": migrant & younger[18],
        "wohndauer_5_plus": (stay >= 5) & ~younger[5],
        "wohndauer_10_plus": (stay >= 10) & ~younger[10],
    }
    flags |= {f"younger_{end}": younger[end] for end in younger}
    keys = ["BBS", "STICHTAG"]
    grouped = persons[keys].assign(**flags).groupby(keys, observed=True)
    sums, everybody = grouped.sum(), grouped.size()
    below = {0: 0 * everybody, OLDEST + 1: everybody, **{end: sums[f"younger_{end}"] for end in younger}}
    bands = {name: below[end] - below[start] for name, (start, end) in BANDS.items()}
    return pd.DataFrame(bands).join(sums[list(FLAGS)]).reset_index()


def on_zuschnitt(counts: pd.DataFrame, assignment: pd.DataFrame) -> pd.DataFrame:
    """Return the Merkmale of every unit of every Raumebene; a unit where nobody lives has 0."""
    joined = counts.merge(assignment, on="BBS", how="left", validate="many_to_one")
    if joined["SOZIALRAUM"].isna().any():
        raise ValueError("a Baublockseite with residents lies in no Sozialraum")
    finest = joined.drop(columns="BBS").groupby(["SOZIALRAUM", "stichtag"]).sum()
    every = pd.MultiIndex.from_product(
        [sorted(assignment["SOZIALRAUM"].unique()), sorted(counts["stichtag"].unique())], names=["raum_id", "stichtag"]
    )
    finest = finest.rename_axis(["raum_id", "stichtag"]).reindex(every, fill_value=0).reset_index()
    levels = {
        "sozialraum": finest["raum_id"],
        "stadtteil": finest["raum_id"].str[:STADTTEIL_DIGITS],
        "stadtbezirk": finest["raum_id"].str[:STADTBEZIRK_DIGITS],
        "stadt": pd.Series(CITY_ID, index=finest.index),
    }
    summed = [
        finest.assign(raumebene=level, raum_id=ids).groupby(KEYS, as_index=False).sum() for level, ids in levels.items()
    ]
    return pd.concat(summed, ignore_index=True)


def rounded(values: pd.Series[float], decimals: int) -> pd.Series[float]:
    """Round half away from zero, as a statistics office does."""
    scale = 10.0**decimals
    whole: pd.Series[float] = np.trunc(values * scale + np.copysign(0.5, values))
    return whole / scale


def figure(sums: pd.DataFrame, indikator: Indikator) -> pd.DataFrame:
    """Return an Indikator of every unit and Stichtag of `sums`."""
    numerator = sums[list(indikator.numerator)].sum(axis=1).astype(float)
    found = sums[KEYS].assign(indikator_id=indikator.id, zaehler=numerator, nenner=np.nan)
    if indikator.kind == "anzahl":
        return found.assign(wert=numerator)
    if indikator.kind == "veraenderung":
        earlier = sums[KEYS].assign(stichtag=sums["stichtag"] + pd.DateOffset(years=indikator.lag), nenner=numerator)
        found = found.drop(columns="nenner").merge(earlier, on=KEYS)
        found["zaehler"] -= found["nenner"]
    else:
        found["nenner"] = sums[list(indikator.denominator)].sum(axis=1).astype(float)
    share = indikator.factor * found["zaehler"] / found["nenner"].where(found["nenner"] > 0)
    return found.assign(wert=rounded(share, indikator.decimals))


def figures(extracts: Path) -> pd.DataFrame:
    """Return all figures, each Stichtag on its own Zuschnitt."""
    counts = pd.concat([counted(path).astype({"STICHTAG": str}) for path in person_files(extracts)])
    counts["stichtag"] = pd.to_datetime(counts.pop("STICHTAG"), format="%d.%m.%Y")
    counts["BBS"] = counts["BBS"].astype(str).str.zfill(8)
    wanted, made = indikatoren(), []
    for zuschnitt, later in zip(ZUSCHNITTE, (*ZUSCHNITTE[1:], "9999-12-31"), strict=True):
        assignment = pd.read_csv(assignment_file(extracts, zuschnitt), sep=";", encoding="utf-8-sig", dtype=str)
        usable = counts[counts["stichtag"] < later]
        sums = on_zuschnitt(usable, assignment)
        of_all = pd.concat([figure(sums, indikator) for indikator in wanted], ignore_index=True)
        made.append(of_all[of_all["stichtag"] >= zuschnitt].assign(zuschnitt=zuschnitt))
    return pd.concat(made, ignore_index=True)[list(COLUMNS)]


def main() -> None:
    """Compute the figures; write them for the comparison."""
    extracts, result = Path(sys.argv[1]), Path(sys.argv[2])
    timed(lambda: figures(extracts), lambda found: found.to_parquet(result, index=False))


if __name__ == "__main__":
    main()
