"""The flows as commands: Prefect set up quietly, progress on stderr, failures in their own words."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.app import prefect_server
from flows.app.terminal import say
from flows.base.errors import ConfigError, EndedAfterPublication, FortschreibungError
from flows.base.home import Home
from flows.base.texts import Text, shown, text, tr, tr_count
from flows.embedded_server import embedded_server
from flows.failure import whole_of
from flows.release.catalog import is_version
from flows.run import station_named

if TYPE_CHECKING:
    from flows.profile.policy import Policy
    from flows.recut import Recut
    from flows.run import Outcome

START_LASTS = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
QUIET = {
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_CLI_WRAP_LINES": "false",
    START_LASTS: "180",
    **prefect_server.NO_TELEMETRY,
}
LOOK_EVERY = 0.1


def run_refresh(
    city: str,
    home: Home,
    *,
    from_dir: Path | None,
    stichtag: dt.date | None,
    dry_run: bool,
    no_cache: bool,
    policy: Policy | None = None,
    take_up: str = "any",
) -> Outcome:
    """Run the flow in this process, on the embedded server unless PREFECT_API_URL names another.

    Prefect is imported only where something is to be done; a server that is named gets to know of the run all the same.

    Raises:
        EndedAfterPublication: what stopped the refresh came after a release was published.
        FortschreibungError: what stopped the refresh; the last release is then as it was.
    """
    from flows.begun import begun, can_begin  # noqa: PLC0415 -- other commands do without
    from flows.early_checks import checks_started_early  # noqa: PLC0415
    from flows.run import new_run  # noqa: PLC0415

    asked = new_run(
        city, home, from_dir=from_dir, until=stichtag, dry_run=dry_run, no_cache=no_cache, policy=policy,
        take_up=take_up,
    )  # fmt: skip
    parameters: dict[str, Any] = {
        "city": city, "from_dir": from_dir, "stichtag": stichtag, "dry_run": dry_run, "home": home.root,
        "no_cache": no_cache, "policy": policy, "take_up": take_up,
    }  # fmt: skip
    os.environ.setdefault("PREFECT_HOME", str(home.prefect))  # where a server may be named
    server, began = prefect_server.address(), dt.datetime.now(dt.UTC)
    alone = not dry_run and (from_dir is not None or can_begin(asked.profile))
    if server and alone:
        _reach_server()
    with (
        checks_started_early(asked), _publication_reported(home, city), _progress_shown(home, city),
        begun(asked, reported=bool(server)) if alone else nullcontext() as first,
    ):  # fmt: skip
        if first is not None and first.outcome is not None:
            if server:
                from flows.app.shown_run import show_run  # noqa: PLC0415

                show_run(server, first.outcome, asked.profile, parameters, began)
            return first.outcome
        set_up_prefect(home, tr("Refreshing {city}", city=city))
        from flows.refresh import refresh  # noqa: PLC0415 -- imports Prefect, which reads the settings above

        outcome: Outcome = refresh(**parameters)
    return outcome


def run_recut(
    city: str, zuschnitt: dt.date, home: Home, *, from_dir: Path | None, dry_run: bool, no_cache: bool
) -> Recut:
    """Run the flow of a boundary change in this process.

    Raises:
        EndedAfterPublication: what stopped it came after a release was published.
        FortschreibungError: what stopped it; the last release is then as it was.
    """
    from flows.early_checks import checks_started_early  # noqa: PLC0415 -- other commands do without
    from flows.run import new_run  # noqa: PLC0415

    asked = new_run(city, home, from_dir=from_dir, dry_run=dry_run, no_cache=no_cache)
    with checks_started_early(asked):
        set_up_prefect(home, tr("Recutting {city} to {zuschnitt}", city=city, zuschnitt=zuschnitt))
        from flows.recut import recut  # noqa: PLC0415 -- imports Prefect, which reads the settings above

        with _publication_reported(home, city), _progress_shown(home, city):
            done: Recut = recut(city, zuschnitt, from_dir=from_dir, dry_run=dry_run, home=home.root, no_cache=no_cache)
    return done


def run_refresh_all(cities: list[str], home: Home, *, from_dir: Path | None) -> list[dict[str, Any]]:
    """Refresh these cities on the runner that the environment names; return how each ended.

    Raises:
        FortschreibungError: names those that could not be refreshed; the others are published.
    """
    set_up_prefect(home, tr_count("Refreshing 1 city", "Refreshing {count} cities", len(cities)))
    from flows.refresh_all import refresh_all  # noqa: PLC0415 -- imports Prefect, which reads the settings above

    return refresh_all(cities, home.root, from_dir)


def set_up_prefect(home: Home, doing: str) -> None:
    """Set Prefect up, quietly, for the flow that this process is about to run.

    Raises:
        ConfigError: a server is named that cannot be used, or a setting is none.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str(home.prefect))
    _reach_server()
    say(tr("{doing}: starting Prefect ...", doing=doing))
    if prefect_server.address():
        return
    patience = os.environ[START_LASTS]
    if not patience.isdecimal():
        raise ConfigError(
            f"{START_LASTS}: expected a whole number of seconds, found {patience!r}.", code="FS-CONFIG-10"
        )
    # the embedded server takes commands of this process alone
    os.environ["PREFECT_API_AUTH_STRING"] = os.environ["PREFECT_SERVER_API_AUTH_STRING"] = secrets.token_hex(16)
    server = embedded_server()
    os.environ["PREFECT_API_URL"] = server.address
    import prefect  # noqa: F401, PLC0415 -- reads the settings above, while the server comes up

    server.wait(int(patience))


