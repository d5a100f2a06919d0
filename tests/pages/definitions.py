"""Definitions and captures for the tests of reading: made up, and checked like any other definition."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import settings

from crawler.declare import Address, Every, Fields, Kinds, Numbers, PerWeek
from crawler.items import Capture, KindOfRelease, KindOfSource, Origin
from crawler.source import Source

TAKEN = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)

STEADY = settings(derandomize=True, deadline=None, max_examples=150)
"""The same examples at every run, however busy the machine is."""

BY_CLASS = Fields(title="h1", body="div.text")


def define(**attributes: Any) -> type[Source]:  # noqa: ANN401 - attributes of every type
    """A source of that shape: example.org, English and Spanish, Mexico City time, one simple layout."""
    whole: dict[str, Any] = {
        "title": "Ministry of Examples",
        "kind": KindOfSource.MIRROR,
        "languages": ("en", "es"),
        "timezone": "America/Mexico_City",
        "hosts": ("www.example.org",),
        "discover": Numbers(url="https://www.example.org/id{number}.html", first=1, last=9),
        "address": Address(
            r"example\.org/(?:e[sn]/)?(?P<section>news|noticias)/(?P<slug>[^/]+)", "{section}/{slug}"
        ),
        "release": BY_CLASS,
        "kinds": Kinds(default=KindOfRelease.COMMUNIQUE),
        "archive_from": date(2000, 1, 1),
        "every": Every(days=1),
        "expect": PerWeek(at_least=0, at_most=9),
        "terms": "None.",
        **attributes,
        "__module__": "tests.pages.testing",
    }
    return type("Testing", (Source,), whole)


def capture(
    body: str | bytes,
    url: str = "https://www.example.org/news/one",
    *,
    content_type: str = "text/html; charset=utf-8",
    status: int = 200,
    taken: datetime = TAKEN,
    final_url: str | None = None,
    origin: Origin = Origin.LIVE,
    headers: tuple[tuple[str, str], ...] = (),
) -> Capture:
    return Capture(
        url=url,
        status=status,
        headers=(("Content-Type", content_type), *headers),
        body=body.encode() if isinstance(body, str) else body,
        captured_at=taken,
        origin=origin,
        final_url=final_url,
    )


SENTENCE = "The ministers of both countries met on the border and agreed to open a second bridge next spring."


def html(
    title: str = "Ministers open a bridge", text: str = f"<p>{SENTENCE}</p>", head: str = "", around: str = ""
) -> str:
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{title} | Examples</title>{head}</head>"
        f"<body>{around}<h1>{title}</h1><div class='text'>{text}</div></body></html>"
    )
