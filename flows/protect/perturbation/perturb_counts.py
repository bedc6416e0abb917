"""Changes counts before they are published, where a class rounds or uses the cell key method; else does nothing.

It comes after the checks, which judge what was counted, and before everything of the station protect: what follows from
the changed counts (shares, changes, estimates, indices) is computed from them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from flows.base.db import columns_of, insert, literal, replace, set_variables, sql
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.sql_order import PythonStep, tables_in_order
from flows.profile.load import Profile
from flows.profile.protection import PUBLISHED_AS
from flows.protect.memory import Released
from flows.protect.perturbation.keyed_draw import Draws
from flows.protect.perturbation.ptable import read_ptable
from flows.protect.perturbation.round_pieces import Relations, is_age_band, round_pieces
from flows.transform.transform_counts import known_names

_COUNTED = "merkmal_kombination"
_ROUND, _OVERLAY = PUBLISHED_AS["round"], PUBLISHED_AS["cell-key"]
_METHOD = {word: method for method, word in PUBLISHED_AS.items()}


def perturb(con: duckdb.DuckDBPyConnection, profile: Profile, earlier: Released = ()) -> None:
    """Change the counts of the classes that do not suppress, and compute again what follows from them.

    Raises:
        ConfigError: the secret or the table of perturbations is missing or wrong, an `earlier` release was made with
            another secret or method, two classes want different things of one Merkmal, or what is to be rounded cannot
            be made to add up.
    """
    _same_methods(con, earlier)
    con.execute(sql("schema/spielraum"))
    for table in ("kombination_spielraum", "zelle_spielraum", "merkmal_veraendert"):  # of a run that was killed
        con.execute(f"TRUNCATE {table}")
    draws = Draws.of_city(profile.city)
    if draws is None:
        return
    classes = [rule for rule in profile.city.protection.values() if rule.method != "suppress"]
    _same_secret(draws, earlier, str(classes[0].secret))
    con.execute(
        f"UPDATE katalog.schutzklasse SET geheimnis_kennung = {literal(draws.mark)} "  # noqa: S608 -- fixed names
        f"WHERE verfahren IN ({literal(_ROUND)}, {literal(_OVERLAY)})"
    )
    methods = _methods(con)
    insert(con, "merkmal_veraendert", [
        {"merkmal": merkmal, "verfahren": how, "rundungsbasis": base} for merkmal, (how, base) in methods.items()
    ])  # fmt: skip
    _restore(con)
    if bases := {merkmal: base for merkmal, (how, base) in methods.items() if how == _ROUND and base is not None}:
        round_pieces(con, _relations(con, bases), draws)
        con.execute(
            f"UPDATE {_COUNTED} SET wert = neu.wert FROM kombination_spielraum AS neu "  # noqa: S608 -- fixed names
            f"WHERE {_COUNTED}.stichtag = neu.stichtag AND {_COUNTED}.kombination = neu.kombination "
            f"AND {_COUNTED}.merkmal = neu.merkmal"
        )
    tables = profile.folder / next((one.ptable for one in classes if one.ptable), "")
    for table in _made_again(con):
        if table == "merkmal_raum" and any(how == _OVERLAY for how, _ in methods.values()):
            keys = read_ptable(con, tables)
            set_variables(con, geheimnis=draws.for_sql, schluesselraum=keys)
            _overlay(con)
            con.execute("RESET VARIABLE geheimnis")


def _same_methods(con: duckdb.DuckDBPyConnection, earlier: Released) -> None:
    """Refuse a class that publishes a Stichtag by another method than an earlier release did.

    A reader of both would know that a count which one of them suppresses is not 0, and from the other that it is no
    more than 2.
    """
    now = dict(con.execute("SELECT schutzklasse, verfahren FROM katalog.schutzklasse").fetchall())
    class_of = dict(con.execute("SELECT indikator_id, schutzklasse FROM katalog.indikator").fetchall())
    days = {day for (day,) in con.execute("SELECT DISTINCT stichtag FROM stichtag").fetchall()}
    for version, database in earlier:
        if not database.is_file():
            continue
        with duckdb.connect(database, read_only=True) as release:
            columns = columns_of(release, "schutzklasse")
            how = "verfahren" if "verfahren" in columns else literal(PUBLISHED_AS["suppress"])
            classes = dict(release.execute(f"SELECT schutzklasse, {how} FROM schutzklasse").fetchall())  # noqa: S608
            were = release.execute("SELECT indikator_id, schutzklasse FROM indikator").fetchall()
            out = {day for (day,) in release.execute("SELECT DISTINCT stichtag FROM wert").fetchall()} & days
        # an Indikator may be in a class of another name now
        before = {*classes.items(), *((class_of.get(name), classes.get(was)) for name, was in were)}
        for name, method in sorted((name, method) for name, method in before if name in now and method) if out else ():
            if now[name] != method:
                raise ConfigError(
                    f"protection.{name}: expected the method {_METHOD[method]!r}, by which {version} published "
                    f"{len(out)} of these Stichtage, found {_METHOD[now[name]]!r}. Releases of one Stichtag by two "
                    "methods tell together what each of them hides. Keep the method; or publish with the other one "
                    "under a city id of its own, whose releases go to other readers; or remove the releases before "
                    "that nobody has seen (docs/disclosure.md).",
                    code="FS-CONFIG-16",
                )


def _same_secret(draws: Draws, earlier: Released, variable: str) -> None:
    for version, database in earlier:
        with duckdb.connect(database, read_only=True) as release:
            columns = columns_of(release, "schutzklasse")
            if "geheimnis_kennung" not in columns:
                continue
            marks = release.execute("SELECT DISTINCT geheimnis_kennung FROM schutzklasse").fetchall()
        if other := [mark for (mark,) in marks if mark not in (None, draws.mark)]:
            raise ConfigError(
                f"{variable}: expected the secret by which {version} was rounded (its mark is {other[0]}, table "
                f"schutzklasse), found another one (mark {draws.mark}). Two releases with different secrets would tell "
                "together what each of them hides. Bring back the secret; if it is lost, remove the releases made with "
                "it.",
                code="FS-CONFIG-10",
            )


def _restore(con: duckdb.DuckDBPyConnection) -> None:
    """Bring back what was counted, in case a run was killed after it had been changed."""
    con.execute(f"CREATE TABLE IF NOT EXISTS {_COUNTED}_gezaehlt AS FROM {_COUNTED}")
    replace(con, "TABLE", _COUNTED, f"FROM {_COUNTED}_gezaehlt")


def _made_again(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Make each table again that follows from the counts of pieces, and yield its name; keys of redraws stay."""
    changed = {_COUNTED}
    for maker in tables_in_order(resource("sql/transform"), known_names(con), con=con):
        if not isinstance(maker, PythonStep) and maker.name != _COUNTED and maker.reads & changed:
            maker.make(con)
            changed.add(maker.name)
            yield maker.name


