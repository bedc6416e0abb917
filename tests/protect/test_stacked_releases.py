"""Twelve releases of a town so small that a fifth of it must be suppressed, and what follows from all of them together.

Between them Stichtage come, files are corrected, the lines are redrawn and a threshold is raised.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import random

import pytest

from flows.base.db import open_work
from flows.musterstadt.city import make_musterstadt
from flows.musterstadt.scale import Scale
from flows.profile.load import load_profile
from flows.protect.audit import audit
from flows.protect.protect_figures import protect
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull
from flows.stage.kept_results import KeptResults
from flows.stage.stage_files import stage
from flows.transform.transform_counts import transform
from tests.protect.outsider import attacked, suppressed_in

pytestmark = [pytest.mark.thorough, pytest.mark.slow]

TOWN = Scale(baublockseiten=160, einwohner=1_000, stadtbezirke=2, stadtteile=4, sozialraeume=10)
BEFORE, AFTER = 3, 5
"""The least count of benefits in the first seven releases, and in the others."""
RAISED = 7
"""So many releases were made before the threshold was raised."""


class Town:
    """A town with its extracts, and the releases that it has made of them."""

    def __init__(self, folder):
        self.folder, self.files, self.counted = folder, [], []
        make_musterstadt(folder / "extracts", scale=TOWN)
        profile = load_profile("musterstadt")
        rules = {
            name: rule.model_copy(update={"never_published": ()}) for name, rule in profile.city.protection.items()
        }
        city = profile.city.model_copy(update={"protection": rules})
        self.today = dataclasses.replace(profile, city=city, indices=(), typologies=())
        newest = city.zuschnitt[-1]
        self.before_redraw = dataclasses.replace(
            self.today, city=city.model_copy(update={"zuschnitt": city.zuschnitt[:-1]}),
            sources=tuple(one for one in profile.sources if one.zuschnitt != newest.valid_from),
        )  # fmt: skip

    def stricter(self):
        """The profile with the raised threshold."""
        rules = dict(self.today.city.protection)
        rules["leistung"] = rules["leistung"].model_copy(update={"min_numerator": AFTER})
        return dataclasses.replace(self.today, city=self.today.city.model_copy(update={"protection": rules}))

    def corrected(self, year, rows=3):
        """Let a few of the counts of a year be larger by one."""
        file = self.folder / "extracts" / "soziales" / f"SGBII_{year}.csv"
        lines = file.read_text("utf-8").splitlines()
        counted = [at for at, line in enumerate(lines) if at and line.split(";")[2].isdigit()]
        for at in random.Random(year).sample(counted, rows):
            unit, when, persons, *rest = lines[at].split(";")
            lines[at] = ";".join([unit, when, str(int(persons) + 1), *rest])
        file.write_text("\n".join(lines) + "\n", "utf-8")

    def release(self, profile, year):
        """Make a release up to the Stichtag of a year, beside those that are out."""
        until, landing = dt.date(year, 12, 31), self.folder / "landing"
        run = self.folder / f"release_{len(self.files) + 1}"
        run.mkdir()
        pulled = pull(profile, Landing(landing), folder=self.folder / "extracts", until=until)
        with open_work(run / "work.duckdb") as con:
            stage(con, profile, pulled.lieferungen, landing, run, until=until, kept=KeptResults(landing, profile))
            transform(con)
            self.counted.append(protect(con, profile, run / "publish", self.files, review=None))
        self.files.append((f"{year}.{len(self.files) + 1}", run / "publish"))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    made = Town(tmp_path_factory.mktemp("town"))
    for year in (2017, 2018):
        made.release(made.before_redraw, year)
    made.corrected(2018)
    for year in (2018, 2019):
        made.release(made.before_redraw, year)
    made.release(made.today, 2020)
    made.corrected(2019)
    for year in (2020, 2021):
        made.release(made.today, year)
    assert len(made.files) == RAISED
    for year in (2021, 2022):
        made.release(made.stricter(), year)
    made.corrected(2021)
    for year in (2023, 2024):
        made.release(made.stricter(), year)
    made.corrected(2024)
    made.release(made.stricter(), 2024)
    return made


def test_much_of_a_small_town_is_suppressed_and_most_of_it_is_not(town):
    first, last = town.counted[0], town.counted[-1]

    assert len(town.files) == 12
    assert 0.1 < first["suppressed"] / (first["published"] + first["suppressed"]) < 0.3
    assert 0.1 < last["suppressed"] / (last["published"] + last["suppressed"]) < 0.4


def test_nothing_follows_from_the_releases_before_the_threshold_was_raised(town):
    found = audit(town.files[:RAISED], town.today.codebook)

    assert found.asked > 1_000
    assert found.safe


def test_from_all_together_follows_only_what_was_out_when_the_threshold_was_raised(town):
    """It cannot be taken back: counts of 3 and 4, which were allowed then."""
    book, (_, stricter) = town.today.codebook, town.files[RAISED]
    out = {one.count: one for one in audit(town.files[:RAISED], book, rules=stricter).findings}
    found = audit(town.files, book)

    assert found.contradictory == ()
    assert [one for one in found.findings if one.high < BEFORE] == []
    assert [str(one) for one in found.findings if one.count not in out] == []
    assert [one for one in found.findings if (one.low, one.high) != (out[one.count].low, out[one.count].high)] == []


def test_an_attacker_who_knows_nothing_of_the_program_bounds_none_of_hundreds_of_counts(town):
    book = town.today.codebook
    parts = [(part, whole) for part, merkmal in book.merkmal.items() for whole in merkmal.part_of]
    files = [file for _, file in town.files]
    suppressed = sorted(suppressed_in(files))

    claims = attacked(files, parts, random.Random(12).sample(suppressed, 400))

    assert len(claims) > 300
    assert [claim for claim in claims if claim.low >= 1 and claim.high < BEFORE] == []
