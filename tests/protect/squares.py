"""A city of squares in a row, from staged counts to the files that leave the office: for classes that change counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import create_stage, insert
from flows.profile.city import City
from flows.profile.codebook import Codebook
from flows.profile.load import Profile
from flows.protect.protect_figures import protect
from flows.stage.catalogue import write_catalogue
from flows.transform.kept_parts import KeptParts
from flows.transform.transform_counts import transform

DAY = "2020-12-31"
FIRST, SECOND = "2015-01-01", "2020-01-01"
SECRET = "a secret of thirty-two characters"
COUNTED = ("einwohner", "einwohner_0_17", "einwohner_18_64", "einwohner_65_plus", "einwohner_0_64", "sgb2")
SHARES = {"sgb2_quote": ("sgb2", "einwohner_0_64"), "anteil_0_17": ("einwohner_0_17", "einwohner")}
LEAST = {"min_numerator": 3, "min_denominator": 1}
ROUND = LEAST | {"method": "round", "secret": "STADT_GEHEIMNIS"}


def residents(*people: tuple[int, int, int, int]) -> dict[str, list[int]]:
    """Return the counts of squares by Merkmal, from children, adults, old people and recipients in each."""
    return {
        "einwohner": [child + adult + old for child, adult, old, _ in people],
        "einwohner_0_17": [child for child, *_ in people],
        "einwohner_18_64": [adult for _, adult, *_ in people],
        "einwohner_65_plus": [old for _, _, old, _ in people],
        "einwohner_0_64": [child + adult for child, adult, *_ in people],
        "sgb2": [sgb2 for *_, sgb2 in people],
    }


class Squares:
    """A release of the city; each letter of a Zuschnitt says in which Sozialraum the square at its place lies."""

    def __init__(self, target: Path, drawn: Mapping[str, str], counts: Mapping[str, Sequence[int]],
                 personen: Mapping[str, Any], leistung: Mapping[str, Any], folder: Path = Path(),
                 earlier: Sequence[tuple[str, Path]] = ()) -> None:  # fmt: skip
        self.target, self.counts, self.drawn = target, counts, drawn
        self.profile = _profile(drawn, personen, leistung, folder)
        with duckdb.connect(config={"threads": 1}) as con:
            write_catalogue(con, self.profile)
            create_stage(con)
            insert(con, "katalog.quelle", [{"quelle": "q", "titel_de": "-", "titel_en": "-", "art": "matrix",
                                            "quarantaene_erlaubt": 0, "ungelistet_null": True}])  # fmt: skip
            insert(con, "stage.zuordnung", [
                {"zuschnitt": name, "basis": "bbs", "basis_id": str(at), "raumebene": level, "raum_id": unit}
                for name, units in drawn.items() for at, own in enumerate(units)
                for level, unit in (("sozialraum", own), ("stadt", "S"))
            ])  # fmt: skip
            insert(con, "stage.zaehlung_einzeln", [
                {"quelle": "q", "stichtag": DAY, "basis": "bbs", "basis_id": str(at), "merkmal": merkmal,
                 "wert": count, "status": "ok"}
                for merkmal, of in counts.items() for at, count in enumerate(of)
            ])  # fmt: skip
            transform(con, kept=KeptParts(target, "stadt", ()))
            self.counted = protect(con, self.profile, target, earlier, review=None)

    def database(self) -> Path:
        """Return a database with the published tables, as a release has them."""
        path = self.target / "release.duckdb"
        with duckdb.connect(path) as con:
            for file in self.target.glob("*.parquet"):
                con.execute(f"CREATE TABLE {file.stem.removeprefix('katalog_')} AS FROM '{file}'")
        return path

    def rows(self, table: str, columns: str, where: str = "TRUE") -> list[tuple[Any, ...]]:
        """Rows of the published files; `wert_alle` are the figures on every Zuschnitt."""
        file = f"'{self.target}/{table}.parquet'"
        if table == "wert_alle":
            file = f"(FROM '{self.target}/wert.parquet' UNION ALL FROM '{self.target}/wert_zuschnitt.parquet')"
        return duckdb.sql(f"SELECT {columns} FROM {file} WHERE {where} ORDER BY ALL").fetchall()

    def told(self, indikator: str, zuschnitt: str, level: str = "sozialraum") -> dict[str, float]:
        """Return the published figures of an Indikator, by unit."""
        return dict(self.rows("wert_alle", "raum_id, wert", f"indikator_id = '{indikator}' AND wert IS NOT NULL "
                              f"AND zuschnitt = '{zuschnitt}' AND raumebene = '{level}'"))  # fmt: skip

    def limits(self, indikator: str, zuschnitt: str) -> dict[str, tuple[float, float]]:
        """Return the published limits of the counts of Sozialräume that were changed."""
        where = f"indikator_id = '{indikator}' AND zuschnitt = '{zuschnitt}' AND raumebene = 'sozialraum'"
        return {unit: (low, high) for unit, low, high in self.rows("wert_spanne", "raum_id, zaehler_von, zaehler_bis",
                                                                   where)}  # fmt: skip

    def true(self, indikator: str, zuschnitt: str) -> dict[str, int]:
        """Return the counted figures of Sozialräume."""
        units = self.drawn[zuschnitt]
        return {unit: sum(count for count, own in zip(self.counts[indikator], units, strict=True) if own == unit)
                for unit in sorted(set(units))}  # fmt: skip


def _profile(
    drawn: Mapping[str, str], personen: Mapping[str, Any], leistung: Mapping[str, Any], folder: Path
) -> Profile:
    said = {"label_de": "-", "label_en": "-", "unit": "-", "theme": "raum"}
    level = {"label_de": "-", "label_en": "-", "id_pattern": ".*"}
    city = City.model_validate({
        "id": "kleinstadt", "name": "Kleinstadt (synthetisch)", "synthetic": True, "crs": "EPSG:25832",
        "publisher": "-", "contact": "-", "licence": "-", "licence_url": "-", "attribution": "-", "official_band": 0.05,
        "raumebene": [level | {"id": "sozialraum", "membership": "assignment"},
                      level | {"id": "stadt", "membership": "city", "city_unit": "S"}],
        "base": {"bbs": {"label_de": "-", "label_en": "-", "id_pattern": ".*"}},
        "zuschnitt": [{"valid_from": name, "base": "bbs"} for name in drawn],
        "protection": {"personen": personen, "leistung": leistung},
    })  # fmt: skip
    figure = said | {"description_de": "-", "description_en": "-", "decimals": 1, "reference": "stichtag",
                     "source_de": "-", "direction": "neutral", "lag_years": None}  # fmt: skip
    counted = {name: figure | {"type": "anzahl", "numerator": [name], "denominator": [], "factor": 1,
                               "protection": "leistung" if name == "sgb2" else "personen"}
               for name in COUNTED}  # fmt: skip
    shares = {name: figure | {"type": "anteil", "numerator": [above], "denominator": [below], "factor": 100,
                              "protection": "leistung" if above == "sgb2" else "personen"}
              for name, (above, below) in SHARES.items()}  # fmt: skip
    book = Codebook.model_validate({
        "merkmal": {name: said | {"kind": "bestand", "protected": True,
                                  "part_of": ["einwohner_0_64"] if name == "sgb2" else []} for name in COUNTED},
        "indikator": counted | shares,
    })  # fmt: skip
    return Profile(city, (), book, (), folder)
