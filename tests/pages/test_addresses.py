"""Which page it is: by the address that answered; what a site calls canonical decides nothing."""

from __future__ import annotations

from crawler.items import ReleaseItem
from crawler.pages.read import read_page
from tests.pages.definitions import capture, define, html


def item_of(body: str, url: str = "https://www.example.org/news/one") -> ReleaseItem:
    reading = read_page(define(), capture(body, url))
    assert reading.failure is None, reading.failure
    return reading.items[0]


def test_a_canonical_address_in_another_language_neither_moves_nor_ties_a_page() -> None:
    """Sites name the page in their first language as canonical for all: that says nothing of the text."""
    head = "<link rel='canonical' href='https://www.example.org/es/noticias/uno'>"
    named, plain = item_of(html(head=head)), item_of(html())
    assert named == plain
    spanish = item_of(html(head=head), url="https://www.example.org/es/noticias/uno")
    assert named.key != spanish.key
    assert not set(named.shared_ids) & set(spanish.shared_ids)
    assert (named.alternates, named.source_links) == ((), ())
