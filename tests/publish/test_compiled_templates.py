"""What Jinja compiles of a template is kept beside it, as Python keeps what it compiles of a module."""

import sys

import pytest
from jinja2 import Environment

from flows.pages.template import _environment, page_of


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """A folder of templates, in a process that may write bytecode beside them."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "greeting.j2").write_text("Hello, {{ name }}!", encoding="utf-8")
    return folder


@pytest.fixture
def compiled(monkeypatch):
    """The names of the templates that were compiled."""
    found, compiling = [], Environment.compile
    monkeypatch.setattr(
        Environment, "compile", lambda self, *source: (found.append(source[1]), compiling(self, *source))[1]
    )
    return found


def in_a_new_process(folder):
    """The greeting, by an environment that has loaded no template yet."""
    _environment.cache_clear()
    return page_of("greeting.j2", folder=folder, name="Anna")


def test_a_template_is_compiled_once_for_all_processes(templates, compiled):
    assert [in_a_new_process(templates) for _ in range(3)] == ["Hello, Anna!"] * 3
    assert compiled == ["greeting.j2"]


def test_a_changed_template_is_compiled_again(templates, compiled):
    in_a_new_process(templates)
    (templates / "greeting.j2").write_text("Good day, {{ name }}!", encoding="utf-8")
    assert in_a_new_process(templates) == "Good day, Anna!"
    assert compiled == ["greeting.j2"] * 2


@pytest.mark.parametrize("cut", [0, 10, 100, -1])
def test_code_that_was_cut_short_is_compiled_again(templates, compiled, cut):
    in_a_new_process(templates)
    (kept,) = (templates / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:cut])
    assert in_a_new_process(templates) == "Hello, Anna!"
    assert compiled == ["greeting.j2"] * 2


def test_where_nothing_can_be_kept_the_page_is_written_all_the_same(templates, compiled):
    (templates / "__pycache__").write_text("not a folder", encoding="utf-8")
    assert [in_a_new_process(templates) for _ in range(2)] == ["Hello, Anna!"] * 2
    assert compiled == ["greeting.j2"] * 2


def test_a_process_that_writes_no_bytecode_keeps_nothing(templates, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    in_a_new_process(templates)
    assert [path.name for path in templates.iterdir()] == ["greeting.j2"]
