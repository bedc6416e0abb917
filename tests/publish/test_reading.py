"""A quick look: where a release lies, how to attach it, and what a query says of it; never a way to change it."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.base.errors import ConfigError
from flows.base.home import home_at
from flows.publish.release_decisions import rollback
from flows.release.reading import answer_to, attach_statement, release_to_read

CITY = "kleinstadt"
COMMAND = Path(sys.executable).with_name("fortschreibung")


@pytest.fixture(scope="module")
def two_releases(homes):
    """A home with 2024.1 and 2024.2; read only."""
    return home_at(homes(1200, 1250))


def said(home, *arguments):
    return subprocess.run([COMMAND, *arguments, "--home", home.root], capture_output=True, text=True, check=False)


def test_open_prints_a_line_that_attaches_the_latest_release(two_releases):
    done = said(two_releases, "open", CITY)
    line, path = done.stdout.splitlines()
    assert path == str(two_releases.releases / CITY / "2024.2")
    with duckdb.connect() as con:
        con.execute(line)
        assert con.execute("SELECT version FROM kleinstadt._release").fetchall() == [("2024.2",)]


@pytest.mark.parametrize("rows", [10, 20_000])
def test_a_reader_that_has_seen_enough_ends_a_command_without_a_word(two_releases, rows):
    """As `| head` does, before a long answer is written or after a short one."""
    ask = ["query", CITY, f"SELECT i, repeat('x', 80) AS text FROM range({rows}) AS t(i)", "--json"]
    with subprocess.Popen(
        [COMMAND, *ask, "--home", two_releases.root], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as done:
        done.stdout.close()
        assert done.stderr.read() == ""
    assert done.returncode == 0


def test_an_attach_line_holds_even_where_a_folder_has_an_apostrophe(home, one_published, tmp_path):
    home = home_at(home.root.rename(tmp_path / "it's here"))
    with duckdb.connect() as con:
        con.execute(attach_statement(release_to_read(home, CITY)))
        assert con.execute("SELECT count(*) FROM kleinstadt.stadt").fetchone() == (1,)


def test_open_names_an_older_release_and_says_which_there_are(two_releases):
    assert "2024.1/fortschreibung.duckdb" in said(two_releases, "open", CITY, "2024.1").stdout
    done = said(two_releases, "open", CITY, "2019.1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "There are: 2024.1, 2024.2." in done.stderr


def test_a_city_without_releases_and_a_lost_file_are_said(two_releases, home, one_published):
    with pytest.raises(ConfigError, match="no release of atlantis"):
        release_to_read(two_releases, "atlantis")
    one_published.rename(one_published.with_name("elsewhere"))
    with pytest.raises(ConfigError, match="is not there"):
        release_to_read(home, CITY)


def test_query_shows_a_table_with_numbers_to_the_right(two_releases):
    sql = """
        SELECT raum_id, wert, methode IS NULL AS leer FROM wert
        WHERE indikator_id = 'einwohner' AND raumebene = 'stadtteil' AND year(stichtag) = 2024 ORDER BY 1
    """
    done = said(two_releases, "query", CITY, sql)
    assert done.stdout.splitlines() == [
        "raum_id    wert  leer",
        "-------  ------  -----",
        "011      2150.0  False",
        "012       500.0  False",
        "(2 rows)",
    ]


def test_query_asks_the_version_that_is_named(two_releases):
    done = said(two_releases, "query", CITY, "SELECT version FROM _release", "--version", "2024.1", "--json")
    assert json.loads(done.stdout) == [{"version": "2024.1"}]


def test_query_answers_in_json_whatever_the_type(two_releases):
    sql = """
        SELECT DATE '2024-12-31' AS tag, 1.5::DECIMAL(4, 2) AS betrag, 'ü' AS wort, NULL AS leer,
            'nan'::DOUBLE AS keine, '\\xAB'::BLOB AS bytes, [1, 2] AS liste, {'a': DATE '2020-01-01'} AS satz
    """
    done = said(two_releases, "query", CITY, sql, "--json")
    assert json.loads(done.stdout) == [
        {"tag": "2024-12-31", "betrag": 1.5, "wort": "ü", "leer": None, "keine": None, "bytes": "ab",
         "liste": [1, 2], "satz": {"a": "2020-01-01"}}
    ]  # fmt: skip


def test_a_long_answer_is_cut_for_people_and_says_so(two_releases):
    database = release_to_read(two_releases, CITY).database
    told = answer_to(database, "SELECT unnest(range(1000)) AS zahl").table.splitlines()
    assert len(told) == 2 + 200 + 1
    assert told[-1] == "(1000 rows, the first 200 are shown (--json gives all))"


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT einwohnr FROM sozialraum_jahr", '"einwohner"'),
        ("FROM nirgends", "does not exist"),
        ("DELETE FROM wert", "read-only"),
        ("CREATE TABLE mine (a INTEGER)", "read-only"),
        ("COPY wert TO 'out.csv'", "disabled"),
        ("FROM read_csv('/etc/passwd')", "disabled"),
        ("SET enable_external_access = true", "configuration has been locked"),
        ("", "Expected a query that returns rows"),
    ],
)
def test_what_cannot_be_answered_is_a_message_and_exit_code_2(two_releases, tmp_path, sql, words):
    done = subprocess.run(
        [COMMAND, "query", CITY, sql, "--home", two_releases.root],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_rollback_moves_latest_back_and_says_who_and_why(city, home, two_published):
    assert said(home, "rollback", CITY, "2024.1").returncode == 2, "a reason is asked for"
    done = said(home, "rollback", CITY, "2024.1", "--why", "wrong register", "--json")
    assert json.loads(done.stdout)["why"] == "wrong register"
    assert release_to_read(home, CITY).version == "2024.1"


def test_rollback_to_nowhere_is_wrong_use(city, home, one_published):
    with pytest.raises(ConfigError, match=r"There are: 2024\.1"):
        rollback(home, CITY, "2030.1", why="x")


def test_the_commands_that_read_start_light(two_releases):
    for arguments in (["open", CITY], ["query", CITY, "SELECT 1 AS eins"]):
        code = (
            "import sys, time; from flows.app.cli import app; "
            "app(sys.argv[1:], result_action='return_value'); "
            "assert not {'prefect', 'great_expectations', 'pandas', 'pydantic'} & set(sys.modules); "
            "print(time.process_time())"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments, "--home", two_releases.root],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert float(done.stdout.split()[-1]) < 1.0
