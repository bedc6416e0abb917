"""The look of a layer in QGIS: an Indikator in five classes, and a fill of its own for each reason why it is missing.

QGIS reads it as QML from the table layer_styles of a GeoPackage, and shows the layer so when it is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from flows.profile.vocabulary import Gap
from flows.release.map_classes import MapClass

_LINE = "#8a969d"
_NO_FILL = "#ffffff"


@dataclass(frozen=True)
class Subject:
    """An Indikator to be shown, with its classes."""

    indikator: str
    unit: str
    decimals: int
    classes: Sequence[MapClass]


@dataclass(frozen=True)
class _Rule:
    label: str
    condition: str
    fill: str
    hatched: bool


def qml(subject: Subject, gaps: Sequence[Gap], labels: Mapping[str, str]) -> str:
    """Return the style, with `labels` for columns; a unit without a figure has one of `gaps` in its column fehlt.

    The labels stand in gpkg_data_columns too, which QGIS reads only with a newer GDAL.
    """
    rules = [*_classes(subject), *_missing(subject, gaps)]
    lines = [
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>",
        '<qgis version="3.22.0" styleCategories="Symbology|Fields">',
        '<renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0" forceraster="0">',
        '<rules key="{0}">',
        *(
            f'<rule key="{{{number + 1}}}" symbol="{number}" label={quoteattr(rule.label)} '
            f"filter={quoteattr(rule.condition)}/>"
            for number, rule in enumerate(rules)
        ),
        "</rules>",
        "<symbols>",
        *(_symbol(number, rule) for number, rule in enumerate(rules)),
        "</symbols>",
        "</renderer-v2>",
        "<aliases>",
        *(f"<alias field={quoteattr(column)} name={quoteattr(label)}/>" for column, label in labels.items()),
        "</aliases>",
        "<layerGeometryType>2</layerGeometryType>",
        "</qgis>",
    ]
    return "\n".join(lines)


def _classes(subject: Subject) -> Iterator[_Rule]:
    field = f'"{subject.indikator}"'
    for each in subject.classes:
        low = [] if each.low is None else [f"{field} {'>=' if each.low_inside else '>'} {each.low}"]
        high = [] if each.high is None else [f"{field} {'<=' if each.high_inside else '<'} {each.high}"]
        words = each.words(subject.decimals, subject.unit)
        yield _Rule(words, " AND ".join([*low, *high]), each.colour, hatched=False)


def _missing(subject: Subject, gaps: Sequence[Gap]) -> Iterator[_Rule]:
    field = f'"{subject.indikator}"'
    for gap in gaps:
        condition = f"{field} IS NULL AND '; ' || \"fehlt\" LIKE '%; {subject.indikator}: {gap.short_de}%'"
        yield _Rule(f"keine Zahl: {gap.short_de}", condition, gap.fill or _NO_FILL, hatched=True)
    yield _Rule("keine Zahl", f'{field} IS NULL AND "fehlt" IS NULL', _NO_FILL, hatched=True)


def _symbol(number: int, rule: _Rule) -> str:
    fills = [_fill(rule.fill, "solid"), *([_fill(_LINE, "b_diagonal")] if rule.hatched else [])]
    return f'<symbol type="fill" name="{number}" alpha="1" clip_to_extent="1" force_rhr="0">{"".join(fills)}</symbol>'


def _fill(colour: str, brush: str) -> str:
    options = {
        "color": _rgba(colour), "style": brush, "outline_color": _rgba(_LINE), "outline_style": "solid",
        "outline_width": "0.16", "outline_width_unit": "MM", "joinstyle": "bevel",
    }  # fmt: skip
    written = "".join(f'<Option type="QString" name="{name}" value="{value}"/>' for name, value in options.items())
    return f'<layer class="SimpleFill" pass="0" enabled="1" locked="0"><Option type="Map">{written}</Option></layer>'


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"
