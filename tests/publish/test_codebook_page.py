"""The codebook page: complete in itself, faithful to the catalogue, readable without a script."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from flows.base.resources import resource
from flows.pages.codebook_model import codebook_page_from
from flows.pages.codebook_page import codebook_html
from flows.pages.lineage_picture import drawn
from flows.profile.codebook import Codebook
from flows.profile.vocabulary import vocabulary

TIMES, MINUS = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}"
VOID = {"meta", "input", "br", "hr", "img", "link"}


class Page(HTMLParser):
    """The parsed page: which tags opened with which attributes, the visible text, and what was left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrongly_closed: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrongly_closed.append(tag)

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(attribute)) is not None]


def in_german(html: str) -> str:
    """What is read while the switch stands on German."""
    return Page(re.sub(r'<(\w+) lang="en">.*?</\1>', "", html, flags=re.DOTALL)).text


def in_english(html: str) -> str:
    """What is read while the switch stands on English."""
    return Page(re.sub(r'<((?!html)\w+) lang="de">.*?</\1>', "", html, flags=re.DOTALL)).text


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A catalogue with two Merkmale, a count, a rate and a change."""
    with duckdb.connect() as connection:
        connection.execute((resource("sql") / "schema" / "katalog.sql").read_text(encoding="utf-8"))
        connection.execute(
            """
            INSERT INTO katalog.stadt BY NAME SELECT 'tinyhausen' AS stadt_id, 'Tinyhausen' AS name,
                'EPSG:25832' AS koordinatensystem, FALSE AS synthetisch, 0.05 AS amtlich_band;
            INSERT INTO katalog.raumebene BY NAME SELECT 'sozialraum' AS raumebene, 1 AS rang,
                'Sozialraum' AS label_de, 'Neighbourhood' AS label_en, '.' AS id_muster,
                'base' AS zugehoerigkeit;
            INSERT INTO katalog.merkmal
                (merkmal, position, label_de, label_en, einheit, art, thema, geschuetzt, ganzzahlig) VALUES
                ('einwohner', 1, 'Einwohner', 'Residents', 'Personen', 'bestand', 'bevoelkerung', TRUE, TRUE),
                ('sgb2', 2, 'Bedürftige', 'Recipients', 'Personen', 'bestand', 'soziales', TRUE, TRUE),
                ('flaeche_km2', 3, 'Fläche', 'Area', 'km²', 'flaeche', 'raum', FALSE, FALSE);
            INSERT INTO katalog.schutzklasse
                (schutzklasse, mindest_zaehler, mindest_nenner, mindest_gruppe, begruendung)
                VALUES ('personen', 3, 7, 0, NULL), ('leistung', 5, 40, 20, '§ 35 SGB I');
            CREATE TABLE katalog.raum_gesperrt AS SELECT 'leistung' AS schutzklasse, '2020-01-01' AS zuschnitt,
                'sozialraum' AS raumebene, '0101' AS raum_id, 'Justizvollzugsanstalt' AS begruendung;
            INSERT INTO katalog.hinweis VALUES
                ('own', 'Eigene Abgrenzung: Nur hier.', 'Own definition: Only here.');
            INSERT INTO katalog.indikator VALUES
                ('einwohner', 1, 'Einwohner', 'Residents', 'Alle Menschen.', 'All people.', 'Personen', 0,
                 'anzahl', 1, NULL, 'stichtag', 'bevoelkerung', 'Melderegister', 'neutral', 'personen',
                 '', '', '', ''),
                ('sgb2_je_1000', 2, 'SGB-II-Fälle', 'SGB II cases', 'Fälle je 1.000.', 'Cases per 1,000.',
                 'je 1.000 Einwohner', 1, 'verhaeltnis', 1000, NULL, 'stichtag', 'soziales', 'Jobcenter',
                 'hoch', 'leistung', 'Ohne Wohngeld.', 'Without housing benefit.', 'own', 'Kinderarmut'),
                ('zuwachs', 3, 'Zuwachs', 'Growth', 'Mehr Menschen.', 'More people.', '%', 1, 'veraenderung',
                 100, 5, 'zeitraum', 'bevoelkerung', 'Melderegister', 'neutral', 'personen', '', '', '', '');
            INSERT INTO katalog.indikator_teil VALUES ('einwohner', 'zaehler', 'einwohner'),
                ('sgb2_je_1000', 'zaehler', 'sgb2'), ('sgb2_je_1000', 'nenner', 'einwohner'),
                ('zuwachs', 'zaehler', 'einwohner');
            CREATE TABLE katalog.ausstehend (indikator_id VARCHAR, merkmal VARCHAR, quelle VARCHAR);
            CREATE TABLE katalog.herkunft (merkmal VARCHAR, quelle VARCHAR, titel_de VARCHAR, titel_en VARCHAR,
                datei VARCHAR, tabelle VARCHAR);
            INSERT INTO katalog.herkunft VALUES
                ('sgb2', 'jobcenter', 'Jobcenter', 'Job centre', 'S_2023.csv', 'stage.zaehlung'),
                ('sgb2', 'jobcenter', 'Jobcenter', 'Job centre', 'S_2022.csv', 'stage.zaehlung'),
                ('sgb2', 'jobcenter', 'Jobcenter', 'Job centre', 'S_2024.csv', 'stage.zaehlung'),
                ('einwohner', 'melder', 'Register & Co', 'Register', 'E.csv', 'stage.zaehlung'),
                (NULL, 'raum', 'Zuordnung', 'Assignment', 'Z.csv', 'stage.zuordnung');
            """
        )
        yield connection


@pytest.fixture
def whole(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The catalogue of a city with the whole shared codebook."""
    with (resource("cities") / "codebook.toml").open("rb") as file:
        codebook = Codebook.model_validate(tomllib.load(file))
    for table in ("merkmal", "indikator", "indikator_teil", "hinweis", "schutzklasse"):
        con.execute(f"TRUNCATE katalog.{table}")
    con.execute("INSERT INTO katalog.schutzklasse (schutzklasse, mindest_zaehler, mindest_nenner) "
                "VALUES ('personen', 3, 10), ('leistung', 3, 30), ('wohnung', 3, 3)")  # fmt: skip
    for position, (name, m) in enumerate(codebook.merkmal.items()):
        row = [name, position, m.label_de, m.label_en, m.unit, m.kind, m.theme, m.protected, m.whole]
        con.execute("INSERT INTO katalog.merkmal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)", row)
    for name, warning in codebook.usage_warnings.items():
        con.execute("INSERT INTO katalog.hinweis VALUES (?, ?, ?)", [name, warning.de, warning.en])
    for position, (name, i) in enumerate(codebook.indikator.items()):
        con.execute(
            f"INSERT INTO katalog.indikator VALUES ({', '.join('?' * 20)})",
            [
                name, position, i.label_de, i.label_en, i.description_de, i.description_en, i.unit,
                i.decimals, i.type, i.factor, i.lag_years, i.reference, i.theme, i.source_de, i.direction,
                i.protection, i.limitations_de, i.limitations_en, " ".join(i.usage_warnings),
                ", ".join(i.synonyms),
            ],
        )  # fmt: skip
        parts = [("zaehler", m) for m in i.numerator] + [("nenner", m) for m in i.denominator]
        for role, merkmal in parts:
            con.execute("INSERT INTO katalog.indikator_teil VALUES (?, ?, ?)", [name, role, merkmal])
    return con


