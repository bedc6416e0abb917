"""The fixed values in the published tables and what each means: one wording wherever they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """The same said in German and in English."""

    de: str
    en: str


def years(count: int) -> Words:
    """Return a number of years in words."""
    return Words("1 Jahr", "1 year") if count == 1 else Words(f"{count} Jahre", f"{count} years")


STATUS: Mapping[str, Words] = {
    "ok": Words("Der Wert ist vollständig und veröffentlicht.", "The figure is complete and published."),
    "geschuetzt": Words(
        "Der Wert ist aus Gründen der statistischen Geheimhaltung unterdrückt. Es gibt ihn, er könnte aber "
        "einzelne Personen oder Haushalte erkennen lassen. Er ist nicht null.",
        "The figure is suppressed for statistical confidentiality. It exists but could identify single "
        "persons or households. It is not zero.",
    ),
    "unvollstaendig": Words(
        "Summe der bekannten Teile; für mindestens eine Grundeinheit fehlt die Angabe. Eine Anzahl ist dann "
        "eine Untergrenze; eine Quote steht nur da, wenn in Zähler und Nenner dieselben Grundeinheiten "
        "fehlen.",
        "Sum of the known parts; for at least one base unit the figure is missing. A count is then a lower "
        "bound; a rate is given only if the same base units are missing in numerator and denominator.",
    ),
    "unbekannt": Words(
        "Die Quelle hat geliefert, nennt den Wert aber nicht (unbekannt oder schon dort geheim gehalten).",
        "The source delivered but does not state the figure (unknown, or already confidential there).",
    ),
    "nicht_geliefert": Words(
        "Für diesen Stichtag liegt keine Lieferung mit den nötigen Merkmalen vor.",
        "For this reference date there is no delivery with the counts that are needed.",
    ),
    "sinnlos": Words(
        "Der Nenner ist 0, der Wert daher nicht definiert (etwa eine Quote in einem unbewohnten Raum).",
        "The denominator is 0, so the figure is not defined (such as a rate in an uninhabited area).",
    ),
}

METHODS: Mapping[str, Words] = {
    "exact": Words(
        "Ohne Schätzung: Summe der Grundeinheiten, die nach dem Zuschnitt der Zeile zum Raum gehören.",
        "No estimate: the sum of the base units that belong to the area by the row's Zuschnitt.",
    ),
    "amtlich": Words(
        "Amtliche Zahl der Stadt (Bevölkerungsfortschreibung), weil für den Stichtag nichts Feineres geliefert ist.",
        "The official figure of the city (Fortschreibung), since nothing finer has been delivered for the Stichtag.",
    ),
    "overlap": Words(
        "Geschätzt: umgerechnet mit einem Umsteigeschlüssel, der an die Bestände beider Zuschnitte angepasst ist.",
        "Estimated: converted with a crosswalk that is fitted to the stocks on both Zuschnitte.",
    ),
    "building_weighted": Words(
        "Geschätzt: aufgeteilt nach Gebäuden, Adressen, Wohnungen oder Wohnfläche in den Teilflächen.",
        "Estimated: divided by the buildings, addresses, dwellings or floor space in the parts.",
    ),
    "population_weighted": Words(
        "Geschätzt: aufgeteilt nach der Bevölkerung in den Teilflächen.",
        "Estimated: divided by the population in the parts.",
    ),
    "area_weighted": Words(
        "Geschätzt: aufgeteilt nach der Größe der Teilflächen; die gröbste Methode.",
        "Estimated: divided by the size of the parts; the roughest method.",
    ),
}

THEMES: Mapping[str, Words] = {
    "bevoelkerung": Words("Bevölkerung", "Population"),
    "haushalte": Words("Haushalte", "Households"),
    "soziales": Words("Soziales", "Social conditions"),
    "wohnen": Words("Wohnen", "Housing"),
    "bewegung": Words("Bevölkerungsbewegung", "Population movement"),
    "raum": Words("Raum", "Space"),
}

TYPES: Mapping[str, Words] = {
    "anzahl": Words("Anzahl", "count"),
    "anteil": Words("Anteil", "share"),
    "verhaeltnis": Words("Verhältnis", "ratio"),
    "veraenderung": Words("Veränderung", "change"),
}

KINDS: Mapping[str, Words] = {
    "bestand": Words("Bestand", "stock"),
    "bewegung": Words("Bewegung", "flow"),
    "flaeche": Words("Fläche", "area"),
}

DIRECTIONS: Mapping[str, Words] = {
    "hoch": Words("hoher Wert zeigt mehr Bedarf an", "a high figure indicates more need"),
    "niedrig": Words("niedriger Wert zeigt mehr Bedarf an", "a low figure indicates more need"),
    "neutral": Words("ohne Richtung", "none"),
}
