"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from flows import __version__
from flows.base.resources import resource

ROOT = Path(__file__).resolve().parents[2]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


PACKAGE_INDEX = re.compile(
    r"(?:index|links|registry|repository)[-_]?(?:url)?[\"']?\s*[=:\s]\s*[\"']?(?:https?|file)://"  # an option
    r"|(?:https?|file)://\S*/simple(?:/|\b)"  # the address of an index as packaging tools use it
    r"|(?:https?|file)://\S+\.(?:whl|tar\.gz)\b"  # the address of one package
)


def test_no_file_names_a_package_index() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if PACKAGE_INDEX.search(path.read_text("utf-8", errors="ignore"))
    ]

    assert guilty == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("--index-" + "url https://packages.example/root", True),
        ("[[tool.uv.index]]\nurl = 'https://packages.example/pool/" + "simple/'", True),
        ('registry = "' + 'https://packages.example/"', True),
        ("six @ https://packages.example/six-1.0" + ".whl", True),
        ("url = 'https://stadt.example/einwohner.csv'", False),
        ("see https://duckdb.org/docs/", False),
    ],
)
def test_a_package_index_is_recognised_by_its_shape(text: str, found: bool) -> None:
    assert bool(PACKAGE_INDEX.search(text)) is found


def test_the_version_stands_the_same_in_code_and_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == __version__


def test_no_code_mentions_a_city() -> None:
    """Cities are data; only the maker of the synthetic city and the command that serves it know a name."""
    knowing = {ROOT / "flows" / "app" / "commands" / "preparing.py", *(ROOT / "flows" / "musterstadt").glob("*.py")}
    guilty = [
        path.relative_to(ROOT)
        for folder in ("flows", "sql")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".py", ".sql")
        and path not in knowing
        and re.search(r"musterstadt|(?<!europe/)berlin|d(ü|ue)sseldorf", path.read_text("utf-8"), re.IGNORECASE)
    ]

    assert guilty == []


def test_no_value_is_bound_to_a_statement() -> None:
    """DuckDB imports pandas for the first one, which costs a command a second; only SQLite takes them here."""
    sqlite = ROOT / "flows" / "export" / "geopackage.py"
    binding = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "flows").rglob("*.py")
        if path != sqlite
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("execute", "executemany") and len(call.args) > 1
    ]  # fmt: skip

    assert binding == []


def test_cities_hold_data_only() -> None:
    own_checks = set(resource("cities").glob("*/checks/*"))
    files = {path for path in resource("cities").rglob("*") if path.is_file()}

    schemas = set(resource("cities").glob("schema/*.schema.json"))  # of the profiles, for editors
    assert {path.suffix for path in files - own_checks - schemas} == {".toml"}
    assert {path.suffix for path in own_checks} <= {".sql", ".json"}


@pytest.mark.parametrize(
    "folder", ["stage", "space", "transform", "check", "protect", "wide", "index", "compare", "read"]
)
def test_every_sql_file_says_first_what_a_row_is(folder: str) -> None:
    silent = [
        path.name
        for path in resource(f"sql/{folder}").glob("*.sql")
        if not path.read_text("utf-8").startswith("-- One row")
    ]

    assert silent == []


def test_no_file_of_transform_only_gives_a_table_of_the_catalogue_another_name() -> None:
    copy = re.compile(r"SELECT\s+\w+(\s*,\s*\w+)*\s+FROM\s+katalog\.\w+\s*;?")
    texts = {path.stem: re.sub(r"--.*", "", path.read_text("utf-8")) for path in (ROOT / "sql/transform").glob("*.sql")}
    assert [name for name, text in texts.items() if copy.fullmatch(text.strip())] == []


def test_docs_link_only_to_what_is_there() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


OLD_WORDS = {
    r"errand": "pull context",
    r"\bTrial\b": "attempt log",
    r"\bforeseen\b": "what it handles",
    r"\bmanners\b": "rate limits",
    r"HeldCity|held_city": "workspace",
    r"asked_apart": "subprocess reader",
    r"way_picture": "lineage picture",
    r"plain_(?:lines?|file)": "the name of what is read",
    r"\b(?:is|are|was|were|be|been) told\b": "is reported, is published, is shown",
    r"\brows? a (?:person|unit|figure|base unit|line|column|Stichtag)\b": "one row per",
    r"address that is none|(?:that|which) (?:is|are) none\b": "invalid",
    r"Skipped are what": "skipped are tests that",
    r"\b(?:goes?|went) before (?:it|that|them|all)\b": "takes precedence",
    r"What is plain is read": "what is read in one pass",
    r"\bspeaks? of\b": "names, is about",
    r"\bheld (?:to|against)\b": "compared with, kept to",
}
"""Words of earlier versions -> what is said instead; a newcomer searches for the latter."""

ALIASES = {
    r"\bmanners\b": {
        "flows/profile/source.py", "flows/profile/load.py", "docs/sources.md", "tests/pull/test_connectors.py",
    }
}  # fmt: skip
"""Old keys of a profile that are still understood for one version, and where that is said."""


@pytest.mark.parametrize("old", OLD_WORDS)
def test_code_and_docs_use_the_words_that_one_searches_for(old: str) -> None:
    itself = str(Path(__file__).relative_to(ROOT))
    searched = [
        (str(path.relative_to(ROOT)), path)
        for path in tracked_files()
        if path.suffix in (".py", ".sql", ".md", ".toml", ".json", ".html", ".yml", ".yaml")
        and path.name not in (Path(itself).name, "CHANGELOG.md")
    ]
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, path in searched
        if name not in ALIASES.get(old, ())
        for number, line in enumerate(path.read_text("utf-8", errors="ignore").splitlines(), start=1)
        if re.search(old, line)
    ]

    assert not found, "\n".join([f"say instead: {OLD_WORDS[old]}", *found])
