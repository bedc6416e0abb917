"""Numbers of the atlas are written as those of all other pages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import flows
from flows.base.german_numbers import number

NODE = shutil.which("node")
SCRIPT = Path(flows.__file__).parent / "atlas" / "page" / "numbers.js"


@pytest.mark.skipif(NODE is None, reason="needs node")
def test_the_atlas_writes_numbers_as_pages_do_and_nothing_without_a_sign():
    asked = [(-0.004, 2), (-0.4, 0), (0, 1), (-0.006, 2), (1234567.891, 1), (999.95, 1)]
    said = f"console.log(JSON.stringify({json.dumps(asked)}.map(([value, digits]) => number(value, digits))))"
    script = f"const english = false;{SCRIPT.read_text('utf-8')};{said}"
    found = subprocess.run([str(NODE), "-e", script], capture_output=True, text=True, check=True).stdout
    assert json.loads(found) == [number(value, digits) for value, digits in asked]
