"""What tools and search engines read of a release: Frictionless and schema.org."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.base.files import sha256_of
from flows.export.open_formats import csv_columns
from flows.release.job import ReleaseJob
from flows.release.table_contract import Column, IndikatorColumn, Table

_FRICTIONLESS = {
    "VARCHAR": "string",
    "DOUBLE": "number",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "datetime",
}
MEDIA = {
    ".duckdb": ("application/vnd.duckdb", "DuckDB"),
    ".csv": ("text/csv", "CSV"),
    ".gz": ("application/gzip", "CSV, gzip"),
    ".zip": ("application/zip", "CSV, zip"),
    ".parquet": ("application/vnd.apache.parquet", "Parquet"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    ".gpkg": ("application/geopackage+sqlite3", "GeoPackage"),
}

_EMAIL = re.compile(r"[^\s@<>()\[\],;:/\"'][^\s@<>()\[\],;:/\"]*@[\w-]+(?:\.[\w-]+)*")
_SITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#][^\s<>\"]*)?")
_NOT_OF_SITE = ".,;:!)]'"  # what ends a sentence about one


def title(job: ReleaseJob, version: str, language: str) -> str:
    """Return the title of a release, which says so when the city is synthetic."""
    made_up = {"de": " (synthetische Daten)", "en": " (synthetic data)"}[language] if job.synthetic else ""
    words = {"de": "Sozialräumliche Gliederung", "en": "Sozialraum tables"}[language]
    return f"{words} {job.city_name}, Fortschreibung {version}{made_up}"


def reached_at(contact: str) -> tuple[str | None, str | None]:
    """Return the mail address in the words of a contact, else the site in them; neither where they have none."""
    if found := _EMAIL.search(contact):
        return found[0], None
    found = _SITE.search(contact)
    site = found[0].rstrip(_NOT_OF_SITE) if found else None
    return None, site if site is None or "://" in site else f"https://{site}"


@dataclass(frozen=True)
class _CsvForm:
    """One of the two ways in which a release writes its tables as CSV, as Frictionless describes it."""

    folder: str
    suffix: str  # of the resource's name
    encoding: str
    delimiter: str
    by_type: Mapping[str, Mapping[str, Any]]
    packed: str  # suffix of the file that holds a long table
    compression: str
    for_excel: bool = False


_CSV_FORMS = (
    _CsvForm("csv", "", "utf-8", ",", {}, ".csv.gz", "gz"),
    _CsvForm(
        "csv_excel",
        "-excel",
        "utf-8-sig",
        ";",
        {
            "DOUBLE": {"decimalChar": ","},
            "DATE": {"format": "%d.%m.%Y"},
            "BOOLEAN": {"trueValues": ["WAHR"], "falseValues": ["FALSCH"]},
        },
        ".zip",
        "zip",
        for_excel=True,
    ),
)


def data_package(job: ReleaseJob, version: str, tables: Sequence[Table], folder: Path) -> dict[str, Any]:
    """Return the Frictionless descriptor of the CSV files in `folder`, in both forms."""
    exported = {table.name for table in tables}
    return {
        "name": f"fortschreibung-{job.city_id}".replace("_", "-"),
        "version": version,
        "title": title(job, version, "de"),
        "description": title(job, version, "en"),
        "licenses": [{"title": job.licence, **_licence(job)}],
        "contributors": [{"title": job.publisher, "role": "publisher"}],
        "sources": [{"title": job.attribution}],
        "resources": [
            _resource(table, form, folder, exported)
            for form in _CSV_FORMS
            for table in tables
            if table.excel or not form.for_excel
        ],
    }


def _licence(job: ReleaseJob) -> dict[str, str]:
    """Return where the licence is read or, as Frictionless wants one of them, its name in the signs of one."""
    if job.licence_url:
        return {"path": job.licence_url}
    return {"name": re.sub(r"[^A-Za-z0-9._]+", "-", job.licence).strip("-") or "licence"}


def _resource(table: Table, form: _CsvForm, folder: Path, exported: set[str]) -> dict[str, Any]:
    path = folder / form.folder / f"{table.name}{form.packed if table.packed else '.csv'}"
    references = [
        {"fields": [column], "reference": {"resource": target.replace("_", "-") + form.suffix, "fields": [column]}}
        for column, target in table.references.items()
        if target in exported
    ]
    key = [column for column in table.columns if column.key]
    unique = {"primaryKey": [column.name for column in key]} if all(column.required for column in key) else {}
    return {
        "name": (table.name.replace("_", "-") if table.content else f"meta-{table.name[1:]}") + form.suffix,
        "title": table.description_de,
        "description": table.description_en,
        "path": f"{form.folder}/{path.name}",
        "format": "csv",
        "mediatype": "text/csv",
        **({"compression": form.compression} if table.packed else {}),
        "encoding": form.encoding,
        "dialect": {"delimiter": form.delimiter, "header": True},
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
        "schema": {
            "fields": [_field(column, form) for column in csv_columns(table)],
            **unique,
            "foreignKeys": references,
            "missingValues": [""],
        },
    }


def _field(column: Column, form: _CsvForm) -> dict[str, Any]:
    described = {
        "name": column.name,
        "type": _FRICTIONLESS[column.type],
        **form.by_type.get(column.type, {}),
        "title": column.label_de,
        "description": column.comment,
        "constraints": {"required": column.required},
    }
    return {**described, "unit": column.unit} if column.unit else described


def schema_org(
    job: ReleaseJob, version: str, first_day: dt.date, indikatoren: Sequence[IndikatorColumn], files: Sequence[str]
) -> dict[str, Any]:
    """Return the description of a release for search engines; `files` are its data files by relative path.

    It names no time of making, so that the page it stands in is the same whenever it is made.
    """
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title(job, version, "de"),
        "alternateName": title(job, version, "en"),
        "description": (
            f"Kleinräumige Indikatoren für die Sozialräume von {job.city_name} und die Raumebenen darüber: "
            f"{len(indikatoren)} Indikatoren, Stichtage {first_day.isoformat()} bis {job.stichtag_max.isoformat()}, "
            f"Zuschnitt {job.zuschnitt}." + (" Synthetische Daten." if job.synthetic else "")
        ),
        "identifier": f"{job.city_id}/{version}",
        "version": version,
        "inLanguage": "de",
        "isAccessibleForFree": True,
        "license": job.licence_url or job.licence,
        "creditText": job.attribution,
        "publisher": {"@type": "Organization", "name": job.publisher, **_contact(job.contact)},
        "temporalCoverage": f"{first_day.isoformat()}/{job.stichtag_max.isoformat()}",
        "spatialCoverage": {"@type": "Place", "name": job.city_name},
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "propertyID": each.name,
                "name": each.label_de,
                "alternateName": each.label_en,
                "description": each.description_de,
                "unitText": each.unit,
            }
            for each in indikatoren
        ],
        "distribution": [
            {"@type": "DataDownload", "contentUrl": name, "encodingFormat": MEDIA[Path(name).suffix][0]}
            for name in files
        ],
    }


def _contact(words: str) -> dict[str, Any]:
    """Return how the contact of a city is reached, as schema.org says it."""
    email, site = reached_at(words)
    if email:
        return {"email": email}
    return {"contactPoint": {"@type": "ContactPoint", "url": site}} if site else {}


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write `content` to `path` as indented UTF-8."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