def _overlay(con: duckdb.DuckDBPyConnection) -> None:
    """Change the counts of units by their cell keys."""
    for name in ("zelle_nummer", "zelle_satz", "zelle_ueberlagert"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql(f'perturb/{name}')}")
    con.execute(
        "INSERT INTO zelle_spielraum BY NAME SELECT zuschnitt, raumebene, raum_id, stichtag, merkmal, wert, "
        "wert - von AS unter, bis - wert AS ueber FROM zelle_ueberlagert INNER JOIN zelle_nummer USING (zelle)"
    )
    con.execute(
        "UPDATE merkmal_raum SET wert = neu.wert FROM zelle_spielraum AS neu WHERE merkmal_raum.zuschnitt = "
        "neu.zuschnitt AND merkmal_raum.raumebene = neu.raumebene AND merkmal_raum.raum_id = neu.raum_id "
        "AND merkmal_raum.stichtag = neu.stichtag AND merkmal_raum.merkmal = neu.merkmal"
    )


def _methods(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int | None]]:
    """Return the method and the base of each Merkmal that is changed.

    What has to add up is changed together: all bands of age, and a whole with its parts. The flows of a balance are
    suppressed, not rounded: residents of two years and the other flows would tell each of them.
    """
    found: dict[str, dict[str, int | None]] = {}
    for merkmal, how, base in con.execute(f"FROM ({sql('perturb/merkmal_verfahren')}) ORDER BY ALL").fetchall():
        found.setdefault(merkmal, {})[how] = base
    flows = {flow for (flow,) in con.execute("SELECT DISTINCT bewegung FROM katalog.bilanz").fetchall()}
    groups = [[name for name in found if is_age_band(name)]]
    groups += [[whole, *parts] for whole, parts in _divisions(con) if not is_age_band(parts[0])]
    for _ in groups:  # a part may be divided again
        for group in groups:
            bases = [found[name][_ROUND] or 0 for name in group if _ROUND in found.get(name, {})]
            for name in group if bases else ():
                found.setdefault(name, {})[_ROUND] = max(bases)
    for merkmal, ways in found.items():
        if _ROUND in ways and _OVERLAY in ways:
            raise ConfigError(
                f"city.toml: protection: expected one method for {merkmal} and what it adds up with, found 'round' and "
                "'cell-key'. Let all classes that count it have the same method."
            )
    changed = {name: (how, ways[how]) for name, ways in found.items() for how in (_ROUND, _OVERLAY) if how in ways}
    return {name: how for name, how in sorted(changed.items()) if how[0] != _ROUND or name not in flows}


