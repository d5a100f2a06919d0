"""What the replica serves: real host names, every true release reachable, the traps of each site."""

from __future__ import annotations

import itertools
import json
import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from urllib.parse import quote, urlsplit

import pytest

from tests.replica import SOURCES, Replica
from tests.replica.client import (
    STATE_API,
    Client,
    some_url,
    walk_canada,
    walk_dhs,
    walk_gob_mx,
    walk_gov_uk,
    walk_mirror,
    walk_state,
)

# Serving


def test_https_hosts_answer_under_their_names_with_a_certificate_of_the_replicas_authority(
    replica: Replica, client: Client
) -> None:
    hosts = ("www.gob.mx", "www.state.gov", "www.dhs.gov", "www.gov.uk", "api.io.canada.ca", "www.canada.ca")
    for host in hosts:
        assert "Disallow: /private/" in client.get(f"https://{host}/robots.txt").text
    assert replica.log[-1].host == "www.canada.ca"


def test_the_certificate_is_worth_nothing_to_others(replica: Replica, client: Client) -> None:
    client.context = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        client.get("https://www.gob.mx/robots.txt")
    client = Client(replica.environment)
    client.ports["example.org", 443] = client.ports["www.gob.mx", 443]
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        client.get("https://example.org/")


def test_http_leads_to_https_where_a_site_has_it_and_serves_where_it_has_not(client: Client) -> None:
    answer = client.get("http://www.gob.mx/sre/archivo/prensa?page=2")
    assert (answer.status, answer.headers["location"]) == (
        301,
        "https://www.gob.mx/sre/archivo/prensa?page=2",
    )
    assert client.get("http://mexidata.info/robots.txt").status == 200


def test_sixteen_connections_are_kept_alive_at_once(replica: Replica, client: Client) -> None:
    urls = [each.url for each in replica.truth.releases() if urlsplit(each.url).hostname == "www.gob.mx"]

    def read_all(part: list[str]) -> list[int]:
        connection = client.connect(part[0])
        try:
            found = []
            for url in part:
                connection.request("GET", urlsplit(url).path)
                response = connection.getresponse()
                response.read()
                found.append(response.status)
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        statuses = list(itertools.chain(*pool.map(read_all, [urls[start::16] for start in range(16)])))
    assert statuses == [200] * len(urls)


def test_requests_are_logged_with_host_path_status_and_agent(replica: Replica, client: Client) -> None:
    client.get("https://www.dhs.gov/nothing?x=1", headers={"User-Agent": "tester/1"})
    last = replica.log[-1]
    assert (last.host, last.path, last.status, last.user_agent) == (
        "www.dhs.gov",
        "/nothing?x=1",
        404,
        "tester/1",
    )


@pytest.mark.parametrize("size", [8_000, 50_000])
def test_pages_are_about_as_large_as_asked_for(size: int) -> None:
    with Replica(60, 7, page_size=size) as running:
        client = Client(running.environment)
        for source in ("mx_sre", "mexidata", "us_dhs", "us_state", "ca_gac"):
            url = next(
                each.url
                for each in running.truth.releases()
                if each.source == source and (source, each.language) != ("us_state", "es")
            )
            assert 0.75 * size < len(client.get(url).body) < 1.35 * size


def test_what_robots_txt_forbids_is_linked_nowhere(replica: Replica, client: Client) -> None:
    for source in SOURCES:
        body = client.get(some_url(replica, source)).body
        assert b"/private/" not in body


def test_every_true_release_is_reached_through_listings_and_apis(replica: Replica, client: Client) -> None:
    walks = (walk_gob_mx, walk_mirror, walk_state, walk_dhs, walk_gov_uk, walk_canada)
    found = set().union(*(walk(client) for walk in walks))
    assert found == {each.url for each in replica.truth.releases()}


def test_every_true_release_shows_its_text_at_its_address(replica: Replica, client: Client) -> None:
    for each in replica.truth.releases():
        answer = client.get(each.url)
        assert answer.status == 200
        charset = "cp1252" if each.source == "mexidata" else "utf-8"
        text = unescape(re.sub(r"<[^>]+>|\s+", " ", answer.body.decode(charset)))
        shown = " ".join(text.split())
        assert each.title in shown
        for paragraph in each.body:
            assert " ".join(paragraph.split()) in shown


def test_the_mirror_has_columns_reports_and_gaps_among_its_numbers(client: Client) -> None:
    answers = [client.get(f"http://mexidata.info/id{number}.html") for number in range(4403, 4430)]
    assert {answer.status for answer in answers} == {200, 404}
    texts = b"".join(answer.body for answer in answers)
    assert all(re.search(rb">%s \d{6} " % kind, texts) for kind in (b"Media", b"Column", b"Report"))


def test_listings_are_newest_first_and_end_with_a_page_without_entries(client: Client) -> None:
    text = client.get("https://www.gob.mx/shcp/archivo/prensa?order=DESC&page=1").text
    stamps = re.findall(r'<time date(?:time)?="([^"]+)"', text)
    assert len(stamps) == 9
    assert stamps == sorted(stamps, reverse=True)
    beyond = client.get("https://www.gob.mx/shcp/archivo/prensa?order=DESC&page=99")
    assert beyond.status == 200
    assert b"<article" not in beyond.body
    assert b'id="prensa"' in beyond.body


def test_the_first_date_and_link_of_a_release_page_are_not_its_own(replica: Replica, client: Client) -> None:
    url = some_url(replica, "mx_sre", -1)
    text = client.get(url).text
    assert text.index("Publicaciones Recientes") < text.index("<h1")
    assert re.search(r'href="(/sre/prensa/[^"]+)"', text).group(1) not in url  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wrong",
    [
        "dept=unknown&pick=10&format=atom",
        "pick=10&format=atom&colour=red",
        "pick=5000&format=atom",
        "pick=10",
    ],
)
def test_wrong_parameters_give_an_empty_feed_and_no_error(client: Client, wrong: str) -> None:
    answer = client.get(f"https://api.io.canada.ca/io-server/gc/news/en/v2?{wrong}")
    assert answer.status == 200
    assert b"<feed" in answer.body
    assert b"<entry" not in answer.body


def test_an_unknown_search_parameter_is_refused(client: Client) -> None:
    assert client.get("https://www.gov.uk/api/search.json?colour=red").status == 422


def test_the_state_api_narrows_to_a_window(replica: Replica, client: Client) -> None:
    bound = "2026-10-01T00:00:00Z"
    older = json.loads(client.get(f"{STATE_API}?per_page=100&before={quote(bound)}").body)
    newer = json.loads(client.get(f"{STATE_API}?per_page=100&after={quote(bound)}").body)
    english = [
        each for each in replica.truth.releases() if each.source == "us_state" and each.language == "en"
    ]
    assert older
    assert newer
    assert len(older) + len(newer) == len(english)
    assert (
        max(each["date_gmt"] for each in older) < bound.rstrip("Z") < min(each["date_gmt"] for each in newer)
    )
