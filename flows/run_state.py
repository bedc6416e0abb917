"""How a run ended, as people at Prefect read it: the name of its state, the words beside it, a table.

The name says what became of the run, so that no list of runs is plain green. Published, Nothing new, Dry run, Waiting
and Awaiting approval are all completed; an automation tells them apart by their names. A run that needed no Prefect is
shown the same way (flows/app/shown_run.py), so whatever costs an import is imported where it is used.
"""

from __future__ import annotations

from typing import TypeVar, cast

from flows.base.texts import shown, tr
from flows.profile.load import Profile
from flows.pull.deliveries import waited_for
from flows.run import Outcome

T = TypeVar("T")

WAITING, APPROVAL = "Waiting", "Awaiting approval"
"""Also part of the events by which automations recognise them."""


def ended(outcome: Outcome, profile: Profile, result: T) -> T:
    """Return, for a flow to return, the state of a run that ended with `outcome`: its caller gets `result`."""
    from prefect.states import Completed  # noqa: PLC0415 -- imports Prefect

    return cast("T", Completed(name=state_name(outcome, profile), message=state_message(outcome), data=result))


def looked(words: str) -> None:
    """Return, for a flow to return, the state of a run that looked after something: what it found."""
    from prefect.states import Completed  # noqa: PLC0415 -- imports Prefect

    return cast("None", Completed(message=words, data=None))


def state_name(outcome: Outcome, profile: Profile) -> str:
    """Return what a run's state is called.

    A run with nothing new waits too while the city's policy would wait for what is lacking.
    """
    if outcome.published:
        return "Published"
    if outcome.candidate is not None:
        return APPROVAL
    if outcome.held_for or (outcome.release and waited_for(outcome.lacking, profile.city.publish)):
        return WAITING
    return "Nothing new" if outcome.release else "Dry run"


def state_message(outcome: Outcome) -> str:
    """Return why a run ended so, and which deliveries are lacking if it does not wait for them."""
    lacking = (
        [] if outcome.held_for else [tr("Not delivered yet: {delivery}", delivery=one.words) for one in outcome.lacking]
    )
    return "\n".join([shown(outcome.reason), *lacking])


def artifact_key(*parts: str) -> str:
    """Return the key of an artifact: Prefect takes small letters, digits and hyphens, a city's id has underscores."""
    return "-".join(["fortschreibung", *parts]).replace("_", "-")


def outcome_table(outcome: Outcome) -> str:
    """Return the page about an outcome, as Markdown."""
    return f"""# {outcome.city}: {outcome.release or "nothing published"}

{shown(outcome.reason)}

| | |
|---|---|
| published | {outcome.published} |
| path | {outcome.path or "-"} |
| content hash | {outcome.content_hash or "-"} |
| figures | {outcome.figures:,} |
| suppressed | {outcome.suppressed:,} |
| warnings | {outcome.warnings} |
"""