def html_of(con: duckdb.DuckDBPyConnection) -> str:
    return codebook_html(codebook_page_from(con, "2024.1"))


def entry(html: str, indikator_id: str) -> str:
    """Return the visible text of the article about one Indikator."""
    found = re.search(rf'<article id="{indikator_id}".*?</article>', html, re.DOTALL)
    assert found
    return Page(found[0]).text


def test_the_page_is_well_formed_and_every_link_leads_somewhere_on_it(
    whole: duckdb.DuckDBPyConnection,
) -> None:
    page = Page(html_of(whole))
    ids = page.values("id")
    assert page.wrongly_closed == []
    assert page.open == []
    assert len(set(ids)) == len(ids)
    assert {target.removeprefix("#") for target in page.values("href")} <= set(ids)
    assert {name for names in page.values("aria-labelledby") for name in names.split()} <= set(ids)


def test_the_page_fetches_nothing(whole: duckdb.DuckDBPyConnection) -> None:
    html = html_of(whole)
    assert not re.search(r"https?:|//\w|@import|url\(|\bsrc=|<link", html)


def test_every_indikator_and_every_merkmal_of_the_catalogue_is_on_the_page(
    whole: duckdb.DuckDBPyConnection,
) -> None:
    ids = set(Page(html_of(whole)).values("id"))
    indikatoren = {row[0] for row in whole.execute("SELECT indikator_id FROM katalog.indikator").fetchall()}
    merkmale = {f"merkmal-{row[0]}" for row in whole.execute("SELECT merkmal FROM katalog.merkmal").fetchall()}
    assert len(indikatoren) > 55
    assert indikatoren | merkmale <= ids


def test_a_rate_shows_numerator_over_denominator_and_factor_in_both_languages(
    con: duckdb.DuckDBPyConnection,
) -> None:
    text = entry(html_of(con), "sgb2_je_1000")
    assert f"Bedürftige geteilt durch Einwohner {TIMES} 1.000" in text
    assert f"Recipients divided by Residents {TIMES} 1,000" in text


def test_a_count_shows_the_merkmal_that_is_summed(con: duckdb.DuckDBPyConnection) -> None:
    assert "Summe: Einwohner Sum: Residents" in entry(html_of(con), "einwohner")


