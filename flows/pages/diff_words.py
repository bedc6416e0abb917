"""What a comparison of two releases says in a sentence, in German and English: first what is new, then what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.base.german_numbers import number
from flows.base.local_time import german_day
from flows.compare.diff_model import Diff, Earlier, StichtagChange
from flows.profile.vocabulary import Words


def opening(diff: Diff) -> Words:
    """Return what a person would say first of the comparison."""
    said = list(_sentences(diff))
    return Words(" ".join(each.de for each in said), " ".join(each.en for each in said))


def _sentences(diff: Diff) -> Iterator[Words]:
    if diff.before is None:
        yield Words(
            "Erste Fortschreibung; es gibt keine frühere zum Vergleich.",
            "The first release; there is no earlier one to compare with.",
        )
        return
    if diff.same:
        yield Words("Beide haben denselben Inhalt.", "Both have the same content.")
        return
    come = [each for each in diff.stichtage if each.change == "come"]
    gone = [each for each in diff.stichtage if each.change == "gone"]
    if come:
        yield _stichtage(Words("Neu", "New"), come)
    if gone:
        yield _stichtage(Words("Entfallen", "Gone"), gone)
    if diff.before.zuschnitt != diff.after.zuschnitt:
        old, new = diff.before.zuschnitt, diff.after.zuschnitt
        yield Words(
            f"Neuer Zuschnitt: {german_day(new)} (vorher {german_day(old)}).", f"New Zuschnitt: {new} (before: {old})."
        )
    yield from _codebook(diff)
    if diff.earlier is not None:
        yield _earlier(diff.earlier, beside_new=bool(come))
    elif not diff.not_made:
        yield Words("Keine Zahl hat sich geändert.", "No figure changed.")


def _stichtage(what: Words, days: Sequence[StichtagChange]) -> Words:
    figures = sum(each.figures for each in days)
    if len(days) == 1:
        day = days[0].stichtag
        return Words(
            f"{what.de}: Stichtag {german_day(day)} mit {_german(figures, 'Zahl', 'Zahlen')}.",
            f"{what.en}: Stichtag {day} with {_english(figures, 'figure')}.",
        )
    german = ", ".join(german_day(each.stichtag) for each in days)
    english = ", ".join(str(each.stichtag) for each in days)
    return Words(
        f"{what.de}: {len(days)} Stichtage ({german}) mit zusammen {_german(figures, 'Zahl', 'Zahlen')}.",
        f"{what.en}: {len(days)} Stichtage ({english}) with {_english(figures, 'figure')} together.",
    )


def _codebook(diff: Diff) -> Iterator[Words]:
    for change, german, english in (
        ("come", "Neu im Codebuch", "New in the codebook"),
        ("gone", "Nicht mehr im Codebuch", "No longer in the codebook"),
        ("definition", "Anders definiert", "Defined otherwise"),
    ):
        count = sum(each.change == change for each in diff.codebook)
        if count:
            yield Words(
                f"{german}: {_german(count, 'Indikator', 'Indikatoren')}.",
                f"{english}: {count} {'Indikator' if count == 1 else 'Indikatoren'}.",
            )


def _earlier(found: Earlier, *, beside_new: bool) -> Words:
    """Say what became of the figures of the Stichtage that both have."""
    count = {0: "keine", 1: "eine"}.get(found.changed, number(found.changed))
    verb, noun = ("hat", "Zahl") if found.changed < 2 else ("haben", "Zahlen")
    german = [
        f"Von den früheren {verb} sich {count} geändert" if beside_new else f"Es {verb} sich {count} {noun} geändert"
    ]
    english = [f"{'Of the earlier ones' if beside_new else 'Of the figures'} {found.changed or 'none'} changed"]
    if found.come:
        german.append(f"{number(found.come)} {'kam' if found.come == 1 else 'kamen'} hinzu")
        english.append(f"{found.come:,} came")
    if found.gone:
        german.append(f"{number(found.gone)} {'entfiel' if found.gone == 1 else 'entfielen'}")
        english.append(f"{found.gone:,} went")
    besides = Words("", "")
    if found.elsewhere:
        besides = Words(
            f" (dazu {number(found.elsewhere)} auf früheren Zuschnitten)",
            f" (and {found.elsewhere:,} on earlier Zuschnitte)",
        )
    return Words(f"{', '.join(german)}{besides.de}.", f"{', '.join(english)}{besides.en}.")


def _german(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"


def _english(count: int, one: str) -> str:
    return f"{count:,} {one}" + ("" if count == 1 else "s")
