"""Portals and search engines read the same of a release as its tables say."""

import datetime as dt
import json
import re

import frictionless
import pyshacl
import pytest
import rdflib
from rdflib import SH
from rdflib.compare import isomorphic

from flows.export.dcat import dcat
from flows.export.metadata import data_package, schema_org
from flows.export.turtle import turtle
from flows.pages.codebook_model import City, CodebookPage
from flows.pages.codebook_page import codebook_html
from flows.publish.build import build
from flows.release.job import Setting

BASE = "http://example.org/"
NOW = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def release(tmp_path_factory, city_in):
    """A release; read only."""
    city = city_in(tmp_path_factory.mktemp("metadata"))
    target = city.root / "built"
    build(city.job().write(city.run("r")), target, Setting(version="2024.1", made_at=NOW))
    return target


def statements(text, form):
    return rdflib.Graph().parse(data=text, format=form, publicID=BASE)


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_turtle_makes_the_same_statements_as_the_json_ld(release):
    from_turtle = statements((release / "dcat.ttl").read_text("utf-8"), "turtle")
    from_json = statements((release / "dcat.jsonld").read_text("utf-8"), "json-ld")
    assert len(from_turtle) > 400
    assert isomorphic(from_turtle, from_json)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_turtle_carries_any_text(city, tmp_path):
    odd = 'Amt "für" \\ Statistik\nZeile zwei\t<b> ü \x07 €'
    job = city.job().model_copy(update={"attribution": odd, "licence": "eigene Lizenz <x>", "licence_url": None})
    path = tmp_path / "wert.csv"
    path.write_text("a")
    described = dcat(job, "2024.1", NOW.isoformat(), NOW.date(), {"csv/wert.csv": path})
    found = statements(turtle(described), "turtle")
    assert rdflib.Literal(odd, lang="de") in set(found.objects())
    assert isomorphic(found, statements(json.dumps(described), "json-ld"))


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC BY 4.0", "http://dcat-ap.de/def/licenses/cc-by/4.0"), ("CC-BY-4.0", "http://dcat-ap.de/def/licenses/cc-by/4.0"),
        ("CC0 1.0", "http://dcat-ap.de/def/licenses/cc-zero"), ("CC BY-SA 4.0", "https://licence.example/"),
        ("CC BY 3.0 DE", "http://dcat-ap.de/def/licenses/cc-by-de/3.0"),
        ("DL-DE/BY-2-0", "http://dcat-ap.de/def/licenses/dl-by-de/2.0"),
    ],
)  # fmt: skip
def test_a_licence_is_the_one_that_portals_know_however_its_name_is_written(city, tmp_path, licence, address):
    job = city.job().model_copy(update={"licence": licence, "licence_url": "https://licence.example/"})
    path = tmp_path / "wert.csv"
    path.write_text("a")
    (file,) = dcat(job, "2024.1", NOW.isoformat(), NOW.date(), {"csv/wert.csv": path})["@graph"][0]["dcat:distribution"]
    assert file["dct:license"] == {"@id": address}


@pytest.mark.parametrize("address", ["https://licence.example/", "", None])
def test_a_data_package_is_valid_with_and_without_an_address_of_the_licence(city, tmp_path, address):
    job = city.job().model_copy(update={"licence": "eigene Lizenz (ähnlich CC BY)", "licence_url": address})
    described = data_package(job, "2024.1", [], tmp_path)
    (licence,) = described["licenses"]
    assert licence["title"] == "eigene Lizenz (ähnlich CC BY)"
    assert licence.get("path" if address else "name") == (address or "eigene-Lizenz-hnlich-CC-BY")
    resource = {"name": "a", "data": [["a"], [1]]}
    assert not list(frictionless.Package.metadata_validate({**described, "resources": [resource]}))


def told_in(page):
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(script)


def test_the_codebook_tells_search_engines_what_the_release_is(release):
    told = told_in((release / "codebook.html").read_text("utf-8"))
    assert (told["@context"], told["@type"], told["version"]) == ("https://schema.org", "Dataset", "2024.1")
    assert told["name"].endswith("(synthetische Daten)")
    assert told["license"] == "https://www.govdata.de/dl-de/by-2-0"
    assert told["temporalCoverage"] == "2023-12-31/2024-12-31"
    assert [(each["propertyID"], each["unitText"]) for each in told["variableMeasured"]] == [
        ("einwohner", "Personen"), ("sgb2_quote", "%"), ("wohnflaeche_je_einwohner", "m²"),
    ]  # fmt: skip


def test_every_file_it_offers_is_there_and_every_data_file_is_offered(release):
    offered = {each["contentUrl"] for each in told_in((release / "codebook.html").read_text("utf-8"))["distribution"]}
    data = {
        path.relative_to(release).as_posix()
        for path in release.rglob("*")
        if path.suffix in (".duckdb", ".csv", ".gz", ".zip", ".parquet", ".gpkg", ".xlsx")
    }
    assert offered == data


