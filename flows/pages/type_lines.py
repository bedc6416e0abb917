"""Types as lines of a terminal: each with its units, crossed with need, and how a proposed grouping holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.base.german_numbers import number, percent

_NONE = "ohne Typ"


def types_lines(types: Sequence[Mapping[str, Any]], units: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield each type with its middle, and then every unit with its type and the one it is nearest to."""
    for each in types:
        yield f"{each['label_de']} ({each['typ_id']}): Räume: {each['raeume']}, davon Grenzfälle: {each['grenzfaelle']}"
        yield f"  {each['beschreibung_de']}"
        yield "  Mitte: " + "; ".join(
            f"{one['label_de']} {number(one['zentrum'], one['nachkommastellen'])} {one['einheit']}"
            for one in each["zentrum"]
        )
    names = {each["typ_id"]: str(each["label_de"]) for each in types}
    width = max([len("Raum"), *(len(_called(unit)) for unit in units)])
    label = max([len("zweiter Typ"), *map(len, names.values())])
    yield ""
    yield (
        f"{'Raum':{width}}  {'Typ':{label}}  {'Abstand':>7}  {'zweiter Typ':{label}}  {'Abstand':>7}  {'Grenze':>6}  "
        f"{'sicher':>8}"
    )
    order = {each["typ_id"]: place for place, each in enumerate(types)}
    typed = [unit for unit in units if unit["typ_id"]]
    for unit in sorted(typed, key=lambda one: (order[one["typ_id"]], -one["grenzabstand"], one["raum_id"])):
        line = (
            f"{_called(unit):{width}}  {names[unit['typ_id']]:{label}}  {number(unit['typ_abstand'], 2):>7}  "
            f"{names.get(unit['zweiter_typ'], ''):{label}}  {number(unit['zweiter_abstand'], 2):>7}  "
            f"{number(unit['grenzabstand'], 2):>6}  {percent(unit['typ_sicherheit']):>8}"
        )
        yield line + ("  Grenzfall" if unit["typ_lage"] == "grenzfall" else "")
    for unit in units:
        if not unit["typ_id"]:
            may = [names[each] for each in (unit["moegliche_typen"] or "").split()]
            yield f"{_called(unit):{width}}  " + (
                f"möglich: {' oder '.join(may)} ({unit['typ_grund']})" if may
                else f"{_NONE}: {unit['typ_status']} ({unit['typ_grund']})"
            )  # fmt: skip


def crossed_lines(types: Sequence[Mapping[str, Any]], need: Mapping[str, Any]) -> Iterator[str]:
    """Yield how many units of each type are in each class of an index."""
    width = max([len("Typ"), *(len(each["label_de"]) for each in types)])
    yield f"Räume nach Typ und Klasse ({need['label']}):"
    yield f"{'Typ':{width}}  " + "  ".join(need["classes"])
    for each in types:
        counts = zip(need["units"][each["typ_id"]], need["classes"], strict=True)
        yield f"{each['label_de']:{width}}  " + "  ".join(f"{count:>{len(name)}}" for count, name in counts)


def fit_lines(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was tried, how it holds, and what is proposed."""
    traits = ", ".join(each["indikator"] + (" (log)" if each["transform"] == "log" else "") for each in said["traits"])
    yield f"Typen gesucht am {said['stichtag']} nach: {traits}"
    yield (
        f"{said['units']} Räume ({said['raumebene']}) mit allen Zahlen; {said['left_out']} ohne eine veröffentlichte "
        "Zahl bleiben bei der Suche außen vor."
    )
    yield "Typen  Silhouette  Rand   Räume und Wiederkehr je Typ"
    for each in said["tried"]:
        held = "  ".join(
            f"{size} ({number(similar, 2)})" for size, similar in zip(each["sizes"], each["jaccard"], strict=True)
        )
        verdict = "hält" if each["holds"] else "hält nicht: " + ", ".join(each["why_not"])
        yield (
            f"{each['types']:>5}  {number(each['silhouette'], 2):>10}  {number(each['adjusted_rand'], 2):>4}   "
            f"{held}  {verdict}"
        )
    if said["proposed"] is None:
        yield "Keine Typologie hält: Jede Zahl von Typen scheitert an einem der genannten Gründe."
        yield "Nichts ist vorgeschlagen. Andere Merkmale (--trait) können Räume besser trennen."
        return
    yield f"Vorgeschlagen: {said['proposed']} Typen."
    if said["file"]:
        yield f"Geschrieben: {said['file']}. Typen benennen, dann als types.toml zum Profil der Stadt legen."
    else:
        yield "Mit --out DATEI wird daraus eine types.toml, in der Menschen die Typen benennen."


def _called(unit: Mapping[str, Any]) -> str:
    return f"{unit['raum_id']} {unit['name']}" if unit.get("name") else str(unit["raum_id"])
