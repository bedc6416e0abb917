"""A reader in a process of its own: whatever becomes of it, the process that asked gets an answer."""

import subprocess

import pytest

from flows.stage.read import subprocess_reader
from tests.forked import READERS


@pytest.fixture(autouse=True)
def _by_themselves(monkeypatch) -> None:
    monkeypatch.setattr(subprocess_reader, "subprocess", subprocess)


@pytest.mark.parametrize(
    "end", ["import os; os.abort()", "import sys; sys.exit(0)", "raise ValueError", "print('[1,')"]
)
def test_a_reader_that_ends_without_an_answer_has_met_a_damaged_file(end: str) -> None:
    told = subprocess_reader.read_in_subprocess("timeit", "-n1", "-r1", end)
    assert told == {"problem": "the file is damaged (it ended the process that read it)"}


def test_a_reader_that_does_not_end_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(subprocess_reader, "PATIENCE", 1)
    told = subprocess_reader.read_in_subprocess("timeit", "-n1", "-r1", "import time; time.sleep(60)")
    assert told == {"problem": "the file is damaged (reading it did not end within 1 seconds)"}


def test_a_reader_that_asks_for_more_memory_than_a_file_can_need_says_so() -> None:
    setup = "import os, sys; from flows.stage.read.subprocess_reader import answer"
    asks = "answer(lambda _: {'texts': bytearray(1 << 40)}); sys.stdout.flush(); os._exit(0)"
    assert subprocess_reader.read_in_subprocess("timeit", "-n1", "-r1", "-s", setup, asks) == {"problem": "MemoryError"}


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_starts_by_itself_and_answers(tmp_path, reader: str) -> None:
    more = {"gdal": ["gpkg", "EPSG:25832", "", ""], "workbook": [","]}.get(reader.rpartition(".")[2], [])
    told = subprocess_reader.read_in_subprocess(reader, str(tmp_path / "none"), *more)
    assert told.keys() <= {"problem", "layers"}
    assert "it ended the process that read it" not in told.get("problem", "")