def _divisions(con: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    return con.execute(
        "SELECT any_value(ganzes), list(teil ORDER BY teil) FROM katalog.gliederung GROUP BY gliederung ORDER BY ALL"
    ).fetchall()


def _relations(con: duckdb.DuckDBPyConnection, bases: Mapping[str, int]) -> Relations:
    """Return what the codebook says of the Merkmale that are rounded.

    Raises:
        ConfigError: a whole is divided in two ways, which cannot both add up once counts are rounded.
    """
    parts: dict[str, tuple[str, ...]] = {}
    for whole, names in _divisions(con):
        if whole not in bases or (is_age_band(whole) and all(map(is_age_band, names))):
            continue
        twice = [*({whole} & parts.keys()), *(name for name in names if any(name in of for of in parts.values()))]
        if is_age_band(whole) or twice:
            raise ConfigError(
                f"codebook.toml: division of {whole} into {', '.join(names)}: expected that a rounded Merkmal is "
                "divided in one way (residents: by age), found another division of it. Take the division out of the "
                "codebook, or let the class suppress."
            )
        parts[whole] = tuple(names)
    return Relations(bases, parts, _wholes(con, bases))


def _wholes(con: duckdb.DuckDBPyConnection, bases: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Return the Merkmale of which each counts a part: by the codebook, or since a share divides by them."""
    found: dict[str, Sequence[str]] = dict(con.execute(
        "WITH seite AS (SELECT indikator_id, rolle, any_value(merkmal) AS merkmal FROM katalog.indikator_teil "
        "GROUP BY ALL HAVING count(*) = 1), paar AS (FROM katalog.teil_ganzes UNION "
        "SELECT oben.merkmal AS teil, unten.merkmal AS ganzes FROM seite AS oben "
        "INNER JOIN seite AS unten USING (indikator_id) INNER JOIN katalog.indikator USING (indikator_id) "
        "WHERE oben.rolle = 'zaehler' AND unten.rolle = 'nenner' AND indikator.typ = 'anteil') "
        "SELECT teil, list(ganzes ORDER BY ganzes) FROM paar WHERE teil <> ganzes GROUP BY teil"
    ).fetchall())  # fmt: skip
    return {part: tuple(wholes) for part, wholes in found.items() if part in bases and not is_age_band(part)}
