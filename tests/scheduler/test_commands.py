"""Every command: its help, its JSON lines, its refusals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.issuers import ISSUERS
from crawler.source import crawled_sources
from tests.scheduler.commands import ROOT, SAMPLES, numbers, type_command

VERBS = (
    "demo", "sources", "crawl", "ingest", "statements", "show", "differences", "status", "held", "runs",
    "coverage",
)  # fmt: skip
GROUP = (("db", "upgrade"), ("db", "info"))
EVERY = (*((verb,) for verb in VERBS), *GROUP)


def flat(text: str) -> str:
    """Text without the frames and breaks of a help page."""
    return " ".join(re.sub(r"[─│╭╮╰╯]", " ", text).split())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a joint communique's translation, a withdrawn release, a column; only to read."""
    folder = tmp_path_factory.mktemp("commands") / "data"
    for page, url in (
        ("mexidata/joint-communique-html/page.html", "http://mexidata.info/id4418.html"),
        ("mexidata/column/page.html", "http://mexidata.info/id4419.html"),
    ):
        assert type_command("ingest", SAMPLES / page, "--url", url, "--data", folder).code == 0
    assert type_command("ingest", SAMPLES / "uk_fcdo" / "withdrawn" / "page.json", "--data", folder).code == 0
    return folder


@pytest.mark.parametrize("verb", EVERY)
def test_every_command_has_help_with_an_example_and_its_exit_codes(verb: tuple[str, ...]) -> None:
    shown = type_command(*verb, "--help")
    assert shown.code == 0
    text = flat(shown.out)
    assert f"Example communique {' '.join(verb)}" in text
    assert "Exit codes 0 " in text
    assert "2 wrong usage" in text
    for option in ("--json", "--data"):
        assert option in text


@pytest.mark.parametrize("verb", EVERY)
def test_the_first_sentence_of_a_help_stands_in_the_list(verb: tuple[str, ...]) -> None:
    own = type_command(*verb, "--help")
    listed = type_command(*verb[:-1], "--help")
    assert verb[-1] in flat(listed.out)
    assert own.out != listed.out


def test_help_appears_at_once_because_nothing_heavy_is_imported() -> None:
    script = (
        "import sys; from scheduler.cli import app; from typer.main import get_command; get_command(app)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"scrapy", "twisted", "sqlalchemy", "trafilatura", "py3langid", "lxml", "apscheduler"}


@pytest.mark.parametrize(
    "words",
    [
        ("sources",),
        ("statements",),
        ("status",),
        ("held",),
        ("runs",),
        ("db", "info"),
        ("db", "upgrade"),
        ("show", "http://mexidata.info/id4418.html"),
    ],
)
def test_json_is_json_lines_and_nothing_else(data: Path, words: tuple[str, ...]) -> None:
    shown = type_command(*words, "--json", "--data", data)
    assert shown.code == 0, shown.err
    assert all(isinstance(line, dict) for line in shown.lines)
    assert shown.lines or words[0] == "held"


@pytest.mark.parametrize(
    "words", [("sources",), ("statements",), ("status",), ("held",), ("runs",), ("db", "info")]
)
def test_options_may_stand_before_the_verb(data: Path, words: tuple[str, ...]) -> None:
    before = type_command("--json", "--data", data, *words)
    after = type_command(*words, "--json", "--data", data)
    assert before.code == after.code == 0
    now = {"next_due"}
    assert [{k: v for k, v in line.items() if k not in now} for line in before.lines] == [
        {k: v for k, v in line.items() if k not in now} for line in after.lines
    ]


def test_what_stands_after_the_verb_goes_first_then_what_stands_before_then_the_environment(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_DATA", str(tmp_path / "environment"))
    assert f"{tmp_path}/environment" in type_command("statements").err
    assert f"{tmp_path}/before" in type_command("--data", tmp_path / "before", "statements").err
    shown = type_command("--data", tmp_path / "before", "statements", "--json", "--data", data)
    assert len(shown.lines) == 2


def test_another_database_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/elsewhere.db"
    page = SAMPLES / "uk_fcdo" / "speech" / "page.json"
    data = tmp_path / "data"
    assert type_command("ingest", page, "--data", data, "--database", url).code == 0
    assert len(type_command("statements", "--json", "--data", data, "--database", url).lines) == 1
    assert not (data / "communique.db").exists()
    monkeypatch.setenv("COMMUNIQUE_DATABASE", url)
    assert len(type_command("statements", "--json", "--data", data).lines) == 1


def test_a_statement_has_the_fields_that_were_promised(data: Path) -> None:
    lines = type_command("statements", "--json", "--data", data).lines
    assert [line["said_on"] for line in lines] == sorted((line["said_on"] for line in lines), reverse=True)
    for line in lines:
        names = ["id", "title", "kind", "said_on", "issuers", "languages", "releases", "changed_at"]
        assert list(line) == names
        for release in line["releases"]:
            assert set(release) >= {
                *(
                    "id",
                    "source",
                    "url",
                    "language",
                    "kind",
                    "role",
                    "title",
                    "said_on",
                    "posted_on",
                    "issuers",
                ),
                *("folio", "body", "captured_at"),
            }


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ((), 2),
        (("--issuer", "mx.segob"), 1),
        (("--issuer", "us.state"), 0),
        (("--source", "uk_fcdo"), 1),
        (("--language", "en"), 2),
        (("--language", "es"), 0),
        (("--since", "2017-03-09", "--until", "2017-03-09"), 1),
        (("--until", "1990-01-01"), 0),
        (("--limit", "1"), 1),
    ],
)
def test_statements_can_be_narrowed(data: Path, options: tuple[str, ...], number: int) -> None:
    shown = type_command("statements", "--json", "--data", data, *options)
    assert shown.code == 0
    assert len(shown.lines) == number


