"""A city of three Sozialräume: its protected tables, as the refresh hands them to publish."""

from __future__ import annotations

import datetime as dt
import struct
import tempfile
from functools import cache
from pathlib import Path

import duckdb

from flows.release.job import JobLevel, Lieferung, ReleaseJob
from tests.publish.comparing import wide

SQUARES = {"011001": (0, 0), "011002": (1, 0), "012001": (2, 0)}

TABLES = {
    "katalog_raumebene": """
        FROM (VALUES
               ('sozialraum', 1, 'Sozialraum', 'Sozialraum', '\\d{6}', 'base', NULL),
               ('stadtteil', 2, 'Stadtteil', 'District', '\\d{3}', 'prefix', 3),
               ('stadt', 3, 'Stadt', 'City', '\\d{5}', 'city', NULL))
        AS t(raumebene, rang, label_de, label_en, id_muster, zugehoerigkeit, stellen)""",
    "katalog_zuschnitt": """
        FROM (VALUES
               ('2020-01-01', DATE '2020-01-01', NULL::DATE, 'bbs', true, '\\d{8}'))
        AS t(zuschnitt, gueltig_ab, gueltig_bis, basis, schachtelung, basis_muster)""",
    "katalog_schutzklasse": """
        FROM (VALUES
               ('personen', 3, 0, 0, 0, NULL::DOUBLE, NULL::VARCHAR, 'unterdruecken', NULL::INTEGER, NULL::VARCHAR),
               ('leistung', 3, 30, 20, 0, NULL, '§ 35 SGB I', 'unterdruecken', NULL, NULL))
        AS t(schutzklasse, mindest_zaehler, mindest_nenner, mindest_gruppe, mindest_faelle, hoechst_beitrag,
             begruendung, verfahren, rundungsbasis, geheimnis_kennung)""",
    "raum_gesperrt": """
        FROM (VALUES
               ('leistung', '2020-01-01', 'sozialraum', '010103', 'Justizvollzugsanstalt'))
        AS t(schutzklasse, zuschnitt, raumebene, raum_id, begruendung)""",
    "merkmal_entzogen": """
        FROM (VALUES
               ('2020-01-01', 'sozialraum', '010103', DATE '2024-12-31', 'einwohner'))
        AS t(zuschnitt, raumebene, raum_id, stichtag, merkmale) LIMIT 0""",
    "wert_spanne": """
        FROM (VALUES
               ('2020-01-01', 'sozialraum', '010103', DATE '2024-12-31', 'einwohner', 1.0, 3.0, 1.0, 3.0,
                NULL::DOUBLE, NULL::DOUBLE))
        AS t(zuschnitt, raumebene, raum_id, stichtag, indikator_id, wert_von, wert_bis, zaehler_von, zaehler_bis,
             nenner_von, nenner_bis) LIMIT 0""",
    "katalog_hinweis": """
        FROM (VALUES
               ('register', 'Register: zählt Gemeldete.', 'Register: counts the registered.'))
        AS t(hinweis, text_de, text_en)""",
    "merkmal": """
        FROM (VALUES
               ('einwohner', 1, 'Einwohner', 'Residents', 'Personen', 'bestand', 'bevoelkerung', true, true,
                NULL::VARCHAR, NULL::VARCHAR),
               ('sgb2', 2, 'SGB II', 'SGB II', 'Personen', 'bestand', 'soziales', true, true, NULL, NULL),
               ('wohnflaeche_qm', 3, 'Wohnfläche', 'Floor space', 'm²', 'bestand', 'wohnen', false, false,
                'wohnungen', NULL))
        AS t(merkmal, position, label_de, label_en, einheit, art, thema, geschuetzt, ganzzahlig, faelle, groesster)""",
    "indikator": """
        FROM (VALUES
               ('einwohner', 1, 'Einwohner', 'Residents', 'Alle Gemeldeten.', 'All registered.',
                'Personen', 0, 'anzahl', 1.0, NULL::INTEGER, 'stichtag', 'bevoelkerung',
                'Einwohnermelderegister', 'neutral', 'personen', '', '', 'register', ''),
               ('sgb2_quote', 2, 'SGB-II-Quote', 'SGB II rate', 'Anteil der Beziehenden.',
                'Share of recipients.', '%', 1, 'anteil', 100.0, NULL, 'stichtag', 'soziales',
                'Statistik der Jobcenter', 'hoch', 'leistung', 'Nur "Regelleistung", ohne weitere.',
                'Standard benefit only.', '', 'Kinderarmut, Bürgergeld'),
               ('wohnflaeche_je_einwohner', 3, 'Wohnfläche je Einwohner', 'Floor space per resident',
                'Wohnfläche; je Person.', 'Floor space per person.', 'm²', 1, 'verhaeltnis', 1.0, NULL,
                'stichtag', 'wohnen', 'Gebäudestatistik', 'niedrig', 'personen', '', '', '', ''))
        AS t(indikator_id, position, label_de, label_en, beschreibung_de, beschreibung_en, einheit,
             nachkommastellen, typ, faktor, abstand_jahre, bezug, thema, quelle, richtung, schutzklasse,
             einschraenkung_de, einschraenkung_en, hinweise, suchworte)""",
    "katalog_indikator_teil": """
        FROM (VALUES
               ('einwohner', 'zaehler', 'einwohner'), ('sgb2_quote', 'zaehler', 'sgb2'),
               ('sgb2_quote', 'nenner', 'einwohner'),
               ('wohnflaeche_je_einwohner', 'zaehler', 'wohnflaeche_qm'),
               ('wohnflaeche_je_einwohner', 'nenner', 'einwohner')) AS t(indikator_id, rolle, merkmal)""",
    "index_definition": """
        FROM (VALUES
               ('bedarf', '1', 1, 'Bedarfsindex', 'Index of need', 'Mittel der z-Werte.', 'Mean of z values.',
                'Nicht über Menschen.', 'Not about people.', 'Nicht: schlecht.', 'Not: bad.', 'Kleinstadt', 'z',
                NULL::INTEGER, 'mean', 'none', 'fixed', NULL::DATE, 0, NULL::INTEGER, NULL::DOUBLE, 0.0, 'einwohner'))
        AS t(index_id, index_version, position, label_de, label_en, beschreibung_de, beschreibung_en, einschraenkung_de,
             einschraenkung_en, wortwahl_de, wortwahl_en, quelle, standardisierung, rundung, verdichtung,
             nachskalierung, klassierung, basisstichtag, mindest_einwohner, abstand_jahre, verbleib,
             ueberschneidung, betrifft)""",
    "index_komponente": """
        SELECT 'bedarf' AS index_id, '1' AS index_version, 'sgb2_quote' AS indikator_id, 1 AS position, 1.0 AS gewicht,
            'hoch' AS richtung""",
    "index_klasse": """
        FROM (VALUES
               ('bedarf', '1', 'stand', 1, NULL::DOUBLE, 'nicht erhöht', 'not raised'),
               ('bedarf', '1', 'stand', 2, 1.0, 'hoch', 'high'))
        AS t(index_id, index_version, klassenart, klasse, klassengrenze, label_de, label_en)""",
    "index_wert": """
        FROM (VALUES
               ('011001', 'ok', NULL, -1.0, -1.0, -1.0, 1, 1, 1, '1', 2, 2, 1200.0),
               ('011002', 'geschuetzt', 'sgb2_quote (geschuetzt)', NULL, -2.1, 1.4, NULL, 1, 2, '1 2', 1, 3, 900.0),
               ('012001', 'ok', NULL, 1.0, 1.0, 1.0, 2, 2, 2, '1 2', 1, 2, 500.0))
        AS t(raum_id, index_status, index_grund, punkte, punkte_von, punkte_bis, klasse, klasse_von, klasse_bis,
             klassen_90, rang_von, rang_bis, betroffene)
        SELECT '2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, DATE '2024-12-31' AS stichtag,
            'bedarf' AS index_id, '1' AS index_version, 'jahr' AS massstab, *, punkte < 0 AS robust,
            NULL::DOUBLE AS veraenderung,
            NULL::INTEGER AS veraenderung_klasse, NULL::VARCHAR AS veraenderung_urteil""",
    "index_sicherheit": """
        FROM (VALUES
               ('011001', 1, 1.0), ('011002', 1, 0.6), ('011002', 2, 0.4), ('012001', 1, 0.5), ('012001', 2, 0.5))
        AS t(raum_id, klasse, wahrscheinlichkeit)
        SELECT '2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, DATE '2024-12-31' AS stichtag,
            'bedarf' AS index_id, '1' AS index_version, 'jahr' AS massstab, *""",
    "index_beitrag": """
        FROM (VALUES ('011001', -1.0), ('012001', 1.0)) AS t(raum_id, teilwert)
        SELECT '2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, DATE '2024-12-31' AS stichtag,
            'bedarf' AS index_id, '1' AS index_version, 'jahr' AS massstab, 'sgb2_quote' AS indikator_id, *,
            1.0 AS teilgewicht""",
    "index_robustheit": """
        SELECT '2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, DATE '2024-12-31' AS stichtag,
            'bedarf' AS index_id, '1' AS index_version, 'jahr' AS massstab, 'standardisierung_z' AS variation,
            NULL::VARCHAR AS indikator_id, 2 AS raeume, 0.5 AS klasse_bleibt, NULL::DOUBLE AS varianz_anteil""",
    "index_ursache": """
        FROM (VALUES ('011001', -0.2, -0.1, -0.1, 0.0, 1, 1, NULL), ('012001', 0.5, 0.6, -0.2, 0.1, 1, 2, 'raum'))
        AS t(raum_id, punkte_differenz, teil_raum, teil_zufall, teil_stadt, von_klasse, klasse, klasse_ursache)
        SELECT '2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, DATE '2024-12-31' AS stichtag,
            'bedarf' AS index_id, '1' AS index_version, 'jahr' AS massstab, DATE '2023-12-31' AS von_stichtag,
            '2020-01-01' AS von_zuschnitt, '1' AS von_version, *, 0.0 AS teil_zuschnitt, 0.0 AS teil_definition""",
    "index_ursache_beitrag": """
        FROM (VALUES ('011001', -0.2, 0.0), ('012001', 0.4, 0.1)) AS t(raum_id, teil_eigen, teil_stadt)
        SELECT '2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, DATE '2024-12-31' AS stichtag,
            'bedarf' AS index_id, '1' AS index_version, 'jahr' AS massstab, 'sgb2_quote' AS indikator_id, *,
            0.0 AS teil_zuschnitt""",
    "typologie": """
        SELECT 'siedlung' AS typologie_id, '1' AS typologie_version, 1 AS position, 'Siedlungstypen' AS label_de,
            'Settlement types' AS label_en, 'Nach Wohnfläche.' AS beschreibung_de, 'By floor space.' AS beschreibung_en,
            'Nicht über Häuser.' AS einschraenkung_de, 'Not about houses.' AS einschraenkung_en,
            DATE '2023-12-31' AS basisstichtag, 0 AS mindest_einwohner, 0.1 AS grenzfall_unter""",
    "typologie_merkmal": """
        SELECT 'siedlung' AS typologie_id, '1' AS typologie_version, 'wohnflaeche_je_einwohner' AS indikator_id,
            1 AS position, 'none' AS umformung, 40.0 AS mittel, 5.0 AS streuung, 1.0 AS gewicht""",
    "typologie_typ": """
        FROM (VALUES
               ('weit', 1, 'Weit', 'Wide', 'Viel Fläche je Person.', 'Much space per person.'),
               ('eng', 2, 'Eng', 'Narrow', 'Wenig Fläche je Person.', 'Little space per person.'))
        AS t(typ_id, position, label_de, label_en, beschreibung_de, beschreibung_en)
        SELECT 'siedlung' AS typologie_id, '1' AS typologie_version, *""",
    "typologie_zentrum": """
        FROM (VALUES ('weit', 45.0), ('eng', 35.0)) AS t(typ_id, zentrum)
        SELECT 'siedlung' AS typologie_id, '1' AS typologie_version, typ_id,
            'wohnflaeche_je_einwohner' AS indikator_id, zentrum""",
    "typ": """
        FROM (VALUES
               ('011001', 'ok', NULL, 'weit', 0.7, 'eng', 1.3, 0.3, 'klar', 0.98, 'weit'),
               ('011002', 'geschuetzt', 'wohnflaeche_je_einwohner (geschuetzt)', NULL, NULL, NULL, NULL, NULL, NULL,
                NULL, 'weit eng'),
               ('012001', 'ok', NULL, 'eng', 0.95, 'weit', 1.05, 0.05, 'grenzfall', 0.6, 'eng'))
        AS t(raum_id, typ_status, typ_grund, typ_id, typ_abstand, zweiter_typ, zweiter_abstand, grenzabstand, typ_lage,
             typ_sicherheit, moegliche_typen)
        SELECT '2020-01-01' AS zuschnitt, 'sozialraum' AS raumebene, DATE '2024-12-31' AS stichtag,
            'siedlung' AS typologie_id, '1' AS typologie_version, *""",
    "raum_pruefung": """
        FROM (VALUES ('011001', 'im Rahmen', 'gering', 'unsicher', 'ok'), ('012001', NULL, NULL, NULL, 'geschuetzt'))
        AS t(raum_id, groesse, heterogenitaet, wandel, status)
        SELECT '2020-01-01' AS zuschnitt, DATE '2024-12-31' AS stichtag, *""",
    "umsteigeschluessel": """
        FROM (VALUES
               ('2020-01-01', '2020-01-01', 'sozialraum', '011001', '011001', 'einwohner', DATE '2024-12-31',
                1.0, 'ok', 'exact', NULL::DOUBLE))
        AS t(von_zuschnitt, nach_zuschnitt, raumebene, von_id, nach_id, merkmal, stichtag, anteil, status,
             methode, unsicherheit)""",
    "raum_ereignis": """
        FROM (VALUES
               ('2020-01-01', '2020-01-01', 'sozialraum', 1, 'neu', 'neu', NULL::VARCHAR, '012001', false,
                0.01, 500.0, 'basiseinheiten', 'Neubaugebiet'))
        AS t(von_zuschnitt, nach_zuschnitt, raumebene, vorgang, vorgang_art, ereignis, von_id, nach_id,
             fortgefuehrt, flaeche_km2, einwohner, grundlage, beschreibung)""",
    "_checks": """
        FROM (VALUES
               ('staged', 'kennung_eindeutig', 'staged', 'critical', true, 'keine doppelt', 'keine', '', 0,
                'Schlüssel', 'Statistikstelle', 0, NULL::VARCHAR))
        AS t(suite, pruefung, station, schwere, bestanden, erwartet, gefunden, einheiten, beanstandet, grund,
             zustaendig, verzichtet, verzicht)""",
    "korrektur": """
        SELECT 'lor' AS quelle, 'lor.geojson' AS datei, 1::INTEGER AS nummer, 'replace' AS aktion,
            'id' AS korrigierte_spalte, 1::BIGINT AS zeilen, 'one id twice' AS korrektur_grund, 'nobody' AS gemeldet
    """,
    "ausstehend": """
        SELECT ''::VARCHAR AS indikator_id, ''::VARCHAR AS merkmal, ''::VARCHAR AS quelle WHERE FALSE
    """,
    "_origins": """
        FROM (VALUES
               ('einwohner', 'stage.zaehlung'), ('sgb2', 'stage.zaehlung'), ('wohnflaeche_qm', 'stage.zaehlung'))
        AS t(merkmal, tabelle)
        SELECT *, 'einwohner' AS quelle, 'Melderegister' AS titel_de, 'Register' AS titel_en,
            'EW_2024.csv' AS datei, repeat('cd', 32) AS sha256""",
    "_lineage": """
        FROM (VALUES
               ('wert', 'wert', 'indikator_wert', 'wert'), ('wert', 'wert', 'indikator', 'faktor'))
        AS t(tabelle, spalte, aus_tabelle, aus_spalte)""",
}