def _reach_server() -> None:
    """See that the server that is named, if one is, takes the commands of this user.

    Raises:
        ConfigError: it cannot be used.
    """
    _keep_this_machine_off_the_proxy()
    if problem := prefect_server.refusal():
        raise ConfigError(problem, code="FS-CONFIG-15")


@contextmanager
def _publication_reported(home: Home, city: str) -> Iterator[None]:
    """Let what ends the body say whether a release of `city` was published in it, and stands."""
    before = _versions(home, city)
    try:
        yield
    except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 -- raised again, with what is known of releases
        whole = whole_of(problem)
        cause = _loss_of_server(whole) or whole
        published = _versions(home, city) - before
        if not published:
            raise cause from whole.__cause__
        stands = ", ".join(str(home.releases / city / version) for version in sorted(published))
        raise EndedAfterPublication(text(
            "What the run was to publish is published and stands: {folders}. Only what comes after that was cut off; "
            "the same command finishes it and publishes nothing twice.", folders=stands,
        )) from cause  # fmt: skip


def _versions(home: Home, city: str) -> set[str]:
    """Return the releases whose folders stand; the catalogue may know one only when the next run has healed it."""
    return {path.name for path in (home.releases / city).glob("*") if is_version(path.name)}


def _loss_of_server(problem: BaseException) -> FortschreibungError | None:
    """Return what to report when Prefect's server was lost; only Prefect's client uses httpx."""
    from httpx import HTTPError, HTTPStatusError  # noqa: PLC0415 -- Prefect has imported it by now

    if not isinstance(problem, HTTPError):
        return None
    if isinstance(problem, HTTPStatusError) and (refused := prefect_server.refusal()):
        return ConfigError(refused, code="FS-CONFIG-15")
    return FortschreibungError(
        f"Expected Prefect's server to answer until the run ends, found that it no longer does "
        f"({type(problem).__name__}). Run the command again; if PREFECT_API_URL names the server, look whether it "
        "runs.",
        code="FS-RUN-03",
    )


def _keep_this_machine_off_the_proxy() -> None:
    """Let Prefect reach its embedded server where an office's proxy is set, but NO_PROXY is not."""
    kept = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    names = [name.strip() for name in kept.split(",") if name.strip()]
    if "*" not in names:
        names += [name for name in ("127.0.0.1", "localhost") if name not in names]
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(names)


@contextmanager
def _progress_shown(home: Home, city: str) -> Iterator[None]:
    """Show on stderr what the newest run of `city` notes, while the body lasts."""
    before, done = set(home.runs.glob(f"{city}-*")), threading.Event()
    watcher = threading.Thread(target=_watch, args=(home, city, before, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join(timeout=5)


def _watch(home: Home, city: str, before: set[Path], done: threading.Event) -> None:
    started = time.monotonic()
    seen: Counter[Path] = Counter()  # of each run's folder its own: the city may have two runs at a time
    while True:
        last = done.is_set()
        for folder in set(home.runs.glob(f"{city}-*")) - before:
            path = folder / "progress.jsonl"
            lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []  # what is not ended is being written
            for line in lines[seen[folder] :]:
                noted = json.loads(line)
                event = Text(noted["event"], noted.get("event_de"))
                _show(noted["station"], event, time.monotonic() - started)
            seen[folder] = len(lines)
        if last:
            return
        done.wait(LOOK_EVERY)


def _show(station: str, event: Text, seconds: float) -> None:
    """Print the begin of a station and what needs attention; other events only where a terminal overwrites them."""
    if event == "started":
        say(tr("  {seconds:6.1f} s  {station}", seconds=seconds, station=station_named(station)))
    elif event.startswith(("not asked", "passed over", "deprecated", "waits")) or station == "resume":
        say(f"            {shown(event)}")
    elif sys.stderr.isatty():
        print(f"            {shown(event):60}", end="\r", file=sys.stderr, flush=True)