def test_a_person_sees_a_table_of_statements(data: Path) -> None:
    shown = type_command("statements", "--data", data)
    assert "2017-03-09" in shown.out
    assert "mx.segob" in shown.out
    assert "1 translation" in shown.out
    assert "2 statements" in shown.err


@pytest.mark.parametrize("what", ["statement", "release", "beginning", "address"])
def test_a_statement_is_shown_by_its_id_its_beginning_a_release_or_an_address(data: Path, what: str) -> None:
    (line,) = type_command("statements", "--json", "--data", data, "--issuer", "mx.sre").lines
    names = {
        "statement": line["id"],
        "release": line["releases"][0]["id"],
        "beginning": line["id"][:9],
        "address": "http://www.mexidata.info/id4418.htm#top",
    }
    shown = type_command("show", names[what], "--data", data)
    assert shown.code == 0, shown.err
    for words in (
        "A Timetable to Modernize the Border Crossings",
        "'March 9, 2017'",
        "unofficial translation",
        ".warc.gz at ",
        "by the editor, in square brackets",
        "and [on] their cost.",
    ):
        assert words in " ".join(shown.out.split())


@pytest.mark.parametrize("what", ["s00000000", "nonsense", "s%", "http://mexidata.info/id9999.html"])
def test_what_nothing_bears_is_refused_with_what_to_do(data: Path, what: str) -> None:
    shown = type_command("show", what, "--data", data)
    assert shown.code == 1
    assert not shown.out
    assert "communique " in shown.err


@pytest.mark.parametrize("verb", ["statements", "status", "held", "runs"])
def test_without_a_database_there_is_a_message_and_no_database_is_made(verb: str, tmp_path: Path) -> None:
    shown = type_command(verb, "--data", tmp_path)
    assert shown.code == 1
    assert "communique crawl" in shown.err
    assert list(tmp_path.iterdir()) == []


