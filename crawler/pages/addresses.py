"""Addresses of index pages, told from the pattern by which a definition makes them."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from crawler.declare.discovery import Indexed

MONTH_NAMES = tuple(name.lower() for name in month_name)
"""English names in lower case; the first is empty, so that months count from 1."""

_ANYTHING = r"[^/&?=]+"
_STANDS_FOR = {
    "page": r"\d+",
    "year": r"\d{4}",
    "month": r"\d{2}",
    "month_name": "|".join(MONTH_NAMES[1:]),
    "since": _ANYTHING,
    "until": _ANYTHING,
    "language": _ANYTHING,
}
_PLACEHOLDER = re.compile(r"\\\{(\w+)\\\}")


@lru_cache(maxsize=1024)
def address_pattern(address: str) -> re.Pattern[str]:
    """A piece of an address in which placeholders stand, as a pattern with a group for each of them."""
    named: set[str] = set()

    def stands_for(match: re.Match[str]) -> str:
        name = match[1]
        pattern = _STANDS_FOR[name]
        if name in named:
            return f"(?:{pattern})"
        named.add(name)
        return f"(?P<{name}>{pattern})"

    return re.compile(_PLACEHOLDER.sub(stands_for, re.escape(address)))


def is_page_of(pattern: str, url: str, *, by_path_alone: bool = False) -> dict[str, str] | None:
    """What the placeholders of an index's address stand for in the address of one of its pages.

    None when that is no page of it: another host or path, or a parameter of the pattern that is not there.
    Further parameters do not matter, and with `by_path_alone` none does.
    """
    declared, asked = urlsplit(pattern), urlsplit(url)
    if declared.hostname != asked.hostname:
        return None
    path = address_pattern(declared.path).fullmatch(asked.path)
    if path is None:
        return None
    found = path.groupdict()
    given = parse_qsl(asked.query, keep_blank_values=True)
    for name, value in parse_qsl(declared.query, keep_blank_values=True):
        wanted = address_pattern(value)
        matches = (wanted.fullmatch(each) for key, each in given if key == name)
        match = next((each for each in matches if each is not None), None)
        if match is not None:
            found.update(match.groupdict())
        elif not by_path_alone:
            return None
    return found


def last_day_of_page(index: Indexed, url: str) -> date | None:
    """The last day of the month or year that a page of the index is for; None where pages are for neither."""
    found = is_page_of(index.url, url, by_path_alone=True) or {}
    if "year" not in found:
        return None
    year = int(found["year"])
    name = found.get("month_name")
    month = MONTH_NAMES.index(name) if name else int(found.get("month") or 12)
    if not (1 <= month <= 12 and year >= 1):
        return None
    return date(year, month, monthrange(year, month)[1])
