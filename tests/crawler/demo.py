"""A small source, and the web that it is crawled from: listings, pages, an API, numbered pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.crawler.server import Answer, Web

HOST = "www.demo.example"
ROBOTS = "User-agent: *\nDisallow: /private"

_DEFINITION = '''
"""A ministry for tests."""

from datetime import date

from crawler.declare import *
from crawler.items import KindOfRelease
from crawler.source import Source


class XxDemo(Source):
    title = "Ministry of Demonstrations"
    issuers = ("mx.sre",)
    languages = ("en",{more_languages})
    timezone = "America/Mexico_City"
    hosts = ("www.demo.example",)
    discover = {discover}
    address = Address(
        r"demo\\.example/(?:api/)?(?P<section>news|id)/?(?P<slug>[^/.]+)", "{{section}}/{{slug}}"
    )
    release = (
        Record(path="/api/", url="link", title="title", body="body", posted=Date("date")),
        Fields(
            title="h1",
            body="div.text",
            posted=Date("time::attr(datetime)"),
            alternates="a.language",
        ),
    )
    kinds = Kinds(default=KindOfRelease.COMMUNIQUE)
    polite = Polite(delay={delay}, at_once={at_once})
    archive_from = date(2017, 1, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=0, at_most=500)
    terms = "Made up."
'''

LISTING = """Listing(
        url="http://www.demo.example/list?page={page}",
        container="ul.releases",
        entry="ul.releases li",
        link="a::attr(href)",
        title="a",
        posted=Date("time::attr(datetime)"),
        pages=Pages.numbered(),
    )"""
SPANISH_LISTING = LISTING.replace("/list?", "/lista?").replace("container=", 'language="es", container=')
LINKED_LISTING = LISTING.replace("/list?page={page}", "/list").replace(
    "Pages.numbered()", 'Pages.next_link("a.next::attr(href)")'
)
API = """Api(
        url="http://www.demo.example/api/list?page={page}",
        entries="items",
        link="link",
        title="title",
        posted=Date("date"),
        modified="modified",
        total="total",
        embedded=True,
        fetch="http://www.demo.example/api{link}",
        pages=Pages.numbered(),
        page_size=3,
        since="after",
        until="before",
    )"""
NUMBERS = 'Numbers(url="http://www.demo.example/id/{number}.html", first=5, last=500, give_up_after=4)'


def definition(*discoveries: str, delay: float = 0.0, at_once: int = 4, more_languages: str = "") -> str:
    """The text of a definition file `xx_demo.py` with these ways of finding releases."""
    return _DEFINITION.format(
        discover="(" + ", ".join(discoveries or (LISTING,)) + ",)",
        delay=delay,
        at_once=at_once,
        more_languages=more_languages,
    )


def page(
    number: int, *, day: str = "2017-02-23", links: Sequence[tuple[str, str]] = (), words: int = 40
) -> Answer:
    """One release."""
    switches = "".join(f'<a class="language" hreflang="{tag}" href="{url}">{tag}</a>' for tag, url in links)
    text = " ".join(f"word{number}x{count}" for count in range(words))
    return Answer(
        f"<html lang=en><title>Release {number}</title>{switches}"
        f"<h1>Release number {number} of the ministry</h1>"
        f'<time datetime="{day}">{day}</time><div class="text"><p>The ministry said {text}.</p>'
        f"<p>And it added a second paragraph about {text}.</p></div></html>".encode()
    )


def listing(numbers: Sequence[int], *, days: dict[int, str] | None = None, following: str = "") -> Answer:
    """One page of the listing, with an entry for each number."""
    days = days or {}
    entries = "".join(
        f'<li><time datetime="{days.get(number, "2017-02-23")}">day</time>'
        f'<a href="/news/n{number}">Release number {number}</a></li>'
        for number in numbers
    )
    link = f'<a class="next" href="{following}">next</a>' if following else ""
    return Answer(f"<html><title>News</title><ul class=releases>{entries}</ul>{link}</html>".encode())


def web_of(pages: Sequence[Sequence[int]], *, days: dict[int, str] | None = None) -> Web:
    """A web with these numbers on the pages of its listing, and the releases themselves."""
    routes: dict[str, Any] = {
        f"/list?page={index + 1}": listing(numbers, days=days) for index, numbers in enumerate(pages)
    }
    routes[f"/list?page={len(pages) + 1}"] = listing([])
    for numbers in pages:
        for number in numbers:
            routes[f"/news/n{number}"] = page(number, day=(days or {}).get(number, "2017-02-23"))
    return Web(routes, robots=ROBOTS)


def settings_for(web: Web, **more: object) -> dict[str, Any]:
    """Settings that lead the source's host to the web, unhurried by its definition."""
    return {
        "COMMUNIQUE_CONNECT_TO": web.mapping(HOST),
        "COMMUNIQUE_CONNECT_DELAY": 0,
        "COMMUNIQUE_BEAT": 0.5,
        "RETRY_TIMES": 0,
        **more,
    }
