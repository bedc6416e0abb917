"""The same figures as a good polars user writes them: one lazy query over all files, on the streaming engine.

`python -m bench.with_polars EXTRACTS RESULT.parquet`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from bench.figures import (
    CITY_ID,
    COLUMNS,
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

KEYS = ["raumebene", "raum_id", "stichtag"]


def counted(extracts: Path) -> pl.DataFrame:
    """Return the Merkmale of each Baublockseite at each Stichtag, counted while the files are read."""
    age, stay, migrant = pl.col("ALTER"), pl.col("WOHNDAUER"), pl.col("MIGRATION") == 1
    return (
        pl.scan_csv(
            person_files(extracts),
            separator=";",
            quote_char=None,
            schema_overrides={"BBS": pl.String, "ALTER": pl.UInt8, "MIGRATION": pl.UInt8, "WOHNDAUER": pl.UInt8},
        )
        .group_by("BBS", "STICHTAG")
        .agg(
            *(_persons(age, first, last).alias(name) for name, (first, last) in age_bands().items()),
            (pl.col("GESCHLECHT") == "w").sum().alias("weiblich"),
            (pl.col("NATION") == "A").sum().alias("nichtdeutsche"),
            migrant.sum().alias("migrationshintergrund"),
            (migrant & (age < 18)).sum().alias("migrationshintergrund_0_17"),
            ((stay >= 5) & (age >= 5)).sum().alias("wohndauer_5_plus"),
            ((stay >= 10) & (age >= 10)).sum().alias("wohndauer_10_plus"),
        )
        .with_columns(pl.col("STICHTAG").str.to_date("%d.%m.%Y").alias("stichtag"))
        .drop("STICHTAG")
        .collect(engine="streaming")
    )


def _persons(age: pl.Expr, first: int, last: int) -> pl.Expr:
    if (first, last) == (0, OLDEST):
        return pl.len()
    if last == OLDEST:
        return (age >= first).sum()
    return (age <= last).sum() if first == 0 else age.is_between(first, last).sum()


def on_zuschnitt(counts: pl.DataFrame, assignment: pl.DataFrame) -> pl.DataFrame:
    """Return the Merkmale of every unit of every Raumebene; a unit where nobody lives has 0."""
    joined = counts.join(assignment, on="BBS", how="left")
    if joined["SOZIALRAUM"].has_nulls():
        raise ValueError("a Baublockseite with residents lies in no Sozialraum")
    merkmale = pl.exclude("raum_id", "raumebene", "stichtag")
    every = assignment.select(raum_id="SOZIALRAUM").unique().join(counts.select("stichtag").unique(), how="cross")
    finest = every.join(
        joined.drop("BBS").rename({"SOZIALRAUM": "raum_id"}).group_by("raum_id", "stichtag").sum(),
        on=["raum_id", "stichtag"], how="left",
    ).with_columns(merkmale.fill_null(0))  # fmt: skip
    levels = {
        "sozialraum": pl.col("raum_id"),
        "stadtteil": pl.col("raum_id").str.head(STADTTEIL_DIGITS),
        "stadtbezirk": pl.col("raum_id").str.head(STADTBEZIRK_DIGITS),
        "stadt": pl.lit(CITY_ID),
    }
    return pl.concat(
        finest.with_columns(ids.alias("raum_id"), pl.lit(level).alias("raumebene")).group_by(KEYS).agg(merkmale.sum())
        for level, ids in levels.items()
    )


def figure(sums: pl.DataFrame, indikator: Indikator) -> pl.DataFrame:
    """Return an Indikator of every unit and Stichtag of `sums`."""
    numerator = pl.sum_horizontal(*indikator.numerator).cast(pl.Float64)
    share = pl.when(pl.col("nenner") > 0).then(indikator.factor * pl.col("zaehler") / pl.col("nenner"))
    if indikator.kind == "anzahl":
        found = sums.select(*KEYS, zaehler=numerator, nenner=pl.lit(None, pl.Float64), wert=numerator)
    elif indikator.kind == "veraenderung":
        earlier = sums.select(
            "raumebene", "raum_id", pl.col("stichtag").dt.offset_by(f"{indikator.lag}y"), nenner=numerator
        )
        found = (
            sums.select(*KEYS, now=numerator)
            .join(earlier, on=KEYS)
            .select(*KEYS, pl.col("nenner"), zaehler=pl.col("now") - pl.col("nenner"))
            .with_columns(wert=share)
        )
    else:
        denominator = pl.sum_horizontal(*indikator.denominator).cast(pl.Float64)
        found = sums.select(*KEYS, zaehler=numerator, nenner=denominator).with_columns(wert=share)
    if indikator.kind != "anzahl":
        found = found.with_columns(pl.col("wert").round(indikator.decimals, mode="half_away_from_zero"))
    return found.select(
        *KEYS, pl.lit(indikator.id).alias("indikator_id"), pl.col("wert"), pl.col("zaehler"), pl.col("nenner")
    )


def figures(extracts: Path) -> pl.DataFrame:
    """Return all figures, each Stichtag on its own Zuschnitt."""
    counts = counted(extracts)
    wanted, made = indikatoren(), []
    for zuschnitt, later in zip(ZUSCHNITTE, (*ZUSCHNITTE[1:], "9999-12-31"), strict=True):
        assignment = pl.read_csv(
            assignment_file(extracts, zuschnitt), separator=";", schema_overrides={"BBS": pl.String},
            infer_schema=False,
        )  # fmt: skip
        usable = counts.filter(pl.col("stichtag") < pl.lit(later).str.to_date())
        sums = on_zuschnitt(usable, assignment)
        made.append(
            pl.concat(figure(sums, indikator) for indikator in wanted)
            .filter(pl.col("stichtag") >= pl.lit(zuschnitt).str.to_date())
            .with_columns(pl.lit(zuschnitt).alias("zuschnitt"))
        )
    return pl.concat(made).select(COLUMNS)


def main() -> None:
    """Compute the figures; write them for the comparison."""
    extracts, result = Path(sys.argv[1]), Path(sys.argv[2])
    timed(lambda: figures(extracts), lambda found: found.write_parquet(result))


if __name__ == "__main__":
    main()
