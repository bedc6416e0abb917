"""The state in which a run ends at Prefect: its name says what became of it, so that no list of runs is plain green.

Published, Nothing new, Dry run, Waiting and Awaiting approval are all completed; an automation tells them apart by
their names.
"""

from __future__ import annotations

from typing import TypeVar, cast

from prefect.states import Completed

from flows.base.texts import shown, tr
from flows.profile.load import Profile
from flows.pull.deliveries import waited_for
from flows.run import Outcome

T = TypeVar("T")

WAITING, APPROVAL = "Waiting", "Awaiting approval"
"""Also part of the events by which automations recognise them."""


def ended(outcome: Outcome, profile: Profile, result: T) -> T:
    """Return, for a flow to return, the state of a run that ended with `outcome`: its caller gets `result`."""
    lacking = (
        [] if outcome.held_for else [tr("Not delivered yet: {delivery}", delivery=one.words) for one in outcome.lacking]
    )
    message = "\n".join([shown(outcome.reason), *lacking])
    return cast("T", Completed(name=state_name(outcome, profile), message=message, data=result))


def looked(words: str) -> None:
    """Return, for a flow to return, the state of a run that looked after something: what it found."""
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
