"""What data portals harvest of a release: DCAT-AP.de 3.0 as JSON-LD; `flows.export.turtle` says the same as Turtle."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flows.base.files import sha256_of
from flows.export.metadata import MEDIA, reached_at, title
from flows.release.job import ReleaseJob

_DCAT_LICENCE = {  # by its name in small letters, with hyphens between the words
    "dl-de/by-2-0": "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
    "dl-de/zero-2-0": "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
    "cc-by-4.0": "http://dcat-ap.de/def/licenses/cc-by/4.0",
    "cc-by-3.0-de": "http://dcat-ap.de/def/licenses/cc-by-de/3.0",
    "cc0-1.0": "http://dcat-ap.de/def/licenses/cc-zero",
}
_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
_IN_IRI = ":/?#[]@!$&'()*+,;=%"
_SPDX = "http://spdx.org/rdf/terms#"
_LEVEL = "http://dcat-ap.de/def/politicalGeocoding/Level/municipality"
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/DEU"
_HOLDS: Mapping[str, str | Mapping[str, str]] = {
    "": {".duckdb": "Die ganze Fortschreibung", ".xlsx": "Arbeitsmappe", ".csv": "Codebuch"},
    "csv": "Tabelle {name}",
    "csv_excel": "Tabelle {name} für Excel auf Deutsch",
    "parquet": "Tabelle {name}",
    "geo": "Karte der Raumebene {name}",
}
"""What a file holds, by its folder; files of no folder by their suffix."""


def dcat(job: ReleaseJob, version: str, made_at: str, first_day: dt.date, files: Mapping[str, Path]) -> dict[str, Any]:
    """Return the DCAT-AP.de description of a release and its distributions, as JSON-LD.

    `first_day` is its earliest Stichtag, `files` are its data files by relative path.
    """
    series = f"urn:fortschreibung:{job.city_id}"
    own_licence = quote(job.licence_url, safe=_IN_IRI) if job.licence_url else f"urn:lizenz:{quote(job.licence)}"
    licence = {"@id": _DCAT_LICENCE.get(re.sub(r"[\s_-]+", "-", job.licence.strip().lower()), own_licence)}
    whom = {
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": job.publisher},
        "dcat:contactPoint": {"@type": "vcard:Organization", "vcard:fn": job.publisher, **_reached_at(job.contact)},
    }
    dataset = {
        "@id": f"{series}:{version}",
        "@type": "dcat:Dataset",
        "dct:title": [_said(title(job, version, language), language) for language in ("de", "en")],
        "dct:description": [
            _said(
                "Kleinräumige Indikatoren der Stadt für ihre Sozialräume und deren übergeordnete Raumebenen, "
                f"Stichtage {first_day.isoformat()} bis {job.stichtag_max.isoformat()}, Zuschnitt {job.zuschnitt}.",
                "de",
            ),
            _said(
                "Small-area indicators of the city for its Sozialräume and the levels above them, "
                f"reference dates {first_day.isoformat()} to {job.stichtag_max.isoformat()}, "
                f"Zuschnitt {job.zuschnitt}.",
                "en",
            ),
        ],
        "dct:identifier": f"{job.city_id}/{version}",
        "dcat:version": version,
        "dcat:inSeries": {"@id": series},
        "dct:issued": {"@type": "xsd:dateTime", "@value": made_at},
        **whom,
        "dcat:theme": [{"@id": f"{_THEME}SOCI"}, {"@id": f"{_THEME}REGI"}],
        "dcat:keyword": [_said(word, "de") for word in ("Sozialraum", "Sozialstruktur", "Einwohner", job.city_name)],
        "dct:language": {"@id": _LANGUAGE},
        "dct:spatial": {"@type": "dct:Location", "skos:prefLabel": _said(job.city_name, "de")},
        "dcatde:politicalGeocodingLevelURI": {"@id": _LEVEL},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": first_day.isoformat()},
            "dcat:endDate": {"@type": "xsd:date", "@value": job.stichtag_max.isoformat()},
        },
        "dcat:distribution": [_distribution(job, name, path, licence) for name, path in sorted(files.items())],
    }
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "dcatde": "http://dcat-ap.de/def/dcatde/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "spdx": _SPDX,
            "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@graph": [
            dataset,
            {
                "@id": series,
                "@type": "dcat:DatasetSeries",
                "dct:title": _said(f"Fortschreibungen der sozialräumlichen Gliederung {job.city_name}", "de"),
                "dct:description": _said(
                    f"Alle Fortschreibungen der sozialräumlichen Gliederung {job.city_name}: jede mit allen "
                    "Stichtagen, neu bei neuen Daten, berichtigten Daten oder einem neuen Zuschnitt.",
                    "de",
                ),
                **whom,
            },
        ],
    }


def _reached_at(contact: str) -> dict[str, Any]:
    """Return how the contact of a city is reached, as vCard says it."""
    email, site = reached_at(contact)
    if email:
        return {"vcard:hasEmail": {"@id": f"mailto:{quote(email, safe='@.+')}"}}
    return {"vcard:hasURL": {"@id": quote(site, safe=_IN_IRI)}} if site else {}


def _title(name: str, label: str) -> str:
    """Return what people call a file."""
    path = Path(name)
    holds = _HOLDS[path.parent.name]
    words = holds[path.suffix] if not isinstance(holds, str) else holds.format(name=path.name.partition(".")[0])
    return f"{words} ({label})"


def _distribution(job: ReleaseJob, name: str, path: Path, licence: dict[str, str]) -> dict[str, Any]:
    media, label = MEDIA[path.suffix]
    return {
        "@type": "dcat:Distribution",
        "dct:title": _said(_title(name, label), "de"),
        "dcat:accessURL": {"@id": name},
        "dcat:downloadURL": {"@id": name},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(path.stat().st_size)},
        "dct:license": licence,
        "dcatde:licenseAttributionByText": _said(job.attribution, "de"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": f"{_SPDX}checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": sha256_of(path)},
        },
    }


def _said(text: str, language: str) -> dict[str, str]:
    return {"@language": language, "@value": text}
