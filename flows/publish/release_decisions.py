"""What a person decides about releases: which one is `latest` again, which nobody is to use, which stays for good.

Every decision is an entry of the catalogue with who, when and why, so that it is as hard to alter as a release.
"""

from __future__ import annotations

from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import Home
from flows.publish.verify import release_faults
from flows.publish.workspace import ask_for_a_reason, noted_entry, point, recorded, workspace
from flows.release import catalog
from flows.release.catalog import Entry
from flows.release.manifest import manifest_of


def rollback(home: Home, city: str, version: str, *, why: str, who: str | None = None) -> Entry:
    """Move `latest` back to an earlier release, and record who did it, when and why.

    Raises:
        ConfigError: when the release is not there, or no reason is given.
        VerificationFailed: when that release is not what its manifest says.
    """
    ask_for_a_reason("A rollback", why)
    catalog.release_named(home, city, version)
    with workspace(home, city) as locked:
        if gone := catalog.withdrawn(locked.entries).get(version):
            raise ConfigError(
                f"{city} {version} was withdrawn by {gone.who} at {gone.at} ({gone.why}); undo that first "
                f"(`fortschreibung withdraw {city} {version} --undo`).",
                code="FS-USE-06",
            )
        release = catalog.entry_of(locked.entries, version)
        faults = release_faults(locked.folder / version, manifest_of(locked.folder / version))
        if faults:
            raise VerificationFailed(
                f"{locked.folder / version} cannot be rolled back to:\n  " + "\n  ".join(faults), code="FS-RELEASE-01"
            )
        entry = noted_entry("rollback", release, locked.entries, why=why, who=who)
        recorded(locked.folder, city, [*locked.entries, entry])
        point(locked.folder, entry)
        return entry


def withdraw(home: Home, city: str, version: str, *, why: str, who: str | None = None, undo: bool = False) -> Entry:
    """Note that nobody is to use a release, or with `undo` that it may be used again; `latest` follows.

    The release stays where it is, and its content is not published again as long as it is withdrawn.

    Raises:
        ConfigError: when the release is not there, no reason is given, none would be left for `latest`, or with `undo`
            it was not withdrawn.
        VerificationFailed: when the release that `latest` becomes is not what its manifest says.
    """
    ask_for_a_reason("A withdrawal" if not undo else "Undoing a withdrawal", why)
    catalog.release_named(home, city, version)
    with workspace(home, city) as locked:
        if (version in catalog.withdrawn(locked.entries)) != undo:
            raise ConfigError(f"{city} {version} is {'not ' if undo else 'already '}withdrawn.", code="FS-USE-06")
        kind = "reinstated" if undo else "withdrawn"
        entry = noted_entry(kind, catalog.entry_of(locked.entries, version), locked.entries, why=why, who=who)
        entries = [*locked.entries, entry]
        pointing = catalog.pointing_entry(entries)
        if pointing is None:
            raise ConfigError(
                f"{city} {version} is the only release that `latest` can be: expected another that is neither "
                "withdrawn nor rolled back from, found none. Publish a right one first, or roll back to another, then "
                "withdraw this one.",
                code="FS-USE-06",
            )
        if pointing != locked.pointing:
            release = locked.folder / pointing.version
            if faults := release_faults(release, manifest_of(release)):
                raise VerificationFailed(
                    f"{release} cannot be `latest`:\n  " + "\n  ".join(faults), code="FS-RELEASE-01"
                )
        recorded(locked.folder, city, entries)
        point(locked.folder, pointing)
        return entry


def tag(home: Home, city: str, version: str, *, why: str, who: str | None = None, remove: bool = False) -> Entry:
    """Note that a release is to be kept for good (cited, handed in, used in a report), or with `remove` no longer.

    Raises:
        ConfigError: when the release is not there, no reason is given, or there is no tag to remove.
    """
    ask_for_a_reason("A tag" if not remove else "Removing a tag", why)
    catalog.release_named(home, city, version)
    with workspace(home, city) as locked:
        tagged = catalog.tags(locked.entries)
        if remove and version not in tagged:
            raise ConfigError(
                f"{city} {version} carries no tag. Tagged are: {', '.join(sorted(tagged)) or 'none'}.", code="FS-USE-06"
            )
        kind = "untag" if remove else "tag"
        entry = noted_entry(kind, catalog.entry_of(locked.entries, version), locked.entries, why=why, who=who)
        recorded(locked.folder, city, [*locked.entries, entry])
        return entry
