"""Judging pages by axe-core in a browser: what a reader with a screen reader, a keyboard or weak eyes stumbles over.

One start of the browser judges every page: a harness shows each in a frame of the wanted width, where the rules of the
page for phones hold as in a window of that width, and lets axe look at it.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import threading
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.browser import dom_when

DESKTOP, PHONE = 1200, 390

_HARNESS = """<!DOCTYPE html>
<title>axe</title>
<iframe id="page" style="border: 0; height: 900px"></iframe>
<pre id="found"></pre>
<script>
const asked = ASKED;
async function judged({page, width}) {
  const frame = document.getElementById("page");
  frame.style.width = width + "px";
  await new Promise((loaded) => { frame.onload = loaded; frame.src = page; });
  await new Promise((there) => {
    const script = frame.contentDocument.createElement("script");
    script.onload = there;
    script.src = "/axe.min.js";
    frame.contentDocument.head.append(script);
  });
  const {violations} = await frame.contentWindow.axe.run();
  return violations.flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) =>
    `${page}, ${width} px: ${id} at ${target}: ${failureSummary}`));
}
(async () => {
  const found = [];
  for (const one of asked) found.push(...await judged(one));
  document.getElementById("found").textContent = JSON.stringify({pages: asked.length, found});
})();
</script>
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def violations(root: Path, pages: list[str], profile: Path, *, dark: bool = False) -> list[str]:
    """Return what axe finds on `pages` (paths below `root`), at the width of a desktop and of a phone.

    `root` gets two files more; `profile` is a folder for the browser.
    """
    asked = [{"page": f"/{page}", "width": width} for page in pages for width in (DESKTOP, PHONE)]
    shutil.copyfile(axe_script(), root / "axe.min.js")
    (root / "axe.html").write_text(_HARNESS.replace("ASKED", json.dumps(asked)), encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shown, _ = dom_when(
            "#found:not(:empty)", f"http://127.0.0.1:{server.server_port}/axe.html", profile,
            "--window-size=1300,1000", f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        )  # fmt: skip
        server.shutdown()
    told = re.search(r'<pre id="found">(.+?)</pre>', shown, re.DOTALL)
    assert told is not None
    outcome: dict[str, Any] = json.loads(unescape(told[1]))
    assert outcome["pages"] == len(asked)
    return list(outcome["found"])


def axe_script() -> Path:
    """Return the file of axe-core."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "axe.min.js"
