"""What a release was made from: the Lieferungen of its manifest, found in the landing zone by their checksums."""

from __future__ import annotations

from pathlib import Path

from flows.base.errors import SourceUnavailable
from flows.pull.landing.checksum import KEY_FILE, landed_as
from flows.pull.landing.store import Landing
from flows.pull.models import Lieferung
from flows.release.manifest import Manifest


def delivered_for(manifest: Manifest, landing: Path) -> list[Lieferung]:
    """Return the Lieferungen of a release as they lie in the landing zone.

    Raises:
        SourceUnavailable: the landing zone no longer holds some of them.
    """
    landed = landed_as(landing, (each["sha256"] for each in manifest.sources))
    found = [
        Lieferung(
            source=each["quelle"],
            name=each["datei"],
            sha256=landed.get(each["sha256"], ""),
            checksum=each["sha256"],
            bytes=each["bytes"],
            url=each["url"] or "",
            fetched_at=each["geholt_am"] or manifest.made_at,
        )
        for each in manifest.sources
    ]
    zone = Landing(landing)
    lost = [f"{one.name} ({one.checksum[:12]})" for one in found if not (one.sha256 and zone.holds(one.sha256))]
    if lost:
        raise SourceUnavailable(
            f"{manifest.city} {manifest.version} cannot be made again: the landing zone {landing} no longer holds "
            f"{len(lost)} of its {len(found)} files as they were delivered: {', '.join(lost[:5])}"
            f"{' ...' if len(lost) > 5 else ''}. Restore {landing / 'objects'} and "
            f"{landing / KEY_FILE} from a backup.",
            code="FS-SOURCE-06",
        )
    return found