def test_a_change_shows_both_dates_above_and_the_earlier_one_below(con: duckdb.DuckDBPyConnection) -> None:
    text = entry(html_of(con), "zuwachs")
    assert f"Einwohner am Stichtag {MINUS} Einwohner 5 Jahre zuvor geteilt durch" in text
    assert f"geteilt durch Einwohner 5 Jahre zuvor {TIMES} 100" in text
    assert "Zeitraum: 5 Jahre bis zum Stichtag" in text


def test_an_indikator_says_all_that_the_catalogue_knows_of_it(con: duckdb.DuckDBPyConnection) -> None:
    text = entry(html_of(con), "sgb2_je_1000")
    for said in (
        "SGB-II-Fälle", "SGB II cases", "Fälle je 1.000.", "Cases per 1,000.",
        "Einheit Unit je 1.000 Einwohner", "Nachkommastellen Decimals 1", "Verhältnis ratio",
        "Stichtag reference date", "hoher Wert zeigt mehr Bedarf an", "Quelle Source Jobcenter",
        "Ohne Wohngeld.", "Without housing benefit.", "Eigene Abgrenzung Own definition",
    ):  # fmt: skip
        assert said in text


def test_the_thresholds_are_those_of_the_catalogue(con: duckdb.DuckDBPyConnection) -> None:
    text = entry(html_of(con), "sgb2_je_1000")
    assert "Anzahlen von 1 bis 4 werden unterdrückt. Quoten mit einem Nenner unter 40 werden unterdrückt." in text
    assert "Counts of 1 to 4 are suppressed. Rates with a denominator below 40 are suppressed." in text


def test_a_count_is_not_told_a_threshold_for_denominators(con: duckdb.DuckDBPyConnection) -> None:
    text = entry(html_of(con), "einwohner")
    assert "Anzahlen von 1 und 2 werden unterdrückt." in text
    assert "Nenner" not in text


@pytest.mark.parametrize("written", ["own other", "own, other", "own,other"])
def test_usage_warnings_are_read_however_they_are_separated(con: duckdb.DuckDBPyConnection, written: str) -> None:
    con.execute("INSERT INTO katalog.hinweis VALUES ('other', 'Kleine Zahl: Achtung.', 'Small number: Beware.')")
    con.execute("UPDATE katalog.indikator SET hinweise = $1 WHERE indikator_id = 'sgb2_je_1000'", [written])
    text = entry(html_of(con), "sgb2_je_1000")
    assert "Eigene Abgrenzung Own definition Kleine Zahl Small number" in text


def test_a_class_without_thresholds_says_so(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "INSERT INTO katalog.schutzklasse (schutzklasse, mindest_zaehler, mindest_nenner) VALUES ('frei', 0, 0)"
    )
    con.execute("UPDATE katalog.indikator SET schutzklasse = 'frei' WHERE indikator_id = 'einwohner'")
    assert "frei Für Anzahlen gilt keine Schwelle." in entry(html_of(con), "einwohner")


def test_the_rules_of_a_class_and_its_reason_are_sentences(con: duckdb.DuckDBPyConnection) -> None:
    row = re.search(r'<tr id="schutzklasse-leistung">.*?</tr>', html_of(con), re.DOTALL)
    assert row
    assert "Anteile von 0 und 100 % unter weniger als 20 Personen werden unterdrückt." in row[0]
    assert "Shares of 0 and 100 % among fewer than 20 people are suppressed." in row[0]
    assert "§ 35 SGB I" in row[0]


@pytest.mark.parametrize(
    ("method", "base", "said"),
    [
        ("runden", 3, "Anzahlen unter 3 zwischen den Linien aller Zuschnitte werden zu 0 oder 3 gerundet"),
        ("ueberlagern", None, "Anzahlen werden durch einen Schlüssel verändert (Cell-Key-Methode)"),
    ],
)
def test_a_class_that_changes_counts_says_how(con, method, base, said) -> None:
    con.execute("UPDATE katalog.schutzklasse SET verfahren = $1, rundungsbasis = $2 WHERE schutzklasse = 'leistung'",
                [method, base])  # fmt: skip
    row = re.search(r'<tr id="schutzklasse-leistung">.*?</tr>', html_of(con), re.DOTALL)
    assert row
    assert said in row[0]
    assert "Anzahlen von 1" not in row[0]


def test_units_that_are_never_published_are_listed_with_the_reason(con: duckdb.DuckDBPyConnection) -> None:
    table = re.search(r'<table id="gesperrt">.*?</table>', html_of(con), re.DOTALL)
    assert table
    assert all(each in table[0] for each in ("leistung", "2020-01-01", "0101", "Justizvollzugsanstalt"))


