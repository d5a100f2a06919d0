"""A loopback web of the whole catalogue: every source's sample pages at their own addresses.

Where `Replica` makes any number of releases for some sources, this one shows what the samples hold, for all
of them: the sample of an index at the address of its first page, the sample releases that it links, and what
a site shows past the end (an index without entries, or 404 where the number is part of the path). What nobody
has a sample of is answered with 404, as a page that is gone.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qsl, unquote, urlsplit

import jmespath
from lxml import etree
from lxml import html as lxml_html
from parsel.csstranslator import HTMLTranslator

from crawler.declare import Api, Discovery, Feed, Listing, Numbers
from crawler.replica.certificates import make_certificates
from crawler.replica.exchange import Request, Response, page, validated
from crawler.replica.faults import Faults, Flavour
from crawler.replica.server import Logged, Server, Site
from crawler.source import Source
from scheduler.samples import Sample, all_samples

Place = tuple[str, tuple[tuple[str, str], ...]]
"""Path and query, in order of name."""

_ROBOTS = "User-agent: *\nDisallow: /private/\n"


def place_of(path: str, query: Iterable[tuple[str, str]]) -> Place:
    """What an address is looked up by."""
    return unquote(path), tuple(sorted(query))


@dataclass(slots=True)
class SampledSite:
    """Answers for one host."""

    pages: dict[Place, Sample] = field(default_factory=dict)
    indexes: dict[str, list[tuple[Sample, Discovery]]] = field(default_factory=dict)
    """By path: the indexes that are there, for their further pages."""
    releases: dict[tuple[type[Source], str], Sample] = field(default_factory=dict)
    """By source and key, for addresses that a site writes in several ways."""

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The sample at an address, or what a site shows where there is nothing."""
        if request.path == "/robots.txt":
            return Response(body=_ROBOTS.encode(), content_type="text/plain; charset=utf-8")
        sample = self.pages.get(place_of(request.path, request.query))
        sample = sample or self._release_at(request)
        if sample is not None:
            return validated(_response(sample, sample.page.read_bytes()), request)
        names = {name for name, _ in request.query}
        for sample, discovery in self.indexes.get(request.path, ()):
            known = {
                name for name, _ in parse_qsl(urlsplit(sample.meta["url"]).query, keep_blank_values=True)
            }
            if names == known:
                return _response(sample, without_entries(sample, discovery))
        return page("<html><head><title>404</title></head><body><h1>Not Found</h1></body></html>", 404)

    def _release_at(self, request: Request) -> Sample | None:
        url = f"{'https' if request.secure else 'http'}://{request.host}{request.target}"
        for source in {source for source, _ in self.releases}:
            key = source.address_key(url)
            if key is not None and (source, key) in self.releases:
                return self.releases[source, key]
        return None


def _response(sample: Sample, body: bytes) -> Response:
    headers = list(sample.meta.get("headers", {}).items())
    return Response(200, body, sample.meta["content_type"], headers)


