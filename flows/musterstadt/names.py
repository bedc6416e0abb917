"""Names that no place has, with the umlauts and dashes that real ones have."""

from __future__ import annotations

from flows.musterstadt.districts import Districts
from flows.musterstadt.redraw import Event, Redraw

CITY_ID, CITY_NAME = "05999", "Musterstadt (synthetisch)"

DASH = " \N{EN DASH} "
"""A sign that cp1252 has and Latin-1 has not."""

_FIRST = (
    "Mühlen", "König", "Birken", "Grün", "Lerchen", "Höhen", "Weiden", "Brücken", "Schön", "Rüben",
    "Tannen", "Möwen", "Kloster", "Fähr", "Linden", "Hütten", "Stein", "Röder", "Sonnen", "Kirch",
)  # fmt: skip
_SECOND = ("feld", "au", "hof", "bruch", "höhe", "kamp", "grund", "horst", "wörth")
_PARTS = ("Mitte", "Nord", "Süd", "Am Güterbahnhof", "Große Straße", "Schloßpark", "Über den Gärten",
          "Östliche Höfe", "Kölnweg", "Bürgerwiese", "West", "Ost")  # fmt: skip


def stadtteil_names(areas: Districts) -> dict[str, str]:
    """A name for each Stadtteil, each used once."""
    names = [_FIRST[i % 20] + _SECOND[(i + i // 20 * 4) % 9] for i in range(180)]
    return {number: names[i % 180] for i, number in enumerate(areas.stadtteil_id)}


def stadtbezirk_names(areas: Districts) -> dict[str, str]:
    """Each Stadtbezirk is called after its first Stadtteil."""
    return {
        number[:2]: f"Stadtbezirk {int(number[:2])}{DASH}{name}"
        for number, name in stadtteil_names(areas).items()
        if number.endswith("1")
    }


def sozialraum_names(areas: Districts, drawn: Redraw) -> tuple[dict[str, str], dict[str, str]]:
    """Names of the Sozialräume of both Zuschnitte; who is merged, split or renumbered keeps what fits."""
    stadtteil = stadtteil_names(areas)
    first_ids = sorted({b for b, known in zip(drawn.before, drawn.in_first, strict=True) if known})
    before = {i: f"{stadtteil[i[:3]]}{DASH}{_PARTS[(int(i[3:]) - 1) % 12]}" for i in first_ids}
    after = {i: before[i] for i in sorted(set(drawn.after)) if i in before}
    for event in drawn.events:
        after |= _named_after(event, before, stadtteil)
    return before, {i: after[i] for i in sorted(set(drawn.after))}


def _named_after(event: Event, before: dict[str, str], stadtteil: dict[str, str]) -> dict[str, str]:
    """The names that an event gives."""
    if event.kind == "new":
        return {event.after[0]: f"{stadtteil[event.after[0][:3]]}{DASH}Neues Quartier"}
    if event.kind == "merged":
        first, second = (before[b] for b in event.before)
        return {event.after[0]: f"{first} / {second.split(DASH)[1]}"}
    if event.kind == "split":
        return dict(zip(event.after, (f"{before[event.before[0]]} I", f"{before[event.before[0]]} II"), strict=True))
    if event.kind == "renumbered":
        return {event.after[0]: before[event.before[0]]}
    return {}
