"""What of this program is optional: which extra of the package brings which library, and the words when one is missing.

Whoever reads releases needs DuckDB alone; whoever makes them without a server needs no Prefect. So a library is
imported where it is needed, and where it is missing the user reads which extra brings it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType

from flows.base.errors import ConfigError

LIBRARIES: Mapping[str, str] = MappingProxyType({
    "cryptography": "core", "duckdb_extension_spatial": "core", "duckdb_extensions": "core", "highspy": "core",
    "jinja2": "core", "markupsafe": "core", "numpy": "core", "pydantic": "core", "python_calamine": "core",
    "requests": "core", "scipy": "core", "sqlglot": "core", "xlsxwriter": "core",
    "great_expectations": "checks", "pandas": "checks",
    "prefect": "prefect", "sqlalchemy": "prefect", "httpx": "prefect",
    "fsspec": "s3", "s3fs": "s3", "botocore": "s3",
    "dask": "dask", "distributed": "dask", "prefect_dask": "dask",
})  # fmt: skip
"""Library, as it is imported -> the extra in pyproject.toml that brings it."""


def missing(library: str) -> ConfigError:
    """Return the failure of a command that needs a library which is not installed."""
    extra = LIBRARIES[library]
    return ConfigError(
        f"This command needs {library}, which is not installed: it comes with the extra `{extra}` "
        f"(pip install 'fortschreibung[{extra}]'; `make setup` installs all that a refresh needs).",
        code="FS-CONFIG-08",
    )


def need(*libraries: str) -> None:
    """Stop before anything is begun when one of these libraries is not installed.

    Raises:
        ConfigError: names the extra that brings it.
    """
    for library in libraries:
        if find_spec(library) is None:
            raise missing(library)
