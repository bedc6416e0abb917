"""A data folder in which databases cannot lie is refused before anything is done."""

from pathlib import Path

import pytest

from flows.base.errors import ConfigError
from flows.base.home import home_at


def of_bytes(folder: Path, length: int) -> Path:
    """Return a path below `folder` that has so many bytes."""
    while length - len(str(folder).encode()) > 100:
        folder /= 49 * "ä"
    return folder / ("x" * (length - len(str(folder).encode()) - 1))


def test_the_path_of_a_data_folder_has_three_hundred_bytes_at_most(tmp_path: Path) -> None:
    assert home_at(of_bytes(tmp_path, 300)).root.is_dir()
    with pytest.raises(ConfigError, match="a path of at most 300 bytes, found one of 301") as refused:
        home_at(of_bytes(tmp_path, 301))
    assert refused.value.code == "FS-CONFIG-09"
