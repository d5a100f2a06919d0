"""WordPress sites: feeds in the form that the software gives them.

What is known (developer.wordpress.org): `/feed/` of a site, a language or a category is RSS 2.0, `?paged=N`
the older pages, 404 past the last one; categories are topics.
"""

from __future__ import annotations

from crawler.declare import Feed, Pages


def feed_of(place: str, language: str | None = None) -> Feed:
    """The feed of a site or of a part of it (`https://foreignaffairs.co.nz/category/german`)."""
    return Feed(url=f"{place}/feed/?paged={{page}}", language=language, kinds=False, pages=Pages.numbered())
