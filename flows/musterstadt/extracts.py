"""The yearly deliveries of Musterstadt, each in the dialect of the office that would send it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.musterstadt.benefits import Benefits
from flows.musterstadt.dwellings import Dwellings
from flows.musterstadt.households import HouseholdTable
from flows.musterstadt.lines import (
    UTF8_BOM,
    UTF16_LE_BOM,
    Dialect,
    Texts,
    cells,
    chosen,
    dash_for_zero,
    dotted,
    german_hundredths,
    same,
)
from flows.musterstadt.people import DIVERSE, MAN, WOMAN, Residents
from flows.musterstadt.random_numbers import Flags, Ints, random_numbers, tally
from flows.musterstadt.town import YearEnd

REGISTER = Dialect(bom=UTF8_BOM)
OFFICE = Dialect(newline="\r\n", encoding="cp1252")
WELFARE = Dialect()
SECURITY = Dialect(delimiter=",", quote='"', bom=UTF8_BOM)
MOVEMENTS = Dialect(delimiter="\t", newline="\r\n", encoding="utf-16-le", bom=UTF16_LE_BOM)

FOOTER_RULE = "__________"
SYNTHETIC = "synthetische Daten \N{EN DASH} Musterstadt gibt es nicht"


@dataclass(frozen=True)
class Listing:
    """The Baublockseiten listed at a Stichtag: their ids, padded and as a spreadsheet leaves them."""

    year: int
    positions: Ints
    ids: Texts
    unpadded: Texts

    @property
    def german_date(self) -> str:
        """The Stichtag as 31.12.2024."""
        return f"31.12.{self.year}"

    @property
    def rows(self) -> int:
        """Number of Baublockseiten."""
        return self.positions.size


def listing(ids: Sequence[str], listed: Flags, year: int) -> Listing:
    """The Baublockseiten listed on 31.12. of a year, ordered by id."""
    order = np.array(sorted(np.flatnonzero(listed).tolist(), key=ids.__getitem__), dtype=np.int64)
    padded = np.array([ids[i].encode("ascii") for i in order.tolist()], dtype=np.bytes_)
    unpadded = np.array([ids[i].lstrip("0").encode("ascii") for i in order.tolist()], dtype=np.bytes_)
    return Listing(year, order, padded, unpadded)


def person_extract(residents: Residents, ids: Sequence[str], year: int) -> bytes:
    """The register: one row per person, ordered by Baublockseite."""
    place = np.argsort(np.argsort(np.array(ids), kind="stable"), kind="stable")
    people = residents.people.only(np.argsort(place[residents.people.side], kind="stable"))
    n = len(people)
    id_of_side = np.array([i.encode("ascii") for i in ids], dtype=np.bytes_)
    header = REGISTER.text(["BBS;STICHTAG;ALTER;GESCHLECHT;NATION;MIGRATION;WOHNDAUER"])
    table = REGISTER.table(
        [
            id_of_side[people.side],
            same(f"31.12.{year}", n),
            cells(people.age(year)),
            chosen(people.sex, "m", "w", "d"),
            chosen(people.foreign.astype(np.int64), "D", "A"),
            chosen(people.migrant.astype(np.int64), "0", "1"),
            cells(np.minimum(year - people.moved, people.age(year))),
        ]
    )
    return REGISTER.bom + header + table


def register_table(residents: Residents, at: Listing, sides: int) -> bytes:
    """The register counted by Baublockseite, as the office sent it before it sent persons."""
    people, year = residents.people, at.year
    age = people.age(year)
    stay = np.minimum(year - people.moved, age)
    by_age = tally(people.side * 101 + np.minimum(age, 100), sides * 101).reshape(sides, 101)
    masks: list[Flags] = [
        people.sex == MAN,
        people.sex == WOMAN,
        people.sex == DIVERSE,
        people.foreign,
        people.migrant,
        people.migrant & (age < 18),
        (age >= 5) & (stay >= 5),
        (age >= 10) & (stay >= 10),
    ]
    counts = [tally(people.side, sides)] + [tally(people.side[m], sides) for m in masks] + list(by_age.T)
    preamble = [
        "Stadt Musterstadt, Amt für Statistik und Wahlen",
        "Einwohner mit Hauptwohnung nach Baublockseiten, Alter und Geschlecht",
        SYNTHETIC,
        f"Stichtag: {at.german_date}",
        "",
    ]
    names = ["INSGESAMT", "M", "W", "D", "NICHTDEUTSCH", "MIGRATION", "MIGRATION_U18", "DAUER5", "DAUER10"]
    header = ["BBS", "STICHTAG", *names, *(f"A{a:03d}" for a in range(101))]
    total = ["Summe", at.german_date, *(dash_for_zero(int(c[at.positions].sum())) for c in counts)]
    columns = [at.unpadded, same(at.german_date, at.rows)]
    columns += [cells(c[at.positions], dash_for_zero) for c in counts]
    footer = [
        FOOTER_RULE,
        "M männlich, W weiblich, D divers und ohne Angabe; A100: 100 Jahre und älter.",
        "DAUER5, DAUER10: Personen ab 5 (10) Jahren mit mindestens 5 (10) Jahren Wohndauer an der Adresse.",
        "- genau null. Quelle: Einwohnermelderegister (synthetisch).",
    ]
    text = OFFICE.text([*preamble, ";".join(header)])
    return text + OFFICE.table(columns) + OFFICE.text([";".join(total), *footer])


def benefit_table(received: Benefits, at: Listing, seed: int) -> bytes:
    """SGB II and unemployment; in 2016 a handful of cells were kept back."""
    counts = [received.sgb2, received.sgb2_under_18, received.sgb2_under_15, received.unemployed]
    columns = [cells(c[at.positions], dash_for_zero) for c in counts]
    if at.year == 2016:
        rng = random_numbers(seed, "kept back", at.year)
        for column, many in zip(columns, (2, 3, 3, 1), strict=True):
            filled = np.flatnonzero(column != b"-")
            kept_back = (rng.random(many) * filled.size).astype(np.int64)
            column[filled[kept_back if filled.size else filled]] = b"."
    header = WELFARE.text(["BBS;JAHR;PERSONEN;U18;U15;ARBEITSLOSE"])
    return header + WELFARE.table([at.ids, same(str(at.year), at.rows), *columns])


def basic_security_table(received: Benefits, at: Listing) -> bytes:
    """Mindestsicherung at 65 and older."""
    header = SECURITY.bom + SECURITY.text(['"BBS","STICHTAG","EMPFAENGER_65PLUS"'])
    counts = cells(received.basic_security_65[at.positions])
    return header + SECURITY.table([at.ids, same(f"{at.year}-12-31", at.rows), counts])


def dwelling_table(stock: Dwellings, at: Listing) -> bytes:
    """Dwellings and their floor space, with thousands dot and decimal comma."""
    counts = [stock.total, stock.own_houses, stock.subsidised, stock.before_1949, stock.from_2010]
    columns = [cells(c[at.positions], dotted) for c in counts]
    header = OFFICE.text(["BBS;STICHTAG;WOHNUNGEN;EFH_ZFH;GEFOERDERT;VOR_1949;AB_2010;WOHNFLAECHE;GROESSTE_WOHNUNG"])
    space = [cells(c[at.positions], german_hundredths) for c in (stock.floor_space, stock.largest)]
    return header + OFFICE.table([at.ids, same(at.german_date, at.rows), *columns, *space])


def movement_table(end: YearEnd, at: Listing) -> bytes:
    """Moves, births and deaths of the year, as exported from a spreadsheet to Unicode text."""
    columns = [cells(c[at.positions]) for c in (end.moved_in, end.moved_out, end.born, end.died)]
    header = MOVEMENTS.text(["\t".join(("BBS", "JAHR", "ZUZUEGE", "FORTZUEGE", "GEBURTEN", "STERBEFAELLE"))])
    return MOVEMENTS.bom + header + MOVEMENTS.table([at.ids, same(str(at.year), at.rows), *columns])


def household_rows(table: HouseholdTable, at: Listing) -> list[list[str | int]]:
    """Rows for the workbook of the household statistics."""
    counts = [table.households, table.one_person, table.with_children, table.single_parent, table.persons]
    columns = [c[at.positions].tolist() for c in counts]
    ids = [i.decode("ascii") for i in at.ids.tolist()]
    return [[number, at.german_date, *values] for number, values in zip(ids, zip(*columns, strict=True), strict=True)]


def official_table(totals: dict[int, int], seed: int) -> bytes:
    """The official population: updated from the last census, and so a few per cent beside the register."""
    rng = random_numbers(seed, "official")
    rows = []
    for year, total in sorted(totals.items()):
        per_mille = 14 + (year - 2015) * 2 if year < 2022 else -(13 + (year - 2022) * 2)
        noise = min(int(rng.random() * 120), total * 24 // 1_000)
        rows.append(f"31.12.{year};{dotted(total + total * per_mille // 1_000 + noise)}")
    preamble = [
        "Bevölkerung der Gemeinden",
        "Fortschreibung des Bevölkerungsstandes",
        f"Musterstadt, kreisfreie Stadt ({SYNTHETIC})",
        "Stichtag: 31.12.; Einheit: Anzahl",
        "Basis: Zensus 2011 bis 2021, Zensus 2022 ab 2022",
        "",
    ]
    footer = [FOOTER_RULE, "© erfundenes Landesamt; alle Zahlen sind synthetisch."]
    return OFFICE.text([*preamble, "Stichtag;Insgesamt", *rows, *footer])