def test_every_status_and_method_is_explained_in_both_languages(con: duckdb.DuckDBPyConnection) -> None:
    text = Page(html_of(con)).text
    for value, meaning in {**vocabulary().meanings("status"), **vocabulary().meanings("method")}.items():
        assert f"{value} {meaning.de} {meaning.en}" in text


def test_a_merkmal_names_the_indikatoren_that_are_made_from_it(con: duckdb.DuckDBPyConnection) -> None:
    row = re.search(r'<tr id="merkmal-einwohner">.*?</tr>', html_of(con), re.DOTALL)
    assert row
    assert re.findall(r'href="#(\w+)"', row[0]) == ["einwohner", "sgb2_je_1000", "zuwachs"]


def test_a_synthetic_city_is_called_synthetic_before_anything_else(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE katalog.stadt SET synthetisch = TRUE")
    html = html_of(con)
    assert "(synthetische Daten)</title>" in html
    assert html.index("Synthetische Daten.") < html.index("Synthetic data.") < html.index("<h1>")


def test_a_real_city_is_not_called_synthetic(con: duckdb.DuckDBPyConnection) -> None:
    assert "synthetisch" not in Page(html_of(con)).text.lower()


def test_text_of_the_codebook_cannot_become_markup(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE katalog.indikator SET beschreibung_de = 'Anteil <b>& \"mehr\"</b>' WHERE position = 1")
    assert "Anteil &lt;b&gt;&amp; &#34;mehr&#34;&lt;/b&gt;" in html_of(con)


def test_german_is_the_language_of_the_page_and_english_is_marked(con: duckdb.DuckDBPyConnection) -> None:
    page = Page(html_of(con))
    assert ("html", {"lang": "de"}) in page.tags
    assert re.search(r'<p lang="en">All people\.</p>', html_of(con))


def test_each_language_says_everything_once(con: duckdb.DuckDBPyConnection) -> None:
    html = html_of(con)
    article = re.search(r'<article id="sgb2_je_1000".*?</article>', html, re.DOTALL)
    assert article
    assert in_german(article.group()).count("SGB-II-Fälle") == in_english(article.group()).count("SGB II cases") == 2
    for word in ("Cases per", "Unit", "Limitations", "Without housing benefit", "Origin"):
        assert word in in_english(html)
        assert word not in in_german(html)
    for word in ("Fälle je", "Einheit", "Einschränkungen", "Ohne Wohngeld", "Herkunft"):
        assert word in in_german(html)
        assert word not in in_english(html)


@pytest.mark.slow
def test_headings_follow_one_another_without_a_gap(whole: duckdb.DuckDBPyConnection) -> None:
    levels = [int(tag[1]) for tag, _ in Page(html_of(whole)).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_same_catalogue_gives_the_same_bytes(whole: duckdb.DuckDBPyConnection) -> None:
    assert html_of(whole) == html_of(whole)


@pytest.mark.slow
@pytest.mark.browser
def test_the_filter_leaves_only_the_indikatoren_that_contain_the_word(
    whole: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium on this machine")
    typed = '<script>box.value = "alleinerziehend"; box.dispatchEvent(new Event("input"));</script></body>'
    page = tmp_path / "codebook.html"
    page.write_text(html_of(whole).replace("</body>", typed), encoding="utf-8")
    shown = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri(),
        ],
        capture_output=True, text=True, check=True, timeout=120,
    ).stdout  # fmt: skip
    visible = [a["id"] for tag, a in Page(shown).tags if tag == "article" and "hidden" not in a]
    assert visible == ["haushalte_alleinerziehend", "anteil_alleinerziehende"]


def test_each_indikator_says_which_deliveries_it_comes_from(con: duckdb.DuckDBPyConnection) -> None:
    html = html_of(con)
    article = re.search(r'<article id="sgb2_je_1000".*?</article>', html, re.DOTALL)
    assert article is not None
    told = in_german(article.group())
    assert "Jobcenter 3 Dateien : S_2022.csv … S_2024.csv Bedürftige sgb2" in told
    assert "Register & Co 1 Datei : E.csv Einwohner einwohner" in told
    assert "S_2022.csv, S_2023.csv, S_2024.csv" in Page(article.group()).values("title")
    assert "Zuordnung 1 Datei : Z.csv" in in_german(html)


def test_the_way_is_drawn_with_every_arrow_leading_down() -> None:
    svg = drawn([("roh", "zelle"), ("zelle", "stage.x"), ("roh", "stage.x"), ("stage.x", "wert"), ("<&>", "wert")])
    places = {name: float(y) for y, name in re.findall(r'<text x="[\d.]+" y="([\d.]+)">(.*?)</text>', svg)}
    assert places["roh"] < places["zelle"] < places["stage.x"] == places["&lt;&amp;&gt;"] < places["wert"]
    assert svg.count("<path") == 5