def without_entries(sample: Sample, discovery: Discovery) -> bytes:
    """The index as it looks when it has nothing to show."""
    body = sample.page.read_bytes()
    if isinstance(discovery, Listing) and discovery.wrapped and not body.lstrip().startswith(b"<"):
        return re.sub(rb"append\('.*'\)", b"append('')", body, flags=re.DOTALL)
    if isinstance(discovery, Listing):
        tree = lxml_html.document_fromstring(body)
        rules = [discovery.entry, *([discovery.headings.selector] if discovery.headings else [])]
        for rule in rules:
            for element in tree.xpath(HTMLTranslator().css_to_xpath(rule.partition("::")[0])):
                element.drop_tree()
        return bytes(lxml_html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>"))
    if isinstance(discovery, Feed):
        root = etree.fromstring(body)
        for element in root.xpath("//*[local-name()='item' or local-name()='entry']"):
            element.getparent().remove(element)
        return bytes(etree.tostring(root, encoding="utf-8"))
    if isinstance(discovery, Api) and discovery.script is None:
        data = json.loads(body)
        shown = jmespath.search(discovery.entries.partition("[")[0] or "@", data)
        if isinstance(shown, list):
            shown.clear()
        return json.dumps(data).encode()
    return body


def _place(url: str) -> tuple[str, Place]:
    parts = urlsplit(url)
    return parts.hostname or "", place_of(parts.path or "/", parse_qsl(parts.query, keep_blank_values=True))


def _first_page(sample: Sample) -> str:
    """The address of an index's first page. Some samples are of a later one, shaped otherwise."""
    discovery = sample.source.discoveries()[sample.meta["discovery"]]
    if isinstance(discovery, Numbers) or discovery.pages.kind != "numbered":
        return str(sample.meta["url"])
    first_url = getattr(discovery, "first_url", None)
    if first_url is not None:
        return str(first_url)
    word = discovery.word(sample.meta["language"])
    return str(discovery.url).replace("{language}", word).replace("{page}", str(discovery.pages.first))


def sites_of(samples: Sequence[Sample]) -> dict[str, SampledSite]:
    """What answers for each host, from samples that are pages of today (no challenges, no old layouts)."""
    sites: dict[str, SampledSite] = {}
    for sample in sorted(samples, key=lambda each: each.is_index and _first_page(each) != each.meta["url"]):
        host, place = _place(sample.meta["url"])
        site = sites.setdefault(host, SampledSite())
        if sample.is_index:
            discovery = sample.source.discoveries()[sample.meta["discovery"]]
            site.indexes.setdefault(place[0], []).append((sample, discovery))
            _, first = _place(_first_page(sample))
            place = place if first in site.pages else first
        elif (key := sample.source.address_key(sample.meta["url"])) is not None:
            for each in sample.source.hosts:
                sites.setdefault(each, SampledSite()).releases.setdefault((sample.source, key), sample)
        site.pages.setdefault(place, sample)
    for sample in samples:
        for host in sample.source.hosts:
            sites.setdefault(host, SampledSite())
    return sites


class CatalogueReplica:
    """Serves the samples of all sources under their host names, on loopback. Use as a context manager."""

    def __init__(self, samples: Iterable[Sample] | None = None) -> None:
        self.samples = tuple(all_samples() if samples is None else samples)
        self.faults = Faults()
        self._hosts: Mapping[str, Site] = sites_of(self.samples)
        schemes: dict[str, set[str]] = {}
        for sample in self.samples:
            parts = urlsplit(sample.meta["url"])
            schemes.setdefault(parts.hostname or "", set()).add(parts.scheme)
        self._insecure = frozenset(host for host, some in schemes.items() if some == {"http"})
        self._server = Server(self._hosts, self._insecure, self.faults)
        self._folder: Path | None = None
        self._authority: Path | None = None

    def __enter__(self) -> CatalogueReplica:
        self._folder = Path(tempfile.mkdtemp(prefix="communique-catalogue-"))
        hosts = [host for host in self._hosts if host not in self._insecure]
        self._authority, context = make_certificates(self._folder, hosts)
        self._server.start(context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder)

    @property
    def environment(self) -> dict[str, str]:
        """What to set so that the shipped definitions crawl it."""
        ports = self._server.ports
        pairs = [f"{host}:80=127.0.0.1:{ports[False]}" for host in self._hosts]
        pairs += [f"{host}:443=127.0.0.1:{ports[True]}" for host in self._hosts if host not in self._insecure]
        return {
            "COMMUNIQUE_CONNECT_TO": ",".join(sorted(pairs)),
            "COMMUNIQUE_CONNECT_DELAY": "0",
            "SSL_CERT_FILE": str(self._authority),
        }

    @property
    def log(self) -> list[Logged]:
        """The requests, oldest first."""
        return list(self._server.log)
