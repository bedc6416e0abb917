"""Nothing that must not be known follows from what a refresh has published."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from flows.profile.load import load_profile
from tests.protect.outsider import attacked, suppressed_in
from tests.refresh.conftest import Office, copy_of

TWO_SIBLINGS = """
    WITH kind AS (
        SELECT wert.*, sozialraum.stadtteil_id
        FROM wert
        INNER JOIN sozialraum ON wert.raum_id = sozialraum.sozialraum_id AND wert.zuschnitt = sozialraum.zuschnitt
        WHERE wert.raumebene = 'sozialraum' AND wert.indikator_id = 'haushalte_alleinerziehend'
    )

    SELECT
        min(kind.raum_id) FILTER (kind.status = 'geschuetzt') AS eines,
        max(kind.raum_id) FILTER (kind.status = 'geschuetzt') AS anderes,
        kind.stichtag,
        kind.indikator_id,
        any_value(stadtteil.wert) - sum(kind.wert) AS rest
    FROM kind
    INNER JOIN wert AS stadtteil
        ON kind.stadtteil_id = stadtteil.raum_id AND stadtteil.raumebene = 'stadtteil'
        AND kind.zuschnitt = stadtteil.zuschnitt AND kind.stichtag = stadtteil.stichtag
        AND kind.indikator_id = stadtteil.indikator_id AND stadtteil.status = 'ok'
    GROUP BY kind.zuschnitt, kind.stichtag, kind.stadtteil_id, kind.indikator_id
    HAVING count(*) FILTER (kind.status = 'geschuetzt') = 2 AND rest > 4
    ORDER BY ALL
    LIMIT 1
"""


def test_no_protected_count_follows_from_a_release(one_release: Office) -> None:
    ended = one_release.run("audit", "musterstadt", "--json")

    assert ended.code == 0
    assert ended.answer["findings"] == []
    assert ended.answer["contradictory"] == []
    assert ended.answer["asked"] > 1_000


def test_nor_from_two_releases_and_what_a_correction_changed_between_them(two_releases: Office) -> None:
    ended = two_releases.run("audit", "musterstadt", "--json")

    assert ended.answer["versions"] == ["2024.1", "2024.2"]
    assert ended.answer["findings"] == []


@pytest.mark.thorough
def test_an_attacker_who_knows_nothing_of_the_program_bounds_none_too_closely(two_releases: Office) -> None:
    """By linear programming over all that both releases say, for a sample of the counts that they suppress."""
    book = load_profile("musterstadt").codebook
    parts = [(part, whole) for part, merkmal in book.merkmal.items() for whole in merkmal.part_of]
    folder = two_releases.home / "releases" / "musterstadt"
    releases = [folder / version / "fortschreibung.duckdb" for version in ("2024.1", "2024.2")]
    suppressed = sorted(suppressed_in(releases))

    claims = attacked(releases, parts, random.Random(1997).sample(suppressed, 120))

    assert len(claims) > 80
    assert [claim for claim in claims if claim.low >= 1 and claim.high < 3] == []


def test_a_suppression_that_is_taken_back_is_found(larger_release: Office, tmp_path: Path) -> None:
    """Of two suppressed siblings one is published, so that the other is the rest of their Stadtteil: 1."""
    office = copy_of(larger_release, tmp_path)
    file = office.home / "releases" / "musterstadt" / "2024.1" / "fortschreibung.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as con:
        [[published, other, day, indikator, rest]] = con.execute(TWO_SIBLINGS).fetchall()
        con.execute(
            "UPDATE wert SET wert = $rest - 1, zaehler = $rest - 1, status = 'ok' "
            "WHERE raumebene = 'sozialraum' AND raum_id = $unit AND stichtag = $day AND indikator_id = $indikator",
            {"rest": rest, "unit": published, "day": day, "indikator": indikator},
        )

    ended = office.run("audit", "musterstadt", "--json")

    assert ended.code == 4
    assert (other, indikator, 1, 1) in {
        (one["raum_id"], one["merkmal"], one["low"], one["high"]) for one in ended.answer["findings"]
    }
