"""The office with a release that the tests of refresh make once."""

from tests.refresh.conftest import one_release, small_extracts, warm_prefect

__all__ = ["one_release", "small_extracts", "warm_prefect"]
