"""Common Crawl: its index, ranges of its WARC files, and what comes of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from crawler.archives.common_crawl import (
    CommonCrawlUnreadable,
    Record,
    crawls_in,
    each_text_once,
    index_address,
    member_of,
    pages_in,
    prefixes_of,
    records_in,
    wanted,
)
from crawler.archives.pauses import FilePauses
from crawler.source import crawled_sources, registry
from scheduler.samples import SAMPLES, Sample
from storage.warc_members import response_member, warcinfo_member
from tests.crawler.server import Answer, Hit, Web, serving
from tests.scheduler.commands import type_command

HOSTS = ("index.cc.example", "data.cc.example")
PATIENCE = 60
LATE = 0.1
"""Seconds by which a busy machine may see a request late, and the next one in time."""
SOURCE = registry()["us_dhs"]
PAGE = Sample(SAMPLES / "us_dhs" / "current").capture()
URL = "https://www.dhs.gov/news/2025/05/20/release-1"
FILE = "crawl-data/CC-MAIN-2025-21/segments/1/warc/CC-MAIN-1-00000.warc.gz"
RECORD = Record("2025/05/20/release-1", URL, "20250521000000", "AAA", FILE, 100, 50)


class Archive:
    """A WARC file with two states of a page, and its index."""

    def __init__(self) -> None:
        self.content = warcinfo_member("one.warc.gz", "somebody")
        self.rows: list[dict[str, str]] = []
        self.add(URL, 0, PAGE.body)
        self.add(URL, 1, PAGE.body)  # the same text once more
        self.add(URL, 2, PAGE.body.replace(b"hurricane", b"storm"))
        self.add("https://www.dhs.gov/about", 0, b"<p>no release</p>")

    def add(self, url: str, days: int, body: bytes) -> None:
        at = datetime(2025, 5, 21, tzinfo=UTC) + timedelta(days=days)
        member = response_member("", replace(PAGE, url=url, body=body, captured_at=at), body)
        self.rows.append(
            {
                "urlkey": "gov,dhs)/", "timestamp": f"{at:%Y%m%d%H%M%S}", "url": url, "mime": "text/html",
                "status": "200", "digest": str(hash(body)), "length": str(len(member)),
                "offset": str(len(self.content)), "filename": FILE,
            }
        )  # fmt: skip
        self.content += member

    def list_crawls(self, hit: Hit) -> Answer:
        listed = [
            {
                "id": f"CC-MAIN-2025-{week}",
                "cdx-api": f"https://index.commoncrawl.org/CC-MAIN-2025-{week}-index",
            }
            for week in (21, 45)
        ]
        return Answer(json.dumps(listed).encode(), kind="application/json")

    def answer_index(self, hit: Hit) -> Answer:
        if "showNumPages" in hit.path:
            return Answer(b'{"pages": 2, "pageSize": 5, "blocks": 6}')
        rows = self.rows[:2] if "page=0" in hit.path else self.rows[2:]
        return Answer("".join(json.dumps(row) + "\n" for row in rows).encode(), kind="text/x-ndjson")

    def give_range(self, hit: Hit) -> Answer:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", hit.headers.get("Range", ""))
        if asked is None:
            return Answer(self.content)
        first, last = int(asked[1]), int(asked[2])
        return Answer(self.content[first : last + 1], 206, kind="application/octet-stream")


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Archive, Web]]:
    made = Archive()
    web = Web({"/collinfo.json": made.list_crawls, f"/{FILE}": made.give_range})
    for query in ("showNumPages=true", "page=0", "page=1"):
        for days in (None, (date(2025, 5, 1), date(2025, 6, 30))):
            since, until = days or (None, None)
            page = int(query[-1]) if query[-1].isdigit() else None
            for prefix in prefixes_of(SOURCE):
                path = index_address("/CC-MAIN-2025-21-index", prefix, since, until, page)
                web.routes[path] = made.answer_index
    monkeypatch.setenv("COMMUNIQUE_CONNECT_TO", web.mapping(*HOSTS))
    monkeypatch.setenv("COMMUNIQUE_CONNECT_DELAY", "0")
    monkeypatch.setenv("COMMUNIQUE_COMMON_CRAWL", " ".join(f"http://{host}" for host in HOSTS))
    with serving(web):
        yield made, web


def test_states_of_a_page_come_out_of_common_crawl_and_become_revisions(
    archive: tuple[Archive, Web], tmp_path: Path
) -> None:
    _, web = archive
    words = ("captures", "fetch", "us_dhs", "--since", "2025-05-01", "--until", "2025-06-30")
    fetched = type_command(*words, "--json", "--data", tmp_path)
    assert fetched.code == 0, fetched.err + (tmp_path / "logs" / "commoncrawl-us_dhs.log").read_text()
    assert [line["fate"] for line in fetched.lines] == ["new", "revised"]
    ranges = [hit for hit in web.hits if "Range" in hit.headers]
    assert len(ranges) == 2  # each text once, and no other crawl's
    assert not [hit for hit in web.hits if "2025-45" in hit.path]
    (release,) = type_command("statements", "--json", "--data", tmp_path).lines[0]["releases"]
    assert (release["revision"], release["url"]) == (2, URL)
    listed = type_command("captures", "list", "--json", "--data", tmp_path).lines
    assert [(each["origin"], each["captured_at"][:10]) for each in listed] == [
        ("commoncrawl", "2025-05-21"), ("commoncrawl", "2025-05-23"),
    ]  # fmt: skip
    (change,) = type_command("changes", "--json", "--data", tmp_path).lines
    assert (change["kind"], change["at"][:10]) == ("edited", "2025-05-23")


def test_a_range_that_cannot_be_got_is_told_and_the_same_command_goes_on(
    archive: tuple[Archive, Web], tmp_path: Path
) -> None:
    made, web = archive
    whole = made.give_range
    broken = made.rows[2]["offset"]
    web.routes[f"/{FILE}"] = lambda hit: (
        Answer(b"no", 403) if broken in hit.headers.get("Range", "") else whole(hit)
    )
    first = type_command("captures", "fetch", "us_dhs", "--json", "--data", tmp_path)
    assert first.code == 1
    assert "found status 403" in first.err
    assert [line["fate"] for line in first.lines] == ["new"]
    web.routes[f"/{FILE}"] = whole
    again = type_command("captures", "fetch", "us_dhs", "--json", "--data", tmp_path)
    assert again.code == 0, again.err
    assert [line["fate"] for line in again.lines][-1] == "revised"


def test_it_is_left_alone_for_as_long_as_it_asks_by_this_process_and_by_others(
    archive: tuple[Archive, Web], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, web = archive
    monkeypatch.setenv("COMMUNIQUE_UNASKED_PAUSE", "0.6")
    refusals = [Answer(b"SlowDown", 503, {"Retry-After": "1"}), Answer(b"no", 429)]
    refused: list[tuple[float, float]] = []

    def range_or_refusal(hit: Hit) -> Answer:
        if not refusals:
            return made.give_range(hit)
        refused.append((hit.at, 1.0 if len(refusals) == 2 else 0.6))
        return refusals.pop(0)

    web.routes[f"/{FILE}"] = range_or_refusal
    # Another process was asked, and told everybody.
    FilePauses(tmp_path / "pauses").hold(HOSTS[0], 3.0, "status 429")
    held_until = monotonic() + 3.0
    fetched = type_command("captures", "fetch", "us_dhs", "--json", "--data", tmp_path)
    assert fetched.code == 0, fetched.err
    assert [line["fate"] for line in fetched.lines] == ["new", "revised"]
    assert min(web.times()) >= held_until - LATE
    assert len(refused) == 2
    for at, seconds in refused:
        assert not [hit for hit in web.hits if at < hit.at < at + seconds - LATE]


def test_it_is_asked_at_the_pace_of_one_by_whatever_number_of_processes(
    archive: tuple[Archive, Web], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, web = archive
    monkeypatch.setenv("COMMUNIQUE_CONNECT_DELAY", "0.5")
    orders = [tmp_path / name / "order.json" for name in ("one", "other")]
    index, data = (f"http://{host}" for host in HOSTS)
    for order in orders:
        order.parent.mkdir()
        order.write_text(
            json.dumps({"source": "us_dhs", "index": index, "data": data, "crawls": ["CC-MAIN-2025-21"]})
        )
    monkeypatch.setenv("COMMUNIQUE_DATA", str(tmp_path))
    command = [sys.executable, "-m", "scheduler.common_crawl"]
    children = [subprocess.Popen([*command, str(order)]) for order in orders]
    assert [child.wait(PATIENCE) for child in children] == [0, 0]
    for path in ("index", FILE):
        times = [hit.at for hit in web.hits if path in hit.path]
        assert len(times) >= 2 * 2
        assert min(later - earlier for earlier, later in pairwise(times)) >= 0.5 - 3 * LATE, times


def test_crawls_are_chosen_by_their_days_however_the_list_says_them() -> None:
    listed = [
        {
            "id": "CC-MAIN-2024-10",
            "cdx-api": "https://i/a",
            "from": "2024-02-20T00:00:00",
            "to": "2024-03-05",
        },
        {"id": "CC-MAIN-2017-09", "cdx-api": "https://i/b"},
        {"id": "CC-MAIN-2009-2010", "cdx-api": "https://i/c"},
        {"id": "CC-MAIN-2012", "cdx-api": "https://i/d"},
        {"id": "something else", "cdx-api": "https://i/e"},
        "no crawl at all",
    ]
    crawls = crawls_in(json.dumps(listed).encode())
    names = [each.id for each in crawls]
    assert names == ["CC-MAIN-2009-2010", "CC-MAIN-2012", "CC-MAIN-2017-09", "CC-MAIN-2024-10"]
    in_february = wanted(crawls, date(2017, 2, 20), date(2017, 2, 28))
    assert [each.id for each in in_february] == ["CC-MAIN-2017-09"]
    assert [each.id for each in wanted(crawls, date(2024, 3, 6), None)] == []
    for body in (b"<html>", b"{}", b"[]"):
        with pytest.raises(CommonCrawlUnreadable):
            crawls_in(body)


def test_every_source_has_beginnings_that_its_own_addresses_have() -> None:
    for source in crawled_sources().values():
        prefixes = prefixes_of(source)
        assert prefixes, source.name
        assert all("/" in each and "\\" not in each and "(" not in each for each in prefixes), source.name
    assert prefixes_of(registry()["mx_sre"])[0].startswith("gob.mx/")


def test_an_index_is_asked_for_pages_of_good_answers_within_the_days() -> None:
    asked = index_address("https://i/x-index", "gob.mx/sre/", date(2017, 2, 1), date(2017, 2, 28), 3)
    assert asked == (
        "https://i/x-index?url=gob.mx%2Fsre%2F%2A&output=json&filter=%3Dstatus%3A200"
        "&from=20170201000000&to=20170228235959&page=3"
    )
    assert pages_in(b'{"pages": 7}') == pages_in(b"7") == 7
    for body in (b"-1", b"<html>", b'{"blocks": 1}', b"99999999"):
        with pytest.raises(CommonCrawlUnreadable):
            pages_in(body)


def test_lines_of_an_index_that_are_not_what_they_should_be_are_passed_over() -> None:
    good = {
        "url": URL, "timestamp": "20250521000000", "filename": FILE, "offset": "100", "length": "50",
        "digest": "AAA", "mime": "text/html",
    }  # fmt: skip
    bad = [
        {**good, "filename": "crawl-data/../../etc/passwd.warc.gz"},
        {**good, "filename": "http://evil.example/x.warc.gz"},
        {**good, "length": "99999999999"},
        {**good, "offset": "-5"},
        {**good, "timestamp": "yesterday"},
        {**good, "mime": "warc/revisit"},
        {**good, "url": "https://elsewhere.example/"},
        {"url": URL},
    ]
    body = b"\n".join(json.dumps(each).encode() for each in (*bad, good)) + b"\nno json\n[1]\n"
    assert [each.offset for each in records_in(body, SOURCE)] == [100]


def test_of_equal_texts_the_earliest_capture_is_asked_for() -> None:
    later, other = replace(RECORD, stamp="20250601000000"), replace(RECORD, digest="BBB", offset=9)
    assert each_text_once([later, RECORD, other]) == [other, RECORD]


def test_a_range_must_be_one_whole_record_of_that_address() -> None:
    member = response_member("", replace(PAGE, url=URL), PAGE.body)
    record = replace(RECORD, length=len(member))
    assert member_of(record, 206, member) == member
    other = response_member("", replace(PAGE, url=URL + "2"), PAGE.body)
    cases = [
        (record, 200, member),
        (record, 206, member[:-3]),
        (replace(record, length=len(member) - 3), 206, member[:-3]),
        (replace(record, length=2 * len(member)), 206, member + member),
        (replace(record, length=len(other)), 206, other),
        (replace(record, length=7), 206, b"<html>\n"),
    ]
    for asked, status, body in cases:
        with pytest.raises(CommonCrawlUnreadable):
            member_of(asked, status, body)