def squares_wkb(names: list[str]) -> bytes:
    """A rectangle around the unit squares of `names`, as little-endian WKB."""
    lefts = [SQUARES[name][0] for name in names]
    west, east = 350000.0 + min(lefts) * 100, 350000.0 + (max(lefts) + 1) * 100
    south, north = 5650000.0, 5650100.0
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return struct.pack("<BIII", 1, 3, 1, 5) + b"".join(struct.pack("<dd", *point) for point in ring)


TABLES["index_wert_zuschnitt"] = f"FROM ({TABLES['index_wert']}) WHERE false"
TABLES["typ_zuschnitt"] = f"FROM ({TABLES['typ']}) WHERE false"


class TinyCity:
    """Writes the protected tables of a run; `residents` are those of 011001 at the newest Stichtag."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, name: str, *, residents: int = 1200, year: int = 2024) -> Path:
        """Write runs/<name>/publish and runs/<name>/checks; return the former."""
        folder = self.root / "runs" / name / "publish"
        folder.mkdir(parents=True)
        (folder.parent / "checks").mkdir()
        (folder.parent / "checks" / "checks.json").write_text("[]", "utf-8")
        for table, content in self._tables(residents, year).items():
            (folder / table).write_bytes(content)
        return folder

    @staticmethod
    @cache
    def _tables(residents: int, year: int) -> dict[str, bytes]:
        with tempfile.TemporaryDirectory() as aside, duckdb.connect() as con:
            folder = Path(aside)
            for table, rows in TABLES.items():
                con.execute(f"COPY ({rows}) TO '{folder / (table + '.parquet')}' (FORMAT parquet)")
            TinyCity._units(con, folder)
            TinyCity._figures(con, folder, residents, year)
            return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    @staticmethod
    def _units(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        units = {
            "sozialraum": [(each, f"Sozialraum {each}", each[:3], "05999", [each]) for each in SQUARES],
            "stadtteil": [
                ("011", "Altstadt", None, "05999", ["011001", "011002"]),
                ("012", "Über der Brücke", None, "05999", ["012001"]),
            ],
            "stadt": [("05999", "Kleinstadt (synthetisch)", None, None, list(SQUARES))],
        }
        for level, rows in units.items():
            parents = {"sozialraum": "stadtteil_id, stadt_id,", "stadtteil": "stadt_id,", "stadt": ""}[level]
            con.execute(
                "CREATE OR REPLACE TEMP TABLE u"
                "(id VARCHAR, name VARCHAR, stadtteil_id VARCHAR, stadt_id VARCHAR, geometrie BLOB)"
            )
            con.executemany("INSERT INTO u VALUES (?, ?, ?, ?, ?)", [[*row[:4], squares_wkb(row[4])] for row in rows])
            con.execute(
                f"COPY (SELECT '2020-01-01' AS zuschnitt, id AS {level}_id, name, '2020-01-01/' || id AS dauer_id, "
                f"{parents} "
                f"DATE '2020-01-01' AS gueltig_ab, NULL::DATE AS gueltig_bis, 0.01 AS flaeche_km2, geometrie FROM u) "
                f"TO '{folder / (level + '.parquet')}' (FORMAT parquet)"
            )

    @staticmethod
    def _figures(con: duckdb.DuckDBPyConnection, folder: Path, residents: int, year: int) -> None:
        con.execute("CREATE OR REPLACE TEMP TABLE basis(raum_id VARCHAR, stichtag DATE, einwohner DOUBLE, sgb2 DOUBLE)")
        for at, first in ((year - 1, 1100), (year, residents)):
            day = dt.date(at, 12, 31)
            con.executemany(
                "INSERT INTO basis VALUES (?, ?, ?, ?)",
                [["011001", day, first, 100], ["011002", day, 900, 2], ["012001", day, 500, 60]],
            )
        con.execute(
            f"""
            COPY (
                WITH levels AS (
                    SELECT 'sozialraum' AS raumebene, raum_id, stichtag, einwohner, sgb2 FROM basis
                    UNION ALL
                    SELECT 'stadtteil', left(raum_id, 3), stichtag, sum(einwohner), sum(sgb2)
                    FROM basis GROUP BY ALL
                    UNION ALL
                    SELECT 'stadt', '05999', stichtag, sum(einwohner), sum(sgb2) FROM basis GROUP BY ALL
                )
                SELECT '2020-01-01' AS zuschnitt, raumebene, raum_id, stichtag, 'einwohner' AS indikator_id,
                    einwohner AS wert, einwohner AS zaehler, NULL::DOUBLE AS nenner, 'ok' AS status,
                    'exact' AS methode, NULL::DOUBLE AS unsicherheit
                FROM levels
                UNION ALL
                SELECT '2020-01-01', raumebene, raum_id, stichtag, 'sgb2_quote',
                    CASE WHEN sgb2 >= 3 THEN round(100 * sgb2 / einwohner, 6) END,
                    CASE WHEN sgb2 >= 3 THEN sgb2 END,
                    einwohner, CASE WHEN sgb2 >= 3 THEN 'ok' ELSE 'geschuetzt' END, 'exact', NULL
                FROM levels
                UNION ALL
                SELECT '2020-01-01', raumebene, raum_id, stichtag, 'wohnflaeche_je_einwohner', 41.5,
                    41.5 * einwohner, einwohner, 'ok', 'exact', NULL
                FROM levels
            ) TO '{folder / "wert.parquet"}' (FORMAT parquet)
            """
        )
        figures = f"FROM '{folder / 'wert.parquet'}'"
        con.execute(f"COPY ({figures} WHERE false) TO '{folder / 'wert_zuschnitt.parquet'}' (FORMAT parquet)")
        for table, query in wide(figures).items():
            con.execute(f"COPY ({query}) TO '{folder / (table + '.parquet')}' (FORMAT parquet)")

    def job(self, *, year: int = 2024, fingerprint: str = "ab" * 32) -> ReleaseJob:
        """The job that goes with a run."""
        return ReleaseJob(
            city_id="kleinstadt",
            city_name="Kleinstadt",
            synthetic=True,
            coordinate_system="EPSG:25832",
            stichtag_max=dt.date(year, 12, 31),
            zuschnitt="2020-01-01",
            licence="dl-de/by-2-0",
            licence_url="https://www.govdata.de/dl-de/by-2-0",
            attribution="Kleinstadt, Amt für Statistik (synthetisch)",
            publisher="Amt für Statistik Kleinstadt",
            contact="statistik@kleinstadt.example",
            code_version="0.1.0",
            input_fingerprint=fingerprint,
            run_id="run-1",
            raumebenen=[
                JobLevel(id="sozialraum", label_de="Sozialraum", label_en="Sozialraum"),
                JobLevel(id="stadtteil", label_de="Stadtteil", label_en="District"),
                JobLevel(id="stadt", label_de="Stadt", label_en="City"),
            ],
            sources=[
                Lieferung(
                    quelle="einwohner",
                    datei="EW_2024.csv",
                    sha256="cd" * 32,
                    bytes=1234,
                    url="http://127.0.0.1/EW_2024.csv",
                    geholt_am=dt.datetime(2025, 2, 1, 9, 30, tzinfo=dt.UTC),
                    etag='"abc"',
                    lizenz="dl-de/by-2-0",
                    namensnennung="Kleinstadt",
                    stichtage=[dt.date(2023, 12, 31), dt.date(2024, 12, 31)],
                )
            ],
        )

    def rewrite(self, folder: Path, table: str, query: str) -> None:
        """Replace a table of a run by `query` over it (named `it`)."""
        path = folder / f"{table}.parquet"
        with duckdb.connect() as con:
            con.execute(f"CREATE TABLE it AS FROM '{path}'")
            con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
