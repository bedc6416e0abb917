"""What the protector did wrong, the gate sees before anything is published."""

from __future__ import annotations

import pytest

from flows.base.errors import CheckStopped
from flows.protect import protect_figures


def test_a_count_that_is_stated_outright_stops_the_publication(office, monkeypatch):
    office.counts("einwohner", 1, 30, 40, 50)
    office.figures("einwohner", (121, None), raumebene="stadtteil")
    right = protect_figures.suppress

    def forgetful(con, earlier=()):
        right(con, earlier)
        con.execute(
            "UPDATE wert SET wert = 1, zaehler = 1, status = 'ok' WHERE raum_id = 'A' AND raumebene = 'sozialraum'"
        )

    monkeypatch.setattr(protect_figures, "suppress", forgetful)
    with pytest.raises(CheckStopped, match=r"einwohner, sozialraum A .*: 1 folgt aus neu"):
        office.protect()
