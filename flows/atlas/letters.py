"""The letters by which the packed figures name a status or a method: one alphabet, for the SQL and for the page."""

from __future__ import annotations

from string import ascii_uppercase

from flows.profile.vocabulary import vocabulary

_STATUS, _METHOD = ascii_uppercase[:13], ascii_uppercase[13:]


def letters() -> dict[str, str]:
    """Return the letter of each status and method; none for what is said of most figures."""
    words = vocabulary()
    states = [name for name in dict.fromkeys((*words.status, *words.index_status)) if name != "ok"]
    counted, *methods = words.method
    return {
        "ok": "", counted: "",
        **dict(zip(states, _STATUS, strict=False)), **dict(zip(methods, _METHOD, strict=False)),
    }  # fmt: skip
