"""What `scrapy parse` shows of a page: what it says, and why it says nothing."""

from __future__ import annotations

import logging

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawler.declare import Listing
from crawler.spiders.look import look
from tests.pages.definitions import capture, define

ARCHIVE = "https://www.example.org/archive"
SOURCE = define(
    discover=(
        Listing(url="https://www.example.org/news", container="main", entry="main li", link="a::attr(href)"),
        Listing(url=ARCHIVE, container="section", entry="section p", link="a::attr(href)"),
    )
)


def looked_at(markup: str) -> list[str]:
    response = HtmlResponse(ARCHIVE, request=Request(ARCHIVE, meta={"capture": capture(markup, ARCHIVE)}))
    return [request.url for request in look(SOURCE, response, None)]


def test_the_entries_of_a_second_index_are_shown_without_blame_for_the_first(
    caplog: pytest.LogCaptureFixture,
) -> None:
    entries = "<section><p><a href='/news/one'>One</a><p><a href='/news/two'>Two</a></section>"
    assert looked_at(entries) == ["https://www.example.org/news/one", "https://www.example.org/news/two"]
    assert caplog.text == ""


def test_a_page_that_is_no_index_says_what_each_expected(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert looked_at("<article>Something else.</article>") == []
    assert "'main'" in caplog.text
    assert "'section'" in caplog.text
