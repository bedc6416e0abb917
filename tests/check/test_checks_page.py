"""The page of the checks: what did not pass comes first, in two languages, with what to do."""

import datetime as dt
import re

import pytest

from flows.check.models import CheckResult
from flows.pages.about import About
from flows.pages.checks_page import Checked, checks_html, opening

RELEASE = Checked(About("Kleinstadt", synthetic=False), dt.date(2026, 1, 15), "2024.1")
RUN = Checked(About("Kleinstadt", synthetic=True), dt.date(2026, 1, 15))


def result(check, *, ok=True, severity="warning", **said):
    """Return the result of a check whose texts are its name and what they are about."""
    texts = {
        f"{key}{language}": f"{check}: {key}{language}"
        for key in ("expected", "found", "reason", "what_to_do")
        for language in ("", "_de")
    }
    known = {"suite": check, "station": "staged", "units": [], "offending": 0 if ok else 3, "owner": "Statistikstelle"}
    return CheckResult(check=check, ok=ok, severity=severity, **(texts | known | said))


def test_a_blocker_comes_before_a_warning_before_what_is_waived_before_what_passed():
    page = checks_html(
        [result("gut"), result("nachsicht", ok=False, severity="critical", waived=3, waiver="Angesehen (A. B.)"),
         result("auffall", ok=False), result("schlimm", ok=False, severity="critical")],
        RELEASE,
    )  # fmt: skip

    order = [page.index(f"{check}: expected_de") for check in ("schlimm", "auffall", "nachsicht", "gut")]
    assert order == sorted(order)
    assert "Angesehen (A. B.)" in page


@pytest.mark.parametrize(
    ("results", "german", "english"),
    [
        ([result("a"), result("b")], "Alle 2 Prüfungen sind bestanden.", "All 2 checks passed."),
        ([result("a")], "Die eine Prüfung ist bestanden.", "The one check passed."),
        ([result("a", ok=False)], "Von 1 Prüfung sind 0 bestanden: 1 Warnung.", "Of 1 check 0 passed: 1 warning."),
        ([result("a"), result("b", ok=False), result("c", ok=False)],
         "Von 3 Prüfungen ist 1 bestanden: 2 Warnungen.", "Of 3 checks 1 passed: 2 warnings."),
        ([result("a", ok=False, severity="critical"), result("b", ok=False, severity="info", waived=3)],
         "Von 2 Prüfungen sind 0 bestanden: 1 Blocker, 1 mit Ausnahme hingenommen.",
         "Of 2 checks 0 passed: 1 blocker, 1 accepted by a waiver."),
    ],
)  # fmt: skip
def test_it_opens_with_what_a_person_would_say(results, german, english):
    assert opening(results) == (german, english)


def test_what_did_not_pass_says_in_both_languages_what_was_found_why_it_matters_and_what_to_do():
    page = checks_html([result("leer", ok=False, units=["sozialraum 011002, 2023-12-31"])], RELEASE)

    for said in ("expected", "found", "reason", "what_to_do"):
        assert f'<span lang="de">leer: {said}_de</span><span lang="en">leer: {said}</span>' in page
    german, english = "sozialraum 011002, 31.12.2023", "sozialraum 011002, 2023-12-31"
    assert f'<li><span lang="de">{german}</span><span lang="en">{english}</span></li>' in page


def test_the_page_of_a_release_says_which_and_leads_back_and_nowhere_else():
    page = checks_html([result("leer", ok=False), result("gut")], RELEASE)

    assert re.findall(r'<a href="([^"]+)"', page) == ["../index.html"]
    assert "Kleinstadt, Fortschreibung 2024.1" in page
    assert "Geprüft am 15.01.2026" in page
    assert "Synthetische Daten" not in page


def test_the_page_of_a_run_leads_to_the_pages_of_great_expectations_beside_it():
    page = checks_html([result("leer", ok=False), result("gut")], RUN)

    assert re.findall(r'<a href="([^"]+)"', page) == [
        "../great_expectations/validations/leer.html", "../great_expectations/validations/gut.html",
    ]  # fmt: skip
    assert "Synthetische Daten" in page
