"""The pages of Great Expectations, made to load nothing.

They fetch styles and scripts from half a dozen hosts; offices block those. The scripts go, a small stylesheet stays;
the tables of results need no more.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

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
"""

_RESULT_PAGES = "validations/*/*/*/*.html"
"""suite / run / time / frame"""


def finish_pages(folder: Path) -> None:
    """Give the data docs in `folder` plain paths, and let them load nothing; their first page stays where it is."""
    shutil.rmtree(folder / "static", ignore_errors=True)
    runs = {}
    for page in folder.glob(_RESULT_PAGES):
        target = folder / "validations" / f"{page.parents[2].name}.html"
        runs[page.relative_to(folder).as_posix()] = target.relative_to(folder).as_posix()
        _move_up(page, target)
    for page in folder.rglob("*.html"):
        page.write_text(_self_contained(page.read_text(encoding="utf-8"), runs), encoding="utf-8")


def _move_up(page: Path, target: Path) -> None:
    """Put a result page where its path names the suite alone, and set its links right."""
    target.write_text(page.read_text(encoding="utf-8").replace("../../../../", "../"), encoding="utf-8")
    shutil.rmtree(page.parents[2])


def _self_contained(page: str, moved: dict[str, str]) -> str:
    head = f'<style>{_STYLE}</style><link rel="icon" href="data:,"></head>'
    page = _FOREIGN.sub("", page).replace("</head>", head, 1)
    page = re.sub(r'href="https?:[^"]*"', "", page)
    return re.sub(r'href="([^"#]+)"', lambda link: f'href="{moved.get(link[1], link[1])}"', page)