def test_sources_need_no_database(tmp_path: Path) -> None:
    shown = type_command("sources", "--json", "--data", tmp_path)
    assert [line["name"] for line in shown.lines] == list(crawled_sources())
    assert {line["last_run"] for line in shown.lines} == {None}
    assert list(tmp_path.iterdir()) == []
    table = type_command("sources", "--data", tmp_path).out
    assert [name for name in crawled_sources() if name not in table] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("crawl", "mx_sr"), "no source 'mx_sr'. Did you mean mx_sre"),
        (("crawl",), "expected names of sources or --all, found none. There are: "),
        (("crawl", "mx_sre", "--all"), "found both"),
        (("crawl", "saved"), "no source 'saved'"),
        (("crawl", "mx_sre", "--since", "23/2/2017"), "a day as YYYY-MM-DD, found '23/2/2017'"),
        (("crawl", "mx_sre", "--since", "2017-02-23", "--until", "2017-02-22"), "on or before --until"),
        (("crawl", "mx_sre", "--limit", "0"), "--limit"),
        (("statements", "--issuer", "mx.sr"), "no issuer 'mx.sr'. Did you mean mx.sre"),
        (("statements", "--source", "mx"), "no source 'mx'. There are: "),
        (("held", "--source", "mx"), "no source 'mx'. There are: "),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_usage_is_named_and_ends_with_2(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    shown = type_command("--data", tmp_path, *words)
    assert shown.code == 2
    assert not shown.out
    assert message in flat(shown.err)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_variable_of_the_environment_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_CONNECT_TO", "nonsense")
    shown = type_command("status", "--data", tmp_path)
    assert shown.code == 2
    assert "COMMUNIQUE_CONNECT_TO" in shown.err


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://localhost/x", "Communique works with SQLite and PostgreSQL"),
        ("nonsense", "The database URL cannot be read"),
        ("sqlite:////proc/nowhere/x.db", "cannot be"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_message(tmp_path: Path, url: str, message: str) -> None:
    shown = type_command("db", "upgrade", "--data", tmp_path, "--database", url)
    assert shown.code == 1
    assert message in flat(shown.err)


def test_the_database_is_made_upgraded_and_described(tmp_path: Path) -> None:
    (before,) = type_command("db", "info", "--json", "--data", tmp_path).lines
    assert before["revision"] is None
    (made,) = type_command("db", "upgrade", "--json", "--data", tmp_path).lines
    assert made["before"] is None
    (after,) = type_command("db", "info", "--json", "--data", tmp_path).lines
    assert after["revision"] == after["head"] == made["after"]
    assert after["counts"]["releases"] == 0
    again = type_command("db", "upgrade", "--data", tmp_path)
    assert "already" in again.err


def test_status_counts_addresses_by_state(data: Path) -> None:
    lines = type_command("status", "--json", "--data", data).lines
    by_source = {line["source"]: line for line in lines if "source" in line}
    assert by_source["mexidata"]["addresses"]["stored"] == 1
    assert by_source["mexidata"]["addresses"]["skipped"] == 1
    assert by_source["uk_fcdo"]["last_run"]["started_by"] == "ingest"
    assert lines[-1]["totals"]["releases"] == 2
    shown = type_command("status", "--data", data)
    assert "2 statements of 2 releases" in shown.err


def test_the_console_command_ends_with_the_verbs_exit_code(tmp_path: Path) -> None:
    script = "from scheduler.cli import main; main()"
    command = [sys.executable, "-c", script, "show", "s0000", "--data", str(tmp_path), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    listed = subprocess.run(
        [sys.executable, "-c", script, "sources", "--json", "--data", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)["name"] for line in listed.stdout.splitlines()] == list(crawled_sources())


def test_the_database_knows_the_names_of_issuers(data: Path) -> None:
    assert numbers(data, "issuers") == len(ISSUERS)


def test_a_reader_that_goes_away_gets_no_noise(data: Path) -> None:
    script = "from scheduler.cli import main; main()"
    command = [sys.executable, "-c", script, "statements", "--json", "--data", str(data)]
    listing = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.close()
    assert listing.stderr.read() == ""
    listing.stderr.close()
    assert listing.wait() == 1