def test_no_text_can_leave_the_script_it_stands_in(release, city):
    page = CodebookPage(
        version="1", stadt=City(name="x", synthetisch=True), raumebenen=(), merkmale=(), indikatoren=(),
        indikator_teile=(), schutzklassen=(), hinweise=(),
    )  # fmt: skip
    evil = "</script><script>alert(1)</script><!-- & "
    html = codebook_html(page, {"name": evil})
    assert told_in(html) == {"name": evil}
    assert "alert(1)</script>" not in html


def test_manifest_and_release_hold_both_forms_of_dcat(release, read_json):
    assert {"dcat.ttl", "dcat.jsonld"} <= set(read_json(release / "manifest.json")["files"])


AUTHORITY = "http://publications.europa.eu/resource/authority/"
VOCABULARIES = f"""
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<{AUTHORITY}data-theme/SOCI> skos:inScheme <{AUTHORITY}data-theme> .
<{AUTHORITY}data-theme/REGI> skos:inScheme <{AUTHORITY}data-theme> .
<{AUTHORITY}language/DEU> skos:inScheme <{AUTHORITY}language> .
"""


@pytest.mark.filterwarnings("ignore")
def test_dcat_breaks_no_rule_of_dcat_ap_de(release, real_folder):
    """The published shapes judge; what they look up in vocabularies on the network is said here."""
    shapes = rdflib.Graph()
    for name in ("dcat-ap-SHACL-DE", "dcat-ap-spec-german-additions", "dcat-ap-de-controlledvocabularies"):
        shapes.parse(real_folder / "dcat_shapes" / f"{name}.ttl")
    known = rdflib.Graph()
    for name in ("vcard.ttl", "foaf_0_1.rdf"):
        known.parse(real_folder / "dcat_shapes" / name)
    told = statements((release / "dcat.jsonld").read_text("utf-8"), "json-ld")
    told.parse(data=VOCABULARIES, format="turtle")

    def broken(graph):
        _, found, _ = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=known, inference="rdfs")
        results = found.subjects(SH.resultSeverity, SH.Violation)
        return {str(message) for each in results for message in found.objects(each, SH.resultMessage)}

    assert broken(told) == set()
    told.remove((None, rdflib.URIRef("http://www.w3.org/2006/vcard/ns#hasEmail"), None))
    (message,) = broken(told)
    assert "vcard:hasEmail" in message


@pytest.mark.parametrize(
    ("contact", "reached", "said"),
    [
        (
            "statistik@kleinstadt.example",
            "mailto:statistik@kleinstadt.example", {"email": "statistik@kleinstadt.example"},
        ),
        (
            "Amt für Statistik <statistik@kleinstadt.example>",
            "mailto:statistik@kleinstadt.example", {"email": "statistik@kleinstadt.example"},
        ),
        (
            "siehe daten.kleinstadt.example",
            "https://daten.kleinstadt.example",
            {"contactPoint": {"@type": "ContactPoint", "url": "https://daten.kleinstadt.example"}},
        ),
        (
            "https://kleinstadt.example/kontakt",
            "https://kleinstadt.example/kontakt",
            {"contactPoint": {"@type": "ContactPoint", "url": "https://kleinstadt.example/kontakt"}},
        ),
        (
            "Amt für Statistik (statistik@kleinstadt.example), Tel. 1",
            "mailto:statistik@kleinstadt.example", {"email": "statistik@kleinstadt.example"},
        ),
        (
            "E-Mail:statistik@kleinstadt.example.",
            "mailto:statistik@kleinstadt.example", {"email": "statistik@kleinstadt.example"},
        ),
        (
            "'m.o'neill@kleinstadt.example'",
            "mailto:m.o%27neill@kleinstadt.example", {"email": "m.o'neill@kleinstadt.example"},
        ),
        (
            "https://sozial.example:8443/@statistik.",
            "https://sozial.example:8443/@statistik",
            {"contactPoint": {"@type": "ContactPoint", "url": "https://sozial.example:8443/@statistik"}},
        ),
        ("unbekannt", None, {}),
    ],
)  # fmt: skip
def test_a_contact_is_reached_by_the_address_in_its_words(city, contact, reached, said):
    job = city.job().model_copy(update={"contact": contact})
    point = dcat(job, "2024.1", NOW.isoformat(), NOW.date(), {})["@graph"][0]["dcat:contactPoint"]
    assert [each["@id"] for name, each in point.items() if name.startswith("vcard:has")] == (
        [reached] if reached else []
    )
    publisher = schema_org(job, "2024.1", NOW.date(), [], [])["publisher"]
    assert publisher == {"@type": "Organization", "name": job.publisher} | said
