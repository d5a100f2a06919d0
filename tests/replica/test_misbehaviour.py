"""Edits, withdrawals and faults: each does what it says, and nothing else."""

from __future__ import annotations

import http.client
import json
import re
import zlib
from urllib.parse import urljoin, urlsplit

import pytest

from crawler.replica.misbehaviour import BOMB_SIZE, RETRY_AFTER
from tests.replica import SOURCES, Fault, FaultKind, Faults, Replica
from tests.replica.client import (
    LISTING,
    SMALL,
    STATE_API,
    Client,
    some_url,
    walk_dhs,
    walk_gob_mx,
    walk_mirror,
    walk_state,
)

# Changes


@pytest.mark.parametrize("source", ["uk_fcdo", "us_dhs"])
def test_an_unchanged_page_is_not_sent_twice_and_an_edited_one_is(source: str) -> None:
    with Replica(SMALL, 5) as running:
        client = Client(running.environment)
        url = some_url(running, source)
        first = client.get(url)
        again = client.get(url, {"If-None-Match": first.headers["etag"]})
        assert (again.status, again.body) == (304, b"")
        assert client.get(url, {"If-Modified-Since": first.headers["last-modified"]}).status == 304
        running.edit(url)
        edited = client.get(url, {"If-None-Match": first.headers["etag"]})
        assert edited.status == 200
        assert edited.body != first.body
        assert client.get(url, {"If-Modified-Since": first.headers["last-modified"]}).status == 200


@pytest.mark.parametrize("source", SOURCES)
def test_an_edit_changes_this_release_only_and_truth_knows(source: str) -> None:
    with Replica(SMALL, 5) as running:
        client = Client(running.environment)
        before = {each.url: each for each in running.truth.releases()}
        url = some_url(running, source)
        page = client.get(url).body
        running.edit(url)
        after = {each.url: each for each in running.truth.releases()}
        assert client.get(url).body != page
        assert [each for each in before if before[each] != after[each]] == [url]
        assert after[url].revision == 1
        assert after[url].title == before[url].title


def test_an_edited_document_comes_up_in_the_search_again() -> None:
    with Replica(SMALL, 5) as running:
        client = Client(running.environment)
        search = "https://www.gov.uk/api/search.json?count=5&order=-public_timestamp"
        english = [
            each for each in running.truth.releases() if each.source == "uk_fcdo" and each.language == "en"
        ]
        running.edit(english[-1].url)
        first = json.loads(client.get(search).body)["results"][0]
        assert first["link"] == urlsplit(english[-1].url).path
        assert first["public_timestamp"] > max(f"{each.posted_at:%Y-%m-%dT%H:%M:%SZ}" for each in english)


@pytest.mark.parametrize("source", [each for each in SOURCES if each != "uk_fcdo"])
def test_a_withdrawn_release_is_gone_from_page_and_index(source: str) -> None:
    with Replica(60, 5) as running:
        client = Client(running.environment)
        url = some_url(running, source)
        running.withdraw(url)
        assert client.get(url).status == 404
        walk = {
            "mexidata": walk_mirror,
            "us_state": walk_state,
            "us_dhs": walk_dhs,
        }.get(source, walk_gob_mx)
        if source != "ca_gac":
            assert url not in walk(client)


def test_gov_uk_keeps_what_is_withdrawn_and_says_so(replica: Replica) -> None:
    with Replica(SMALL, 5) as running:
        client = Client(running.environment)
        url = some_url(running, "uk_fcdo")
        running.withdraw(url)
        document = json.loads(client.get(url.replace(".uk/", ".uk/api/content/")).body)
        assert document["withdrawn_notice"]["withdrawn_at"] == "2026-10-31T00:01:00.000+00:00"
        assert document["details"]["body"]
    assert any(each.withdrawn for each in Replica(2_000, 7).truth.releases())


def test_an_address_without_a_release_cannot_be_edited(replica: Replica) -> None:
    for url in (
        "https://www.gob.mx/sre/prensa/nothing-12",
        "http://mexidata.info/id4402.html",
        "https://a.b/",
    ):
        with pytest.raises(LookupError, match="no release of the replica"):
            replica.edit(url)


# Misbehaviour


