"""Typologies with the texts that every one has, so that a test says only what it is about."""

from __future__ import annotations

from typing import Any

from flows.profile.typology import Typology

TEXTS = {f"{key}_{language}": "x" for key in ("label", "description", "limitations") for language in ("de", "en")}


def typology(*middles: float | tuple[float, ...], **keys: Any) -> Typology:
    """Types t0, t1, ... with their middles in traits a, b, ..., of mean 0 and spread 1 unless `keys` say another."""
    rows = [each if isinstance(each, tuple) else (each,) for each in middles]
    names = keys.pop("names", "abcdefg")
    traits = [{"indikator": name, "mean": 0, "spread": 1} for name, _ in zip(names, rows[0], strict=False)]
    types = [
        {"id": f"t{place}", "centroid": dict(zip(names, row, strict=False)),
         **{f"{key}_{language}": f"{key} {place}" for key in ("label", "description") for language in ("de", "en")}}
        for place, row in enumerate(rows)
    ]  # fmt: skip
    for trait, more in zip(traits, keys.pop("traits", ()), strict=False):
        trait.update(more)
    return Typology.model_validate(
        {**TEXTS, "version": "1", "base": "2020-12-31", "trait": traits, "type": types} | keys
    )
