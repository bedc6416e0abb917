"""What Great Expectations imports and no check needs is left out of the check worker, and imported where it is used."""

import json
import subprocess
import sys

import pytest

from flows.check import lean_import
from flows.check.lean_import import AT_FIRST_USE, LEFT_OUT, import_what_checks_need

_IMPORTED = """
import sys
from flows.check.lean_import import import_what_checks_need
import_what_checks_need()
import great_expectations
print([name for name, found in sys.modules.items() if getattr(found, "__spec__", None)])
"""
_DIVERGES = """
import sys
from flows.check.lean_import import import_what_checks_need
import_what_checks_need()
import great_expectations as gx
import pandas as pd
rows = pd.DataFrame({"status": ["a", "b"]})
frame = gx.get_context(mode="ephemeral").data_sources.pandas_default.read_dataframe(rows)
expected = gx.expectations.ExpectColumnKLDivergenceToBeLessThan(
    column="status", partition_object={"values": ["a", "b"], "weights": [0.9, 0.1]}, threshold=0.1
)
found = frame.validate(expected)
print([found.success, round(float(found.result["observed_value"]), 4), sys.modules["scipy.stats"].__spec__.name])
"""


def test_a_module_is_imported_when_something_in_it_is_used(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    monkeypatch.setattr(lean_import, "AT_FIRST_USE", ("colorsys",))
    monkeypatch.setattr(lean_import, "LEFT_OUT", ())

    import_what_checks_need()
    import colorsys  # noqa: PLC0415 -- the stand-in

    stand_in = sys.modules["colorsys"]
    assert colorsys is stand_in
    assert stand_in.__spec__ is None
    assert colorsys.rgb_to_hsv(1.0, 0.0, 0.0) == (0.0, 1.0, 1.0)
    assert sys.modules["colorsys"] is not stand_in
    assert colorsys.hsv_to_rgb(0.0, 1.0, 1.0) == (1.0, 0.0, 0.0)


def test_what_has_been_imported_stays(monkeypatch):
    monkeypatch.setattr(lean_import, "AT_FIRST_USE", ("json",))
    monkeypatch.setattr(lean_import, "LEFT_OUT", ("subprocess",))

    import_what_checks_need()

    assert sys.modules["json"] is json
    assert sys.modules["subprocess"] is subprocess


@pytest.mark.slow
def test_great_expectations_uses_none_of_it_while_it_is_imported():
    imported = subprocess.run([sys.executable, "-c", _IMPORTED], capture_output=True, text=True, check=True).stdout

    assert "'great_expectations'" in imported
    assert not [name for name in (*LEFT_OUT, *AT_FIRST_USE) if f"'{name}'" in imported]


@pytest.mark.slow
@pytest.mark.thorough
def test_an_expectation_that_needs_statistics_has_them():
    """The divergence is that of the definition: 0.5 ln(0.5 / 0.9) + 0.5 ln(0.5 / 0.1) = 0.5108."""
    judged = subprocess.run([sys.executable, "-c", _DIVERGES], capture_output=True, text=True, check=True).stdout

    assert judged.splitlines()[-1] == "[False, 0.5108, 'scipy.stats']"
