"""A client that goes where the replica's environment says, and ways to walk its sites without the crawler."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

from tests.replica import Replica

SMALL = 240
"""Releases of a small replica: two months of history."""
LISTING = "https://www.gob.mx/sre/archivo/prensa?order=DESC&page={page}"
STATE_API = "https://www.state.gov/wp-json/wp/v2/state_press_release"


class Answer:
    """What a client got."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode()


class Client:
    """Goes where COMMUNIQUE_CONNECT_TO says, with the TLS name and Host header of the address."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.ports: dict[tuple[str, int], int] = {}
        for pair in environment["COMMUNIQUE_CONNECT_TO"].split(","):
            there, _, here = pair.partition("=")
            host, _, port = there.partition(":")
            address, _, mapped = here.partition(":")
            assert address == "127.0.0.1"
            self.ports[host, int(port)] = int(mapped)
        self.context = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])

    def connect(self, url: str, timeout: float = 30) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = 443 if parts.scheme == "https" else 80
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        plain = socket.create_connection(("127.0.0.1", self.ports[host, port]), timeout=timeout)
        try:
            secure = port == 443
            connection.sock = self.context.wrap_socket(plain, server_hostname=host) if secure else plain
        except ssl.SSLError:
            plain.close()
            raise
        return connection

    def ask(
        self, url: str, headers: dict[str, str] | None = None, timeout: float = 30
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = self.connect(url, timeout)
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers=headers or {})
        try:
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def get(self, url: str, headers: dict[str, str] | None = None, timeout: float = 30) -> Answer:
        connection, response = self.ask(url, headers, timeout)
        try:
            return Answer(response)
        finally:
            connection.close()


def some_url(replica: Replica, source: str, place: int = 0) -> str:
    return [each.url for each in replica.truth.releases() if each.source == source][place]


def pages_of_listing(client: Client, pattern: str, first: int, entry: str) -> Iterator[str]:
    for number in itertools.count(first):
        answer = client.get(pattern.format(page=number))
        assert answer.status == 200
        found = re.findall(entry, answer.text)
        if not found:
            return
        yield from (urljoin(pattern, unescape(each)) for each in found)


def walk_gob_mx(client: Client) -> set[str]:
    found: set[str] = set()
    for agency in ("sre", "segob", "shcp"):
        pattern = f"https://www.gob.mx/{agency}/archivo/prensa?order=DESC&page={{page}}"
        entry = r'<a class="small-link" href="([^"?]+)'
        listed = list(pages_of_listing(client, pattern, 1, entry))
        assert len(listed) == len(set(listed))
        found |= set(listed)
    return found


def walk_mirror(client: Client) -> set[str]:
    found: set[str] = set()
    missing = 0
    for number in itertools.count(4403):
        url = f"http://mexidata.info/id{number}.html"
        answer = client.get(url)
        missing = missing + 1 if answer.status == 404 else 0
        if missing > 25:
            return found
        if answer.status == 200 and re.search(rb">Media \d{6} ", answer.body):
            found.add(url)
    return found


def walk_state(client: Client) -> set[str]:
    first = client.get(f"{STATE_API}?per_page=20&page=1&_fields=id,link")
    pages = int(first.headers["x-wp-totalpages"])
    records = [
        record
        for page in range(1, pages + 1)
        for record in json.loads(client.get(f"{STATE_API}?per_page=20&page={page}&_fields=id,link").body)
    ]
    assert len(records) == int(first.headers["x-wp-total"])
    assert client.get(f"{STATE_API}?per_page=20&page={pages + 1}").status == 400
    single = json.loads(client.get(f"{STATE_API}/{records[0]['id']}").body)
    assert single["link"] == records[0]["link"]
    entry = r'<a class="collection-result__link" href="([^"]+)'
    tree = pages_of_listing(client, "https://www.state.gov/translations/spanish/page/{page}/", 1, entry)
    return {record["link"] for record in records} | set(tree)


def walk_dhs(client: Client) -> set[str]:
    pattern = "https://www.dhs.gov/news-releases/press-releases?items_per_page=10&page={page}"
    return set(pages_of_listing(client, pattern, 0, r'<a class="usa-link" href="([^"]+)'))


def walk_gov_uk(client: Client) -> set[str]:
    found: set[str] = set()
    query = [("filter_organisations", "foreign-commonwealth-development-office"), ("fields", "link")]
    for start in itertools.count(0, 10):
        url = f"https://www.gov.uk/api/search.json?{urlencode([*query, ('count', 10), ('start', start)])}"
        results = json.loads(client.get(url).body)["results"]
        if not results:
            return found
        for result in results:
            document = json.loads(client.get(f"https://www.gov.uk/api/content{result['link']}").body)
            for each in document["links"]["available_translations"]:
                translation = json.loads(client.get(each["api_url"]).body)
                assert translation["content_id"] == document["content_id"]
                assert translation["locale"] == each["locale"]
                found.add(each["web_url"])
    return found


def walk_canada(client: Client) -> set[str]:
    found: set[str] = set()
    for language in ("en", "fr"):
        feed = client.get(
            f"https://api.io.canada.ca/io-server/gc/news/{language}/v2"
            "?dept=departmentofforeignaffairstradeanddevelopment&sort=publishedDate&orderBy=desc"
            "&publishedDate%3E=2015-01-01&pick=1000&format=atom&atomtitle=news"
        ).text
        links = re.findall(r'<link rel="alternate" type="text/html" href="([^"]+)"', feed)
        found |= set(links)
    for url in list(found):
        twins = re.findall(r'hreflang="(?:en|fr)" href="([^"]+)"', client.get(url).text)
        assert len(twins) == 2
        assert set(twins) <= found
    return found
