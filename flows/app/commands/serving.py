"""The commands for an office that runs a Prefect server of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from flows.app.terminal import JsonOption, print_json
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.texts import shown, tr

prefect = App(name="prefect", help="What an office's own Prefect server needs.")


@prefect.command
def setup(
    *cities: str,
    runs_at_once: Annotated[int, Parameter(name="--runs-at-once")] = 2,
    as_json: JsonOption = False,
) -> int:
    """Give the server at PREFECT_API_URL its work pool, deployments, limits and notifications; again: change nothing.

    Parameters
    ----------
    cities
        The cities that the server refreshes.
    runs_at_once
        Runs of all cities together that the memory of the machine has room for.
    """
    from flows.app.flow_runner import QUIET  # noqa: PLC0415
    from flows.app.prefect_server import address, refusal  # noqa: PLC0415
    from flows.operation.set_up import Server, Wanted, pool_template, set_up  # noqa: PLC0415
    from flows.operation.wanted import deployments_of  # noqa: PLC0415
    from flows.profile.load import load_profile  # noqa: PLC0415

    if not cities:
        raise ConfigError("prefect setup: expected the cities that the server refreshes, found none.", code="FS-USE-01")
    wanted = [one for city in cities for one in deployments_of(load_profile(city).city)]
    server = address()
    if server is None:
        raise ConfigError(
            "prefect setup: expected PREFECT_API_URL, the address of the office's server, found none.",
            code="FS-CONFIG-15",
        )
    if problem := refusal():
        raise ConfigError(problem, code="FS-CONFIG-15")
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    from prefect.utilities.callables import parameter_schema  # noqa: PLC0415 -- Prefect reads the settings above

    from flows import deployed  # noqa: PLC0415 -- imports Prefect
    from flows.operation.channels import MAIL, WEBHOOK, save_channels  # noqa: PLC0415

    functions = {one.function for one in wanted}
    schemas = {name: parameter_schema(getattr(deployed, name).fn).model_dump() for name in functions}
    channels = save_channels()
    plan = Wanted(
        tuple(wanted),
        schemas,
        pool_template(resource("work-pool.json")),
        Path(deployed.__file__).parents[1],
        runs_at_once,
    )
    done = list(set_up(Server(server, os.environ.get("PREFECT_API_AUTH_STRING")), plan, [*channels.values()]))
    deeds = {"made": tr("made"), "changed": tr("changed"), "left": tr("left")}
    width = max(map(len, deeds.values())) + 2
    lines = [f"{deeds[one.deed]:{width}}{shown(one.what)}" for one in done]
    if not channels:
        lines.append(tr(
            "Nobody is notified: set {mail} or {webhook} and run this again (docs/operation.md).",
            mail=MAIL, webhook=WEBHOOK,
        ))  # fmt: skip
    if as_json:
        print_json({"done": [vars(one) for one in done], "notified": sorted(channels)})
    else:
        print(*lines, sep="\n")
    return 0
