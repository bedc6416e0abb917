"""Making the check report stand on its own: our first page, and pages that load nothing.

Great Expectations' pages fetch styles and scripts from half a dozen hosts; offices block those, and a release
must look the same in ten years. The scripts go, a small stylesheet stays; the tables of results need no more.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from jinja2 import Environment

if TYPE_CHECKING:
    from pathlib import Path

    from flows.check.models import CheckJob, CheckResult

_FOREIGN = re.compile(r"<(script|style|footer)\b[^>]*>.*?</\1>|<(link|img)\b[^>]*>", re.DOTALL)
"""What a page of Great Expectations loads or advertises."""

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --bad: #b00020; --warn: #a06000; --good: #1a7f37; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1rem 1.5rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
nav ol, nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1rem; }
.failed, .text-danger { color: var(--bad); font-weight: 600; }
.warned, .text-warning { color: var(--warn); font-weight: 600; }
.passed, .text-success { color: var(--good); }
.fa-times::before { content: "\\2717"; } .fa-check-circle::before { content: "\\2713"; }
.fa-exclamation-triangle::before { content: "\\26A0"; }
.navbar-brand, .card.mb-3, .collapse { display: none; }
ul.units { margin: .2rem 0; padding-left: 1.2rem; }
"""

_INDEX = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Checks: {{ city }}</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{{ style | safe }}</style>
</head>
<body>
<h1>Checks: {{ city }}</h1>
<p>{{ results | length }} checks made: {{ failed("critical") }} blockers, {{ failed("warning") }} warnings,
{{ failed("info") }} notes, {{ waived | length }} with a waiver. A blocker stops the publication; a warning travels
with the release.</p>
{% if waived %}
<h2>Waivers</h2>
<table>
<thead><tr><th>Check</th><th>Accepted</th><th>Why, who, until when</th></tr></thead>
<tbody>
{% for result in waived %}
<tr><td>{{ result.check }}</td><td>{{ result.waived }} of {{ result.offending }}</td><td>{{ result.waiver }}</td></tr>
{% endfor %}
</tbody>
</table>
{% endif %}
{% for station, title in stations if results | selectattr("station", "equalto", station) | list %}
<h2>{{ title }}</h2>
<table>
<thead>
<tr><th>Outcome</th><th>Check</th><th>Expected</th><th>Found</th><th>Why, and what to do</th></tr>
</thead>
<tbody>
{% for result in results if result.station == station %}
<tr>
<td class="{{ css(result) }}">{{ outcome(result) }}</td>
<td><a href="validations/{{ result.suite }}.html">{{ result.check }}</a></td>
<td>{{ result.expected }}</td>
<td>{{ result.found }}
{% if result.units %}
<ul class="units">{% for unit in result.units %}<li>{{ unit }}</li>{% endfor %}</ul>
{% endif %}
</td>
<td>{{ result.reason }}{% if not result.ok %}<br><strong>{{ result.what_to_do }}</strong>
<br>{{ result.owner }}{% endif %}</td>
</tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
</body>
</html>
""")

_RESULT_PAGES = "validations/*/*/*/*.html"
"""suite / run / time / frame"""

_STATIONS = (
    ("extract", "Extracts: the files as delivered"),
    ("staged", "Staged: the counts at the base units"),
    ("sozialraum", "Sozialraum tables"),
    ("release", "Against the last release"),
    ("city", "The city's own checks and waivers"),
)
_OUTCOMES = {"critical": ("blocker", "failed"), "warning": ("warning", "warned"), "info": ("note", "warned")}


def finish_pages(folder: Path, job: CheckJob, results: list[CheckResult]) -> None:
    """Give the data docs in `folder` their first page, plain paths, and pages that load nothing."""
    shutil.rmtree(folder / "static", ignore_errors=True)
    for page in folder.glob(_RESULT_PAGES):
        _move_up(page, folder / "validations" / f"{page.parents[2].name}.html")
    for page in folder.rglob("*.html"):
        page.write_text(_self_contained(page.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "index.html").write_text(_index(job, results), encoding="utf-8")


def _move_up(page: Path, target: Path) -> None:
    """Put a result page where its path names the suite alone, and set its links right."""
    target.write_text(page.read_text(encoding="utf-8").replace("../../../../", "../"), encoding="utf-8")
    shutil.rmtree(page.parents[2])


def _self_contained(page: str) -> str:
    head = f'<style>{_STYLE}</style><link rel="icon" href="data:,"></head>'
    return _FOREIGN.sub("", page).replace("</head>", head, 1)


def _index(job: CheckJob, results: list[CheckResult]) -> str:
    return _INDEX.render(
        city=job.city_name,
        style=_STYLE,
        stations=_STATIONS,
        results=results,
        waived=[result for result in results if result.waived],
        failed=lambda severity: sum(result.counts and result.severity == severity for result in results),
        outcome=lambda result: _outcome(result)[0],
        css=lambda result: _outcome(result)[1],
    )


def _outcome(result: CheckResult) -> tuple[str, str]:
    """Return the word for an outcome, and the style that it is shown in."""
    if result.ok:
        return "passed", "passed"
    return ("waived", "warned") if result.accepted else _OUTCOMES[result.severity]
