"""Saved pages and WARC files through `communique ingest`."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.scheduler.commands import SAMPLES, SHARED, contents, numbers, type_command

SEED = SHARED / "seed" / "mexidata-id4410.txt"
SEED_URL = "http://mexidata.info/id4410.html"
OWN = SAMPLES / "mexidata" / "joint-communique-text" / "page.txt"
OWN_HTML = SAMPLES / "mexidata" / "joint-communique-html" / "page.html"
OWN_URL = "http://mexidata.info/id4418.html"

needs_seed = pytest.mark.skipif(not SEED.exists(), reason=f"{SEED} is not beside the checkout")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def releases(data: Path, *options: object) -> list[dict[str, Any]]:
    """Every release that `statements --json` shows."""
    lines = type_command("statements", "--json", "--data", data, *options).lines
    return [release for line in lines for release in line["releases"]]


@needs_seed
def test_the_seed_gives_what_stands_on_it(data: Path) -> None:
    taken = type_command("ingest", SEED, "--source", "mexidata", "--url", SEED_URL, "--data", data)
    assert taken.code == 0, taken.err
    (statement,) = type_command("statements", "--json", "--data", data).lines
    (release,) = statement["releases"]
    assert (
        statement["title"]
        == release["title"]
        == ("High Level Meeting between Mexico and the United States of America")
    )
    assert release["language"] == "en"
    assert release["said_on"] == statement["said_on"] == "2017-02-23"
    assert release["posted_on"] == "2017-02-27"
    assert release["issuers"] == statement["issuers"] == ["mx.sre", "mx.segob", "mx.shcp"]
    assert release["role"] == "translation"
    paragraphs = release["body"].split("\n\n")
    assert len(paragraphs) == 12
    assert paragraphs[0].startswith("Working groups of the Mexican")
    assert paragraphs[-1].endswith("in coming weeks.")
    assert "FAIR USE" not in release["body"]
    assert "Bookmark" not in release["body"]


@needs_seed
def test_the_seed_as_html_of_its_time_gives_the_same_record(data: Path, tmp_path: Path) -> None:
    blocks = [each.strip() for each in SEED.read_text().split("\n\n") if each.strip()]
    cells = "\n".join(f"<P>{textwrap.fill(each, 60).replace('&', '&amp;')}</P>" for each in blocks[1:])
    page = tmp_path / "id4410.html"
    page.write_text(
        f"<HTML><BODY><TABLE><TR><TD>{blocks[0]}</TD></TR><TR><TD>{cells}</TD></TR></TABLE></BODY></HTML>"
    )
    texts = type_command("ingest", SEED, "--source", "mexidata", "--url", SEED_URL, "--data", data)
    html = tmp_path / "html"
    pages = type_command("ingest", page, "--source", "mexidata", "--url", SEED_URL, "--data", html)
    assert texts.code == pages.code == 0
    (of_text,), (of_html,) = releases(data), releases(html)
    passing = {"captured_at", "capture"}
    assert {k: v for k, v in of_text.items() if k not in passing} == {
        k: v for k, v in of_html.items() if k not in passing
    }


def test_a_mirrors_monday_is_not_the_statements_thursday(data: Path) -> None:
    assert type_command("ingest", OWN, "--source", "mexidata", "--url", OWN_URL, "--data", data).code == 0
    (release,) = releases(data)
    assert release["said_on"] == "2017-03-09"
    assert release["posted_on"] == "2017-03-13"
    assert release["role"] == "translation"
    assert release["issuers"] == ["mx.sre", "mx.segob", "mx.shcp"]


def test_a_file_taken_in_twice_changes_nothing_but_the_run(data: Path) -> None:
    words = ("ingest", OWN, "--source", "mexidata", "--url", OWN_URL, "--data", data)
    assert type_command(*words).code == 0
    before, captures = contents(data), numbers(data, "captures")
    again = type_command(*words, "--json")
    assert again.code == 0
    assert [line["fate"] for line in again.lines] == ["unchanged"]
    assert contents(data) == before
    assert numbers(data, "captures") == captures
    assert numbers(data, "runs") == 2


def test_the_run_of_an_intake_says_so_and_is_closed(data: Path) -> None:
    type_command("ingest", OWN, "--source", "mexidata", "--url", OWN_URL, "--data", data)
    (run,) = type_command("runs", "--json", "--data", data).lines
    assert (run["source"], run["started_by"], run["state"]) == ("mexidata", "ingest", "finished")
    assert run["counts"]["stored"] == 1
    assert numbers(data, "run_claims") == 0


def test_a_release_can_be_traced_to_its_capture(data: Path) -> None:
    type_command("ingest", OWN, "--source", "mexidata", "--url", OWN_URL, "--data", data)
    (shown,) = type_command("show", OWN_URL, "--json", "--data", data).lines
    provenance = shown["releases"][0]["provenance"]
    assert provenance["origin"] == "file"
    place = provenance["capture"]
    assert place["offset"] + place["length"] <= (data / "captures" / place["file"]).stat().st_size
    assert provenance["capture_digest"].startswith("sha256:")
    assert provenance["said_raw"] == "March 9, 2017"
    assert provenance["posted_raw"] == "Monday, March 13, 2017"


def test_a_column_is_skipped_and_the_reason_is_said(data: Path) -> None:
    page = SAMPLES / "mexidata" / "column" / "page.html"
    taken = type_command(
        "ingest", page, "--url", "http://mexidata.info/id4419.html", "--data", data, "--json"
    )
    assert taken.code == 0
    (line,) = taken.lines
    assert (line["fate"], line["source"]) == ("skipped", "mexidata")
    assert "column" in line["reason"]
    assert numbers(data, "releases") == 0


def test_an_api_record_names_its_own_address(data: Path) -> None:
    page = SAMPLES / "uk_fcdo" / "press-release-en" / "page.json"
    taken = type_command("ingest", page, "--data", data, "--json")
    assert taken.code == 0, taken.out
    (line,) = taken.lines
    assert (line["fate"], line["source"]) == ("new", "uk_fcdo")
    assert line["url"].startswith("https://www.gov.uk/government/")


def test_other_languages_that_a_page_names_wait_in_the_ledger(data: Path) -> None:
    page = SAMPLES / "uk_fcdo" / "translation-ar" / "page.json"
    assert type_command("ingest", page, "--data", data).code == 0
    overview, _ = type_command("status", "--json", "--data", data).lines
    assert overview["addresses"]["stored"] == 1
    assert overview["addresses"]["discovered"] >= 1


def test_a_page_without_an_address_is_a_clear_failure(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Some text of somebody.")
    taken = type_command("ingest", page, "--data", data)
    assert taken.code == 1
    assert "name it with --url" in taken.out
    assert str(page) in taken.out


def saved_page(folder: Path, head: str = "", name: str = "statement.html") -> Path:
    page = folder / name
    paragraphs = "".join(
        f"<p>Am {number}. März 2017 berieten die Ministerinnen und Minister der Nachbarstaaten in Wien "
        f"über den gemeinsamen Ausbau der Bahnstrecken und die Sicherheit der Grenzübergänge im Gebirge.</p>"
        for number in range(1, 7)
    )
    page.write_text(
        f'<!DOCTYPE html><html lang="de"><head><meta charset="utf-8">{head}'
        '<meta property="article:published_time" content="2017-03-07T09:00:00Z">'
        "<title>Beratung über die Bahnstrecken</title></head><body><nav>Start Presse Kontakt</nav>"
        f"<article><h1>Beratung über die Bahnstrecken</h1>{paragraphs}</article></body></html>",
        encoding="utf-8",
    )
    return page


def test_a_page_of_no_known_source_is_read_generally(data: Path, tmp_path: Path) -> None:
    page = saved_page(tmp_path)
    url = "https://www.example.org/presse?id=7&lang=de"
    assert type_command("ingest", page, "--url", url, "--data", data).code == 0
    (release,) = releases(data, "--source", "saved")
    assert (release["language"], release["said_on"], release["read_by"]) == ("de", "2017-03-07", "fallback")
    assert release["title"] == "Beratung über die Bahnstrecken"
    assert release["issuers"] == []
    assert any("issuer unknown" in note for note in release["notes"])
    assert "Kontakt" not in release["body"]


def test_saved_pages_that_differ_in_a_parameter_are_two(data: Path, tmp_path: Path) -> None:
    page = saved_page(tmp_path)
    for number in (7, 8):
        type_command("ingest", page, "--url", f"https://www.example.org/presse?id={number}", "--data", data)
    assert numbers(data, "releases") == 2


def test_a_saved_page_may_name_its_address_itself(data: Path, tmp_path: Path) -> None:
    page = saved_page(tmp_path, '<link rel="canonical" href="https://www.example.org/beratung">')
    assert type_command("ingest", page, "--data", data).code == 0
    assert [release["url"] for release in releases(data)] == ["https://www.example.org/beratung"]


def test_what_is_held_back_is_said_loudly_and_is_no_failure(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "id4418.txt"
    page.write_text(OWN.read_text().replace("SRE-SEGOB-SHCP", "SRE-XYZQ-SHCP"))
    taken = type_command("ingest", page, "--source", "mexidata", "--url", OWN_URL, "--data", data)
    assert taken.code == 0
    assert "held back" in taken.err
    (held,) = type_command("held", "--json", "--data", data).lines
    assert held["reason"] == "unknown issuer"
    assert "XYZQ" in held["detail"]


def warc(path: Path, *pages: tuple[str, str, str, bytes], compressed: bool = True) -> Path:
    """A WARC of (address, WARC-Date, Content-Type, body); "404" as type makes it an error page."""
    records = []
    for number, (url, moment, content_type, body) in enumerate(pages):
        status = b"404 Not Found" if content_type == "404" else b"200 OK"
        http = b"HTTP/1.1 %s\r\nContent-Type: %s\r\n\r\n%s" % (status, content_type.encode(), body)
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{UUID(int=number)}>\r\n"
            f"WARC-Target-URI: {url}\r\nWARC-Date: {moment}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        records.append(head.encode() + http + b"\r\n\r\n")
    path.write_bytes(b"".join(gzip.compress(each) if compressed else each for each in records))
    return path


def crawled_long_ago(tmp_path: Path, *, compressed: bool = True) -> Path:
    html = OWN_HTML.read_bytes()
    later = html.replace(b"twelve crossings", b"thirteen crossings")
    assert later != html
    return warc(
        tmp_path / ("old.warc.gz" if compressed else "old.warc"),
        ("http://mexidata.info/id4418.html", "2017-03-14T10:00:00Z", "text/html", html),
        ("http://mexidata.info/id4418.html", "2017-04-14T10:00:00Z", "text/html", later),
        ("http://mexidata.info/id4499.html", "2017-04-14T10:00:01Z", "404", b"<p>Not found"),
        ("http://mexidata.info/logo.png", "2017-04-14T10:00:02Z", "image/png", b"\x89PNG"),
        ("https://www.example.org/a", "2017-04-14T10:00:03Z", "text/html; charset=utf-8", b"<p>Text"),
        compressed=compressed,
    )


@pytest.mark.parametrize("compressed", [True, False])
def test_pages_of_a_warc_go_to_the_source_that_knows_their_address(
    data: Path, tmp_path: Path, compressed: bool
) -> None:
    taken = type_command(
        "ingest", crawled_long_ago(tmp_path, compressed=compressed), "--data", data, "--json"
    )
    assert taken.code == 0, taken.out
    fates = {(line["url"], line["fate"]): line for line in taken.lines}
    assert [line["fate"] for line in taken.lines if line["url"] == OWN_URL] == ["new", "revised"]
    assert fates[("https://www.example.org/a", "skipped")]["reason"] == "no source knows this address"
    assert "404" in fates[("http://mexidata.info/id4499.html", "skipped")]["reason"]
    assert "image/png" in fates[("http://mexidata.info/logo.png", "skipped")]["reason"]
    (shown,) = type_command("show", OWN_URL, "--json", "--data", data).lines
    assert [each["number"] for each in shown["releases"][0]["revisions"]] == [1, 2]
    assert shown["releases"][0]["captured_at"] == "2017-04-14T10:00:00+00:00"


def test_a_warc_taken_in_twice_adds_nothing(data: Path, tmp_path: Path) -> None:
    path = crawled_long_ago(tmp_path)
    assert type_command("ingest", path, "--data", data).code == 0
    before, captures = contents(data), numbers(data, "captures")
    again = type_command("ingest", path, "--data", data, "--json")
    assert again.code == 0
    assert {line["fate"] for line in again.lines} == {"unchanged", "skipped"}
    assert contents(data) == before
    assert numbers(data, "captures") == captures


def test_the_captures_of_a_data_folder_can_be_taken_in_by_another(data: Path, tmp_path: Path) -> None:
    assert type_command("ingest", crawled_long_ago(tmp_path), "--data", data).code == 0
    other = tmp_path / "other"
    assert type_command("ingest", data / "captures", "--data", other).code == 0
    ours = {each["id"]: each["body"] for each in releases(data)}
    assert {each["id"]: each["body"] for each in releases(other)} == ours


LISTED = "https://www.gob.mx/sre/es/archivo/prensa?idiom=es&order=DESC&page=1"
SRE_PAGE = SAMPLES / "mx_sre" / "2025-body-in-divs" / "page.html"


def crawled_listing(path: Path, moment: str, *, url: str = LISTED) -> Path:
    meta = json.loads((SRE_PAGE.parent / "meta.json").read_text())
    card = (
        f'<article><time datetime="{moment}">x</time><h2>Title</h2><a href="{meta["url"]}">more</a></article>'
    )
    listing = f"$('#prensa').append('{card}');".encode()
    return warc(
        path,
        (url, "2026-01-14T10:00:00Z", "text/javascript; charset=utf-8", listing),
        (meta["url"], "2026-01-14T10:00:03Z", "text/html; charset=utf-8", SRE_PAGE.read_bytes()),
    )


def posting_times(data: Path) -> list[str | None]:
    connection = sqlite3.connect(data / "communique.db")
    try:
        return [moment for (moment,) in connection.execute("select posted_at from releases")]
    finally:
        connection.close()


def test_a_page_of_a_warc_has_the_posting_time_that_its_listing_there_shows(
    data: Path, tmp_path: Path
) -> None:
    day = json.loads((SRE_PAGE.parent / "expected.json").read_text())["item"]["posted_on"]
    taken = type_command(
        "ingest", crawled_listing(tmp_path / "a.warc.gz", f"{day} 09:05:00"), "--data", data, "--json"
    )
    assert [line["fate"] for line in taken.lines] == ["skipped", "new"]
    assert taken.lines[0]["reason"] == "an index: 1 addresses of mx_sre"
    assert posting_times(data) == [f"{day} 15:05:00.000000"]
    # The saved page alone is read as the ledger knows it.
    again = warc(
        tmp_path / "b.warc.gz",
        (releases(data)[0]["url"], "2026-02-01T10:00:00Z", "text/html", SRE_PAGE.read_bytes()),
    )
    assert type_command("ingest", again, "--data", data).code == 0
    assert posting_times(data) == [f"{day} 15:05:00.000000"]


def test_a_listing_asked_for_something_else_is_not_the_sources_index(data: Path, tmp_path: Path) -> None:
    path = crawled_listing(tmp_path / "a.warc.gz", "2025-01-01 09:05:00", url=LISTED.replace("DESC", "ASC"))
    taken = type_command("ingest", path, "--data", data, "--json")
    assert [line["fate"] for line in taken.lines] == ["skipped", "new"]
    assert posting_times(data) == [None]


def test_pages_of_a_warc_that_no_source_knows_can_be_given_to_one(data: Path, tmp_path: Path) -> None:
    page = saved_page(tmp_path).read_bytes()
    path = warc(
        tmp_path / "a.warc.gz", ("https://www.example.org/a", "2017-04-14T10:00:00Z", "text/html", page)
    )
    assert type_command("ingest", path, "--source", "saved", "--data", data).code == 0
    assert [release["url"] for release in releases(data)] == ["https://www.example.org/a"]


def test_what_stands_before_the_damage_of_a_warc_is_taken_in(data: Path, tmp_path: Path) -> None:
    path = crawled_long_ago(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 40])
    taken = type_command("ingest", path, "--data", data, "--json")
    assert taken.code == 1
    fates = [line["fate"] for line in taken.lines]
    assert fates.count("new") == 1
    assert fates.count("failed") == 1
    (failed,) = [line for line in taken.lines if line["fate"] == "failed"]
    assert "cut off" in failed["reason"]


def test_a_copy_from_before_what_is_kept_becomes_an_earlier_state(data: Path, tmp_path: Path) -> None:
    html = OWN_HTML.read_bytes()
    new = warc(tmp_path / "new.warc", (OWN_URL, "2018-01-01T00:00:00Z", "text/html", html), compressed=False)
    older = html.replace(b"twelve crossings", b"eleven crossings")
    old = warc(tmp_path / "old.warc", (OWN_URL, "2017-03-14T00:00:00Z", "text/html", older), compressed=False)
    for path in (new, old):
        assert type_command("ingest", path, "--data", data).code == 0
    (release,) = releases(data)
    assert "twelve crossings" in str(release["body"])
    (shown,) = type_command("show", OWN_URL, "--json", "--data", data).lines
    assert len(shown["releases"][0]["revisions"]) == 2


def test_a_broken_copy_does_not_harm_what_is_kept(data: Path, tmp_path: Path) -> None:
    type_command("ingest", OWN, "--source", "mexidata", "--url", OWN_URL, "--data", data)
    before = contents(data)
    broken = tmp_path / "broken.txt"
    broken.write_text("404 Not Found")
    os.utime(broken, (1488196800, 1488196800))
    taken = type_command("ingest", broken, "--source", "mexidata", "--url", OWN_URL, "--data", data)
    assert taken.code == 1
    assert contents(data) == before


def test_a_folder_is_taken_in_whole(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for case in ("press-release-en", "speech", "translation-ar"):
        shutil.copy(SAMPLES / "uk_fcdo" / case / "page.json", folder / f"{case}.json")
    (folder / "notes.pdf").write_bytes(b"%PDF-1.7 \x00")
    taken = type_command("ingest", folder, "--data", data, "--json")
    assert taken.code == 0, taken.out
    fates = [line["fate"] for line in taken.lines]
    assert fates.count("new") == 3
    assert fates.count("skipped") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--source", "mexidat"), "no source 'mexidat'. Did you mean mexidata?"),
        (("--url", "mexidata.info/id4410.html"), "an http(s) address"),
        (("--source", "mexidata", "--url", "https://www.example.org/a"), "address of a release of mexidata"),
    ],
)
def test_slips_of_the_pen_are_named(data: Path, words: tuple[str, ...], message: str) -> None:
    taken = type_command("ingest", OWN, *words, "--data", data)
    assert taken.code in (1, 2)
    assert message in " ".join((taken.err + taken.out).replace("│", " ").split())


def test_one_address_is_of_one_page(data: Path, tmp_path: Path) -> None:
    both = type_command("ingest", OWN, OWN_HTML, "--url", OWN_URL, "--data", data)
    container = type_command("ingest", crawled_long_ago(tmp_path), "--url", OWN_URL, "--data", data)
    assert both.code == container.code == 2
    assert type_command("ingest", tmp_path / "nowhere.html", "--data", data).code == 2


def test_a_source_that_is_being_crawled_is_left_alone(data: Path) -> None:
    from crawler.frontier import RunRequest
    from storage.store import open_store

    store = open_store({"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_DATABASE": ""})
    try:
        run = store.frontier.open_run(RunRequest("mexidata"))
        taken = type_command("ingest", OWN, "--source", "mexidata", "--url", OWN_URL, "--data", data)
        assert taken.code == 4
        assert "mexidata is being crawled by run" in taken.err
        store.frontier.close_run(run, "finished", {})
    finally:
        store.close()


@pytest.mark.skipif(not SHARED.exists(), reason="real documents are not beside the checkout")
def test_real_documents_are_taken_in(data: Path) -> None:
    documents = type_command("ingest", SHARED / "pages" / "gov-uk", "--data", data, "--json")
    assert documents.code == 0, documents.out
    assert {line["fate"] for line in documents.lines} <= {"new", "revised", "unchanged"}
    expected = json.loads((SHARED / "pages" / "official-html" / "expected.json").read_text())
    for page in expected:
        path = SHARED / "pages" / "official-html" / page["file"]
        assert type_command("ingest", path, "--url", page["url"], "--data", data).code == 0
    (withdrawn,) = [each for each in releases(data, "--source", "uk_fcdo") if each["withdrawn"]]
    assert withdrawn["url"] == "https://www.gov.uk/government/news/christmas-2016-prime-ministers-message"
    assert len(releases(data, "--source", "saved")) == len(expected)


def test_when_a_saved_page_was_captured_is_when_its_file_was_written(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "id4418.txt"
    shutil.copy(OWN, page)
    os.utime(page, (1489492800, 1489492800))
    type_command("ingest", page, "--source", "mexidata", "--url", OWN_URL, "--data", data)
    (release,) = releases(data)
    assert release["captured_at"] == datetime(2017, 3, 14, 12, tzinfo=UTC).isoformat()