@pytest.mark.parametrize(
    ("kind", "status"), [(FaultKind.TOO_MANY, 429), (FaultKind.UNAVAILABLE, 503), (FaultKind.FORBIDDEN, 403)]
)
def test_a_refusal_strikes_the_first_requests_only(
    replica: Replica, client: Client, kind: FaultKind, status: int
) -> None:
    fault = replica.faults.add(Fault(kind, "www.dhs.gov", "/news/", times=2))
    url = some_url(replica, "us_dhs")
    answers = [client.get(url) for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert replica.faults.struck(fault) == 2
    if kind is not FaultKind.FORBIDDEN:
        assert answers[0].headers["retry-after"] == str(RETRY_AFTER)
    assert client.get("https://www.dhs.gov/robots.txt").status == 200


def test_a_request_may_never_be_answered(replica: Replica, client: Client) -> None:
    replica.faults.add("timeout@www.gob.mx")
    with pytest.raises(TimeoutError):
        client.get("https://www.gob.mx/sre/archivo/prensa", timeout=0.2)
    assert replica.log[-1].status == 0


def test_a_slow_body_comes_in_drops(replica: Replica, client: Client) -> None:
    replica.faults.add("slow@www.gob.mx")
    connection, response = client.ask(LISTING.format(page=1))
    try:
        assert int(response.headers["Content-Length"]) > 1_000
        assert 0 < len(response.read1(100_000)) <= 64
    finally:
        connection.close()


def test_a_truncated_body_is_shorter_than_announced(replica: Replica, client: Client) -> None:
    replica.faults.add("truncated@www.state.gov:/wp-json/")
    with pytest.raises(http.client.IncompleteRead):
        client.get(f"{STATE_API}?per_page=5")


def test_a_wrong_charset_is_declared_for_the_same_bytes(replica: Replica, client: Client) -> None:
    url = some_url(replica, "mx_sre")
    right = client.get(url)
    replica.faults.add("wrong-charset@www.gob.mx")
    wrong = client.get(url)
    assert wrong.headers["content-type"] == "text/html; charset=ISO-8859-1"
    assert wrong.body == right.body


def test_a_redirect_loop_comes_back_to_where_it_was(replica: Replica, client: Client) -> None:
    replica.faults.add(Fault(FaultKind.REDIRECT_LOOP, "www.gob.mx", r"/prensa/[^?]+$"))
    url = some_url(replica, "mx_sre")
    seen = [url]
    for _ in range(4):
        answer = client.get(seen[-1])
        assert answer.status == 302
        seen.append(urljoin(url, answer.headers["location"]))
    assert seen[1] == seen[3]
    assert seen[2] == seen[4]


@pytest.mark.parametrize(
    ("kind", "target"),
    [("redirect-metadata", "http://169.254.169.254/"), ("redirect-loopback", "http://127.0.0.1:9/")],
)
def test_a_redirect_may_lead_to_a_private_address(
    replica: Replica, client: Client, kind: str, target: str
) -> None:
    replica.faults.add(f"{kind}@www.gov.uk:/api/")
    answer = client.get("https://www.gov.uk/api/search.json")
    assert answer.status == 302
    assert answer.headers["location"].startswith(target)


def test_not_found_may_be_said_with_status_200(replica: Replica, client: Client) -> None:
    replica.faults.add("soft-404@www.canada.ca")
    answer = client.get(some_url(replica, "ca_gac"))
    assert answer.status == 200
    assert "<title>Page not found</title>" in answer.text


def test_a_challenge_is_a_small_page_with_status_200(replica: Replica, client: Client) -> None:
    replica.faults.add("challenge@www.gob.mx")
    answer = client.get(LISTING.format(page=1))
    assert answer.status == 200
    assert 1_500 < len(answer.body) < 2_200
    assert "<title>Challenge Validation</title>" in answer.text
    assert 'id="sec-cpt-if"' in answer.text


@pytest.mark.parametrize(
    ("host", "url", "entry"),
    [
        ("www.gob.mx", LISTING.format(page=1), b"<article"),
        ("www.dhs.gov", "https://www.dhs.gov/news-releases/press-releases?page=0", b"usa-collection__item"),
        ("www.state.gov", "https://www.state.gov/translations/spanish/", b"collection-result__link"),
        ("www.state.gov", f"{STATE_API}?per_page=5", b'"id"'),
        ("www.gov.uk", "https://www.gov.uk/api/search.json?count=5", b'"link"'),
        (
            "api.io.canada.ca",
            "https://api.io.canada.ca/io-server/gc/news/en/v2?pick=5&format=atom",
            b"<entry",
        ),
    ],
)
def test_an_index_may_be_empty(replica: Replica, client: Client, host: str, url: str, entry: bytes) -> None:
    assert entry in client.get(url).body
    replica.faults.add(f"empty-listing@{host}:.:1")
    empty = client.get(url)
    assert empty.status == 200
    assert entry not in empty.body
    assert entry in client.get(url).body


def test_a_frozen_listing_shows_its_last_page_again(replica: Replica, client: Client) -> None:
    def entries(page: int) -> list[str]:
        return re.findall(r'class="small-link" href="([^"]+)', client.get(LISTING.format(page=page)).text)

    assert entries(1) != entries(2)
    replica.faults.add("frozen-listing@www.gob.mx:page=2")
    assert entries(1) == entries(2)


def test_the_listing_may_come_as_a_script_fragment(replica: Replica, client: Client) -> None:
    page = client.get(LISTING.format(page=1)).text
    replica.faults.add("script-listing@www.gob.mx")
    answer = client.get(LISTING.format(page=1))
    assert answer.headers["content-type"].startswith("text/javascript")
    quoted = re.match(r"\$\('#prensa'\)\.append\('(.*)'\);$", answer.text.splitlines()[0])
    assert quoted
    markup = json.loads('"' + quoted[1].replace("\\'", "'") + '"')
    assert markup in page
    assert markup.count("<article>") == 9


def test_gob_mx_may_show_the_layout_that_it_had_before(replica: Replica, client: Client) -> None:
    replica.faults.add("old-layout@www.gob.mx")
    release = next(each for each in replica.truth.releases() if each.source == "mx_sre")
    text = client.get(release.url).text
    assert '<section class="border-box"><dl>' in text
    assert f"<p>{release.body[-1]}</p>" in text
    assert '<div class="block">' not in text
    assert '<time date="' in client.get(LISTING.format(page=1)).text
    assert '<time datetime="' not in client.get(LISTING.format(page=1)).text


@pytest.mark.parametrize("source", ["us_dhs", "us_state", "ca_gac"])
def test_an_old_layout_holds_the_text_in_unknown_markup(
    replica: Replica, client: Client, source: str
) -> None:
    release = next(each for each in replica.truth.releases() if each.source == source)
    replica.faults.add(f"old-layout@{urlsplit(release.url).hostname}")
    text = client.get(release.url).text
    assert release.body[1] in text
    assert "<h1" not in text


def test_a_small_gzip_body_becomes_a_large_one(replica: Replica, client: Client) -> None:
    replica.faults.add("gzip-bomb@www.gob.mx")
    answer = client.get(LISTING.format(page=1))
    assert answer.headers["content-encoding"] == "gzip"
    assert 150_000 < len(answer.body) < 250_000
    unpacker = zlib.decompressobj(31)
    size = len(unpacker.decompress(answer.body, 1_000_000))
    while unpacker.unconsumed_tail:
        size += len(unpacker.decompress(unpacker.unconsumed_tail, 1_000_000))
    assert size > BOMB_SIZE


def test_a_removed_fault_strikes_no_more(replica: Replica, client: Client) -> None:
    fault = replica.faults.add("503@*")
    assert client.get("https://www.gob.mx/sre/archivo/prensa").status == 503
    replica.faults.remove(fault)
    assert client.get("https://www.gob.mx/sre/archivo/prensa").status == 200


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("429@www.gob.mx", Fault(FaultKind.TOO_MANY, "www.gob.mx")),
        ("slow@*:/news/.*:3", Fault(FaultKind.SLOW, "*", "/news/.*", 3)),
        ("challenge@www.gob.mx:2", Fault(FaultKind.CHALLENGE, "www.gob.mx", "", 2)),
        ("soft-404@a.b:(?:x|y)", Fault(FaultKind.SOFT_404, "a.b", "(?:x|y)")),
    ],
)
def test_faults_are_written_as_on_the_command_line(text: str, fault: Fault) -> None:
    assert Fault.parse(text) == fault


@pytest.mark.parametrize("text", ["429", "418@www.gob.mx", "429@", "429@www.gob.mx:/x:0"])
def test_a_fault_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        Fault.parse(text)


def test_faults_are_counted_apart() -> None:
    faults = Faults([Fault(FaultKind.SLOW, "*", "a", 1), Fault(FaultKind.SLOW, "*", "b", 1)])
    struck = [faults.strike("h", target) is not None for target in ("/a", "/a", "/b", "/b")]
    assert struck == [True, False, True, False]
