"""One module per kind of source: a file behind an address, a portal, a GENESIS service, a WFS, a folder.

A new kind is one module here that ends with its `CONNECTOR`, one line in `CONNECTORS`, and what it needs in
sources.toml in flows/profile/access.py. Nothing else knows connectors by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flows.profile.source import Source
from flows.pull.connectors import ckan, drop_folder, http_file, wfs
from flows.pull.connectors.genesis import table
from flows.pull.context import Connector

CONNECTORS: Mapping[str, Connector] = MappingProxyType(
    {
        "http_file": http_file.CONNECTOR,
        "ckan": ckan.CONNECTOR,
        "genesis": table.CONNECTOR,
        "wfs": wfs.CONNECTOR,
        "drop_folder": drop_folder.CONNECTOR,
    }
)


def connector_of(source: Source) -> Connector:
    """Return what fetches the source's files."""
    return CONNECTORS[source.connector]
