"""Types as lines of a terminal: each with its units, crossed with need, and how a proposed grouping holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.base.language import number_shown, percent_shown
from flows.base.texts import Text, shown, tr


def types_lines(types: Sequence[Mapping[str, Any]], units: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield each type with its middle, and then every unit with its type and the one it is nearest to."""
    for each in types:
        yield tr(
            "{type} ({id}): units: {units}, of them borderline: {borderline}", type=_label(each), id=each["typ_id"],
            units=each["raeume"], borderline=each["grenzfaelle"],
        )  # fmt: skip
        yield f"  {shown(Text(each['beschreibung_en'], each['beschreibung_de']))}"
        middle = [
            f"{_label(one)} {number_shown(one['zentrum'], one['nachkommastellen'])} {one['einheit']}"
            for one in each["zentrum"]
        ]
        yield tr("  Middle: {figures}", figures="; ".join(middle))
    names = {each["typ_id"]: _label(each) for each in types}
    width = max([len(tr("unit")), *(len(_called(unit)) for unit in units)])
    label = max([len(tr("second type")), *map(len, names.values())])
    yield ""
    distance = f"{tr('distance'):>8}"
    yield (
        f"{tr('unit'):{width}}  {tr('type'):{label}}  {distance}  {tr('second type'):{label}}  {distance}  "
        f"{tr('border'):>6}  {tr('sure'):>8}"
    )
    order = {each["typ_id"]: place for place, each in enumerate(types)}
    typed = [unit for unit in units if unit["typ_id"]]
    for unit in sorted(typed, key=lambda one: (order[one["typ_id"]], -one["grenzabstand"], one["raum_id"])):
        line = (
            f"{_called(unit):{width}}  {names[unit['typ_id']]:{label}}  {number_shown(unit['typ_abstand'], 2):>8}  "
            f"{names.get(unit['zweiter_typ'], ''):{label}}  {number_shown(unit['zweiter_abstand'], 2):>8}  "
            f"{number_shown(unit['grenzabstand'], 2):>6}  {percent_shown(unit['typ_sicherheit']):>8}"
        )
        yield line + (f"  {tr('borderline')}" if unit["typ_lage"] == "grenzfall" else "")
    for unit in units:
        if not unit["typ_id"]:
            may = [names[each] for each in (unit["moegliche_typen"] or "").split()]
            yield f"{_called(unit):{width}}  " + (
                tr("possible: {types} ({reason})", types=tr(" or ").join(may), reason=unit["typ_grund"]) if may
                else tr("without a type: {status} ({reason})", status=unit["typ_status"], reason=unit["typ_grund"])
            )  # fmt: skip


def crossed_lines(types: Sequence[Mapping[str, Any]], need: Mapping[str, Any]) -> Iterator[str]:
    """Yield how many units of each type are in each class of an index."""
    width = max([len(tr("type")), *(len(_label(each)) for each in types)])
    yield tr("Units by type and class ({index}):", index=need["label"])
    classes = [shown(each) for each in need["classes"]]
    yield f"{tr('type'):{width}}  " + "  ".join(classes)
    for each in types:
        counts = zip(need["units"][each["typ_id"]], classes, strict=True)
        yield f"{_label(each):{width}}  " + "  ".join(f"{count:>{len(name)}}" for count, name in counts)


def fit_lines(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was tried, how it holds, and what is proposed."""
    traits = ", ".join(each["indikator"] + (" (log)" if each["transform"] == "log" else "") for each in said["traits"])
    yield tr("Types looked for on {stichtag} by: {traits}", stichtag=said["stichtag"], traits=traits)
    yield tr(
        "{units} units ({raumebene}) with all figures; {left_out} without a published figure are left out of the "
        "search.",
        units=said["units"], raumebene=said["raumebene"], left_out=said["left_out"],
    )  # fmt: skip
    yield tr("types  silhouette  Rand   units and recurrence of each type")
    for each in said["tried"]:
        held = "  ".join(
            f"{size} ({number_shown(similar, 2)})" for size, similar in zip(each["sizes"], each["jaccard"], strict=True)
        )
        why_not = ", ".join(map(shown, each["why_not"]))
        verdict = tr("holds") if each["holds"] else tr("does not hold: {reasons}", reasons=why_not)
        silhouette, rand = number_shown(each["silhouette"], 2), number_shown(each["adjusted_rand"], 2)
        yield f"{each['types']:>5}  {silhouette:>10}  {rand:>4}   {held}  {verdict}"
    if said["proposed"] is None:
        yield tr("No typology holds: every number of types fails for one of the reasons named.")
        yield tr("Nothing is proposed. Other traits (--trait) may set units apart better.")
        return
    yield tr("Proposed: {count} types.", count=said["proposed"])
    if said["file"]:
        yield tr("Written: {file}. Name the types, then add it to the city's profile as types.toml.", file=said["file"])
    else:
        yield tr("With --out FILE it becomes a types.toml, in which people name the types.")


def _label(each: Mapping[str, Any]) -> str:
    return shown(Text(each["label_en"], each["label_de"]))


def _called(unit: Mapping[str, Any]) -> str:
    return f"{unit['raum_id']} {unit['name']}" if unit.get("name") else str(unit["raum_id"])
