"""The address of the atlas: the view that it asks for, and the one that a choice leads to."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from tests.browser import BROWSER, dom_when

STATE = Path(__file__).resolve().parents[2] / "flows" / "atlas" / "page" / "state.js"
CORE = {
    "first": {"indikator": "quote", "ebene": "block", "zuschnitt": "2020-01-01", "stichtag": "2024-12-31"},
    "indices": [],
    "indikatoren": [{"id": "quote", "type": "anteil"}],
    "levels": [["block"], ["stadt"]],
    "zuschnitte": ["2020-01-01"],
    "days": ["2022-12-31", "2023-12-31", "2024-12-31"],
    "units": [],
}
ASKED = [
    ("2024-12-31", "2022-12-31"),
    ("2024-12-31", "2024-12-31"),
    ("2023-12-31", "2024-12-31"),
    ("2022-12-31", "2024-12-31"),
]


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="no Chromium")
def test_a_change_is_shown_only_since_an_earlier_stichtag(tmp_path: Path) -> None:
    """Of each asked day and base: the view of the address, and that of a choice of the day from another view."""
    page = tmp_path / "page.html"
    page.write_text(
        f"""<!DOCTYPE html><meta charset="utf-8"><body><script>{STATE.read_text("utf-8")}
        core = {json.dumps(CORE)};
        const seen = {json.dumps(ASKED)}.map(([day, base]) => {{
          const asked = viewOf(`#als=veraenderung&stichtag=${{day}}&seit=${{base}}`);
          view = {{ ...viewOf("#als=veraenderung"), base }};
          const chosen = viewOf(addressOf({{ day }}));
          return [asked, chosen].map((each) => [each.mode, each.mode === "veraenderung" ? each.base : null]);
        }});
        const noted = Object.assign(document.createElement("pre"), {{ id: "seen", textContent: JSON.stringify(seen) }});
        document.body.append(noted);
        </script>""",
        "utf-8",
    )
    dom, _ = dom_when("#seen", page.as_uri(), tmp_path / "browser")
    seen = json.loads(unescape(re.search('<pre id="seen">(.*?)</pre>', dom)[1]))

    expected = [
        ["veraenderung", "2022-12-31"], ["veraenderung", "2023-12-31"], ["veraenderung", "2022-12-31"], ["wert", None],
    ]  # fmt: skip
    assert seen == [[each, each] for each in expected]
