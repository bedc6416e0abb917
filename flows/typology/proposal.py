"""A proposed typology as the text of a types.toml: what was fitted, and names that people are to replace."""

from __future__ import annotations

import datetime as dt
import json
import math
import string
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from flows.profile.typology import Typology
from flows.typology.assign import transformed
from flows.typology.fit import FitAsked, Fitted, Tried

_DECIMALS, _DIGITS_OF_SPREAD = 4, 3
"""Figures have so many decimals; of a very small spread so many digits stay."""
_FAR = 0.5
"""So many standard deviations from the mean, a trait is worth naming."""
_TEXTS = {
    "label_de": "Typen von Räumen",
    "label_en": "Types of units",
    "description_de": "Typen nach Bebauung und Wohnen, einmal an einem Basisjahr gebildet.",
    "description_en": "Types by settlement and housing, fitted once on a base year.",
    "limitations_de": "Sagt nichts über einzelne Häuser. Ein Grenzfall kann ebenso gut der andere Typ sein.",
    "limitations_en": "Says nothing about single houses. A borderline unit may as well be of the other type.",
}
_SIDES = {
    "de": ("Über dem Mittel", "Unter dem Mittel", "Nahe am Mittel"),
    "en": ("Above the mean", "Below the mean", "Near the mean"),
}


def types_toml(
    fitted: Fitted,
    asked: FitAsked,
    base: dt.date,
    level: str,
    labels: Mapping[str, Mapping[str, str]],
    left_out: int = 0,
) -> str:
    """Return the file; `labels` are the names of the Indikatoren by language, `left_out` the units without a figure.

    It has been read by the model that reads a profile.
    """
    found = fitted.proposed
    assert found is not None  # noqa: S101 -- nothing is written of what is not proposed
    typology = Typology.model_validate({
        "version": "1", **_TEXTS, "base": base, "raumebenen": [level],
        "trait": [
            {"indikator": trait.indikator, "transform": trait.transform, "mean": _rounded(mean, spread),
             "spread": _rounded(spread, spread), "weight": trait.weight}
            for trait, mean, spread in zip(asked.traits, fitted.means, fitted.spreads, strict=True)
        ],
        "type": [_type(fitted, found, asked, place, labels) for place in range(found.count)],
        "silhouette": round(found.silhouette, 2),
    })  # fmt: skip
    return "\n".join(_lines(typology, found, left_out)) + "\n"


def _type(
    fitted: Fitted, found: Tried, asked: FitAsked, place: int, labels: Mapping[str, Mapping[str, str]]
) -> dict[str, object]:
    letter = _letter(place)
    names = [trait.indikator for trait in asked.traits]
    compared = [float(transformed(trait.transform, np.array(figure))) for trait, figure in
                zip(asked.traits, found.centroids[place], strict=True)]  # fmt: skip
    away = (np.array(compared) - fitted.means) / fitted.spreads
    much, little = ([names[at] for at in np.flatnonzero(side)] for side in (away >= _FAR, away <= -_FAR))
    return {
        "id": f"typ_{letter.lower()}", "label_de": f"Typ {letter}", "label_en": f"Type {letter}",
        **{f"description_{language}": _described(much, little, labels[language], words)
           for language, words in _SIDES.items()},
        "recurrence": round(float(found.stability.groups[place]), 2),
        "centroid": {name: max(_rounded(figure, spread), 0.0)
                     for name, figure, spread in zip(names, found.centroids[place], fitted.spreads, strict=True)},
    }  # fmt: skip


def _letter(place: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    further, last = divmod(place, len(string.ascii_uppercase))
    return (_letter(further - 1) if further else "") + string.ascii_uppercase[last]


def _rounded(figure: float, spread: float) -> float:
    return round(float(figure), max(_DECIMALS, _DIGITS_OF_SPREAD - 1 - math.floor(math.log10(spread))))


def _described(
    much: Sequence[str], little: Sequence[str], labels: Mapping[str, str], words: tuple[str, str, str]
) -> str:
    parts = [
        f"{word}: {', '.join(labels[name] for name in names)}."
        for word, names in zip(words, (much, little), strict=False) if names
    ]  # fmt: skip
    return " ".join(parts) or f"{words[2]}."


def _lines(typology: Typology, found: Tried, left_out: int) -> Iterator[str]:
    yield "#:schema ../schema/types.schema.json"
    yield "# Made by `fortschreibung types CITY --fit`. Give the types names; leave the figures as they are."
    yield f"# Adjusted Rand index over resamples {found.stability.rand:.2f}."
    if left_out:
        yield f"# {left_out} units without a published figure of every trait are no part of the fit; they get their"
        yield "# type by the interval. `types CITY --fit --json` names each with the reason, and so does the table typ."
    if not found.holds:
        yield "# It does NOT hold: types do not come back in resamples, are hardly apart, or one is very small."
    yield ""
    yield "[typology.typen]"
    for key in ("version", *_TEXTS):
        yield f"{key} = {_text(getattr(typology, key))}"
    yield f"base = {typology.base}"
    yield f"raumebenen = {json.dumps(typology.raumebenen)}"
    yield f"borderline = {typology.borderline:g}"
    yield f"silhouette = {typology.silhouette:g}"
    yield "trait = ["
    for trait in typology.trait:
        yield (
            f'  {{ indikator = "{trait.indikator}", transform = "{trait.transform}", mean = {trait.mean}, '
            f"spread = {trait.spread}, weight = {trait.weight:g} }},"
        )
    yield "]"
    for each, units in zip(typology.type, found.sizes, strict=True):
        yield ""
        yield f"# {units} units"
        yield "[[typology.typen.type]]"
        for key in ("id", "label_de", "label_en", "description_de", "description_en"):
            yield f"{key} = {_text(getattr(each, key))}"
        yield f"recurrence = {each.recurrence:g}"
        yield "[typology.typen.type.centroid]"
        for name, figure in each.centroid.items():
            yield f"{name} = {figure}"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
