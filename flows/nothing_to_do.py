"""What a run finds that need not work: all is published already, or what it waits for did not come.

It is asked before Prefect is needed, so whatever costs an import is imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.base.texts import Text, joined, text
from flows.pull.deliveries import deliveries_of_release, waited_for, years_of
from flows.pull.models import Pulled
from flows.run import Outcome, Run

if TYPE_CHECKING:
    from flows.release.catalog import Release


def without_working(run: Run, pulled: Pulled, fingerprint: str) -> Outcome | None:
    """Return the outcome of a run that need not work: nothing new came, or what it waits for did not; else None."""
    known = None if run.dry_run else nothing_new(run, fingerprint)  # a dry run is to show what it makes
    return known or held(run, pulled)


def nothing_new(run: Run, fingerprint: str) -> Outcome | None:
    """Return what `already_published` does; what lies around that release is healed, such as a lost `latest`."""
    from flows.publish.workspace import workspace  # noqa: PLC0415 -- only where nothing is published

    outcome = already_published(run, fingerprint)
    if outcome and not run.dry_run:
        with workspace(run.home, run.city, say=lambda words: run.note("publish", words)):
            pass  # whoever has the lock has healed
    return outcome


def already_published(run: Run, fingerprint: str) -> Outcome | None:
    """Return the outcome "nothing new" when a standing release was made from just these inputs, else None."""
    from flows.publish.same_content import release_made_by  # noqa: PLC0415 -- stays out of the core's way
    from flows.release.catalog import latest_release, releases  # noqa: PLC0415

    same = release_made_by(run.home.landing, run.city, fingerprint)
    known = releases(run.home, run.city)
    latest = latest_release(run.home, run.city)
    for release in {each.version: each for each in (*known[-1:], *([latest] if latest else []))}.values():
        made_from_it = release.input_fingerprint == fingerprint
        if (made_from_it or release.version == same) and release.database.is_file():
            return Outcome(
                city=run.city, run=run.id, published=False, release=release.version, path=release.path,
                content_hash=release.content_hash,
                reason=_made_from_the_same(release) if made_from_it else _has_the_same_content(release),
            )  # fmt: skip
    return _decided_before(run, fingerprint)


def _made_from_the_same(release: Release) -> Text:
    if release.withdrawn:
        return text(
            "Nothing new: {version} was made from the same files, profile and code, and was withdrawn: {why}.",
            version=release.version, why=release.withdrawn,
        )  # fmt: skip
    return text("Nothing new: {version} was made from the same files, profile and code.", version=release.version)


def _has_the_same_content(release: Release) -> Text:
    if release.withdrawn:
        return text(
            "Nothing new: {version} has the content that comes of these files, profile and code, and was withdrawn: "
            "{why}.",
            version=release.version, why=release.withdrawn,
        )  # fmt: skip
    return text(
        "Nothing new: {version} has the content that comes of these files, profile and code.", version=release.version
    )


def _decided_before(run: Run, fingerprint: str) -> Outcome | None:
    """Return the outcome when what follows from these inputs waits for a second person, or was rejected by one."""
    from flows.publish.candidates import asks_for_approval, candidates_of, was_rejected  # noqa: PLC0415
    from flows.release import catalog  # noqa: PLC0415

    if run.profile.city.approval == "none":
        return None
    entries = catalog.entries_of(run.home.releases / run.city)
    for candidate in candidates_of(run.home, run.city, entries):
        if candidate.manifest.input_fingerprint == fingerprint and not candidate.outdated:
            return Outcome(
                city=run.city, run=run.id, published=False, release=None, path=None,
                content_hash=candidate.content_hash, candidate=candidate.path,
                reason=joined(" ", (text("Nothing new."), asks_for_approval(candidate.path, candidate.manifest))),
            )  # fmt: skip
    for entry in catalog.rejected(entries).values():
        if entry.input_fingerprint == fingerprint:
            return Outcome(
                city=run.city, run=run.id, published=False, release=None, path=None,
                content_hash=entry.content_hash, reason=was_rejected(entry),
            )  # fmt: skip
    return None


def held(run: Run, pulled: Pulled) -> Outcome | None:
    """Return the outcome "waiting" when the policy of the city lets nothing be published yet, else None.

    Asked after the pull, so that a run that waits costs nothing, and again after staging, when the Stichtage are known
    of files whose names do not say them. A dry run publishes nothing and so waits for nothing.
    """
    policy = run.policy or run.profile.city.publish
    if policy == "always" or run.dry_run:
        return None
    newest, unknown = years_of(run.profile, pulled.lieferungen, run.home.landing)
    found = [one for one in deliveries_of_release(run.profile, newest, run.today) if one.source not in unknown]
    waited = waited_for(found, policy)
    if not waited:
        return None
    words = joined("; ", (one.words for one in waited))
    return Outcome(
        city=run.city, run=run.id, published=False, release=None, path=None, content_hash=None, held_for=waited,
        reason=text(
            'Waiting: what came is landed, and nothing is published (publish = "{policy}") before this came: '
            "{deliveries}. The last release stands.", policy=policy, deliveries=words,
        ),
    )  # fmt: skip
