"""The environment, and settings that nothing may loosen unnoticed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.settings import EnvironmentError_, read_environment, writer_from
from tests.crawler.crawling import ROOT
from tests.crawler.server import Answer, Web, serving


def test_an_empty_environment_gives_defaults() -> None:
    environment = read_environment({})
    assert environment.data.name == "communique"
    assert (environment.database, environment.contact, environment.connect_to) == ("", "", "")
    assert environment.connect_delay is None


def test_everything_can_be_set() -> None:
    environment = read_environment(
        {
            "COMMUNIQUE_DATA": "/srv/press",
            "COMMUNIQUE_DATABASE": "postgresql+psycopg://host/press",
            "COMMUNIQUE_CONTACT": " archive@example.org ",
            "COMMUNIQUE_CONNECT_TO": "www.gob.mx:443=127.0.0.1:40001",
            "COMMUNIQUE_CONNECT_DELAY": "0",
            "COMMUNIQUE_WARC_MIB": "256",
            "COMMUNIQUE_UNASKED_PAUSE": "30",
            "COMMUNIQUE_REVISITS": "7",
            "COMMUNIQUE_WRITER_FROM": "0",
        }
    )
    assert environment.data == Path("/srv/press")
    assert environment.contact == "archive@example.org"
    assert environment.connect_delay == 0.0
    assert (environment.warc_mib, environment.unasked_pause) == (256.0, 30.0)
    assert (environment.revisits, environment.writer_from) == (7, 0)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("COMMUNIQUE_CONNECT_TO", "www.gob.mx", "expected host:port=address:port"),
        ("COMMUNIQUE_CONNECT_TO", "www.gob.mx:443=replica:1", "expected host:port=address:port"),
        ("COMMUNIQUE_CONNECT_DELAY", "quickly", "'quickly' is not a number of seconds"),
        ("COMMUNIQUE_CONNECT_DELAY", "-1", "not a number of seconds"),
        ("COMMUNIQUE_CONNECT_DELAY", "nan", "not a number of seconds"),
        ("COMMUNIQUE_WARC_MIB", "0", "'0' is not a number above 0"),
        ("COMMUNIQUE_REVISITS", "-3", "'-3' is not a number of pages"),
        ("COMMUNIQUE_WRITER_FROM", "many", "'many' is not a number of records"),
        ("COMMUNIQUE_CONTACT", "a@example.org\r\nX-Evil: 1", "printable ASCII"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, value: str, words: str) -> None:
    with pytest.raises(EnvironmentError_, match=words) as caught:
        read_environment({name: value})
    assert str(caught.value).startswith(name)


def test_a_crawl_writes_by_itself_where_its_reader_takes_the_only_other_processor() -> None:
    assert [writer_from(None, at_hand) for at_hand in (1, 2, 4)] == [0, 0, 50]
    # Whoever says something has it so.
    assert (writer_from(10, 2), writer_from(0, 8)) == (10, 0)


def test_defaults_are_polite_and_closed() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    for name in ("ROBOTSTXT_OBEY", "DOWNLOAD_VERIFY_CERTIFICATES"):
        assert settings.getbool(name), name
    for name in (
        "TELNETCONSOLE_ENABLED",
        "REMOTE_CONTROL_ENABLED",
        "HTTPPROXY_ENABLED",
        "COOKIES_ENABLED",
        "METAREFRESH_ENABLED",
    ):
        assert not settings.getbool(name), name
    # Read as a number: as a yes or no, half a second of jitter would count as none.
    assert settings.getfloat("DOWNLOAD_DELAY_JITTER") == 0
    assert settings.getfloat("DOWNLOAD_DELAY") >= 1
    assert settings.getint("DOWNLOAD_MAXSIZE") == 20 * 1024 * 1024
    assert settings.getint("DOWNLOAD_TIMEOUT") <= 30
    assert settings["USER_AGENT"].startswith("Communique/")


def scrapy(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_scrapy_lists_the_sources() -> None:
    done = scrapy("list")
    assert done.returncode == 0, done.stderr
    assert {"mx_sre", "mexidata", "us_state", "uk_fcdo", "ca_gac"} <= set(done.stdout.split())
    assert done.stderr == ""


@pytest.mark.parametrize(
    "words", [("fetch", "--nolog"), ("parse", "--spider=mexidata"), ("shell", "-c", "response.status")]
)
def test_looking_at_a_page_opens_no_run_and_keeps_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    web = Web({"/id9000.html": Answer(b"<html><p>A page.</p></html>")}, robots="")
    with serving(web):
        done = scrapy(
            *words,
            "http://mexidata.info/id9000.html",
            COMMUNIQUE_CONNECT_TO=web.mapping("mexidata.info"),
            COMMUNIQUE_DATA=str(tmp_path / "data"),
        )
    assert done.returncode == 0, done.stderr
    assert web.paths() == ["/id9000.html"]
    with closing(sqlite3.connect(tmp_path / "data" / "communique.db")) as database:
        for table in ("runs", "addresses", "captures"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # noqa: S608


def test_a_faulty_environment_is_told_in_one_line() -> None:
    done = scrapy("list", COMMUNIQUE_CONNECT_DELAY="quickly")
    assert done.returncode != 0
    assert (
        done.stderr.strip()
        .splitlines()[-1]
        .endswith("COMMUNIQUE_CONNECT_DELAY: 'quickly' is not a number of seconds, such as 0.5")
    )


def test_the_shell_opens_a_saved_page(tmp_path: Path) -> None:
    saved = tmp_path / "page.html"
    saved.write_text("<html><h1>Saved</h1></html>")
    done = scrapy(
        "shell", str(saved), "-c", "response.css('h1::text').get()", COMMUNIQUE_DATA=str(tmp_path / "data")
    )
    assert done.stdout.strip() == "Saved", done.stderr
