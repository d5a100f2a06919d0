"""What an index is asked for: what the addresses of a source begin with."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archives.archive import WAYBACK, archive_at
from crawler.archives.cdx import Query
from crawler.archives.queries import literal_beginning, queries_of
from crawler.declare import DefinitionError, Wayback
from crawler.source import crawled_sources, source_named


@pytest.mark.parametrize(
    ("pattern", "beginning"),
    [
        (r"mexidata\.info/id(?P<number>\d+)\.html?$", "mexidata.info/id"),
        (r"gob\.mx/sre/(?:e[sn]/)?prensa", "gob.mx/sre/"),
        (r"a\.example/news?", "a.example/new"),
        (r"a\.example/x|b\.example/y", ""),
        (r"(?:old\.)?a\.example/", ""),
        (r"a\.example/\d+", "a.example/"),
        (r"a\.example/[|]x", "a.example/"),
        (r"a\.example/$", "a.example/"),
    ],
)
def test_the_beginning_of_a_pattern_is_what_all_its_matches_share(pattern: str, beginning: str) -> None:
    assert literal_beginning(pattern) == beginning


@given(st.text("ab/.x", max_size=8), st.sampled_from(["", "(?:c|d)", "[ef]", r"\d", "(?P<n>g)?"]))
def test_whatever_matches_a_pattern_begins_so(literal: str, tail: str) -> None:
    pattern = re.escape(literal) + tail
    for end in ("", "c", "e", "7", "g"):
        text = literal + end
        if re.match(pattern, text):
            assert text.startswith(literal_beginning(pattern))


def test_every_source_of_the_catalogue_can_be_asked_for_by_its_own_hosts() -> None:
    for source in crawled_sources().values():
        hosts = {host.removeprefix("www.") for host in source.hosts}
        for query in queries_of(source):
            asked = query.url.partition("/")[0]
            declared = any(isinstance(each, Wayback) and each.prefixes for each in source.origins)
            assert declared or asked in hosts, (source.name, query)


def test_a_dead_mirror_is_looked_for_in_the_archive_first() -> None:
    mexidata = source_named("mexidata")
    assert [each.origin for each in mexidata.origins] == ["wayback", "live"]
    assert queries_of(mexidata) == (Query("mexidata.info/id", "prefix"),)


@pytest.mark.parametrize("prefix", ["http://a.example/", "www.a.example/", "news"])
def test_a_prefix_that_is_no_beginning_of_an_address_is_refused(prefix: str) -> None:
    with pytest.raises(DefinitionError, match=re.escape(repr(prefix))):
        Wayback(prefixes=(prefix,))


def test_an_archive_is_the_wayback_machine_or_laid_out_as_pywb() -> None:
    assert archive_at(None) == archive_at("https://web.archive.org/") == WAYBACK
    own = archive_at("http://localhost:8080/ours/")
    assert own.index == "http://localhost:8080/ours/cdx"
    assert own.page("20170301120000", "http://a.example/x?y=1") == (
        "http://localhost:8080/ours/20170301120000id_/http://a.example/x?y=1"
    )
    with pytest.raises(ValueError, match="no address of an archive"):
        archive_at("collection")


def test_a_replay_address_tells_time_and_captured_address() -> None:
    address = WAYBACK.page("20170301120000", "http://mexidata.info:80/id1.html")
    assert WAYBACK.captured_at(address) == ("20170301120000", "http://mexidata.info/id1.html")
    squeezed = "https://web.archive.org/web/2017id_/http:/mexidata.info/id1.html"
    assert WAYBACK.captured_at(squeezed) == ("2017", "http://mexidata.info/id1.html")
    assert WAYBACK.captured_at("http://mexidata.info/id1.html") is None
