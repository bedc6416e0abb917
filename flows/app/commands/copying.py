"""The command that copies releases to where others read them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter

from flows.app.terminal import HomeOption, JsonOption, print_json, say
from flows.base.home import Home, root_at


def push(
    city: str,
    url: str,
    version: str | None = None,
    *,
    deep: Annotated[bool, Parameter(negative="")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Copy the releases of a city (or one) to a folder or to object storage, verified here and there.

    Parameters
    ----------
    url
        file:///srv/releases or s3://BUCKET/PATH (extra `s3`); docs/releases.md.
    deep
        Read back also what is there already.
    """
    from flows.publish.push import push as pushed  # noqa: PLC0415

    done = pushed(Home(root_at(home)), city, url, version, deep=deep, say=say)
    if as_json:
        print_json(asdict(done))
    else:
        what = f"{done.sent} files copied ({done.bytes / 1e6:.1f} MB)" if done.sent else "nothing new"
        print(f"{city} {', '.join(done.versions)} at {url}: {what}; latest there is {done.latest}.")
    return 0
