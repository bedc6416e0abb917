"""The command that reviews a Gliederung."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import HomeOption, JsonOption, must_be_in_a_folder, print_json, writing
from flows.base.files import write_whole
from flows.base.home import home_at
from flows.base.texts import tr


def review(
    city: str,
    *,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    stichtag: dt.date | None = None,
    html: Path | None = None,
    no_cache: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Say of every Sozialraum whether it still holds together, and why it is named if it is; nothing is published.

    Parameters
    ----------
    city
        A city with a profile (`doctor` lists them).
    from_
        Take every file from this folder; default: the files of the latest release, or before the first, of the sources.
    stichtag
        Review the Gliederung of this date (YYYY-MM-DD); default: the newest with residents.
    html
        Write the review to this page, with a map. It names base units and is confidential.
    no_cache
        Read every file anew instead of using kept results (docs/staging.md), and keep none.
    """
    from flows.at_work import city_at_work  # noqa: PLC0415
    from flows.pages.about import About  # noqa: PLC0415
    from flows.pages.review_page import review_html, review_lines, review_map  # noqa: PLC0415
    from flows.redrawing.decisions import decisions_of  # noqa: PLC0415
    from flows.redrawing.review import review as reviewed  # noqa: PLC0415
    from flows.redrawing.review import with_decisions  # noqa: PLC0415

    must_be_in_a_folder("--html", html)
    with city_at_work(city, home_at(home), from_dir=from_, stichtag=stichtag, no_cache=no_cache) as work:
        known = decisions_of(work.run.home, city)
        found = with_decisions(reviewed(work.con, work.profile, stichtag), known)
        if html is not None:
            about = About(work.profile.city.name, work.profile.city.synthetic)
            page = review_html(found, review_map(work.con, found), work.profile.codebook, about)
            with writing("--html", html):
                write_whole(html, page.encode(), mode=0o600)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print(*review_lines(found), sep="\n")
        if html is not None:
            print(tr("Page: {page}", page=html))
    return 0
