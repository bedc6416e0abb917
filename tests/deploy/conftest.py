"""The office with a release that the tests of refresh make once, and a PostgreSQL."""

from tests.postgres import postgres
from tests.refresh.conftest import one_release, small_extracts, warm_prefect

__all__ = ["one_release", "postgres", "small_extracts", "warm_prefect"]
