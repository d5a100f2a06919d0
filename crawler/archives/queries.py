"""What to ask an archive's index for, so that it shows the pages of a source and little else. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.archives.cdx import Query
from crawler.declare import Wayback
from crawler.source import Source

_STOPS = frozenset("([{.*+?|^$")
_QUANTIFIERS = frozenset("*+?{")


def queries_of(source: type[Source]) -> tuple[Query, ...]:
    """As the definition's `Wayback` says; else by what all addresses of the source begin with, or its
    hosts.
    """
    said = next((each for each in source.origins if isinstance(each, Wayback)), Wayback())
    if said.prefixes:
        return tuple(_query(each) for each in said.prefixes)
    beginnings = [literal_beginning(each.pattern) for each in source.addresses()]
    if not all("/" in each for each in beginnings):
        beginnings = [host.removeprefix("www.") for host in source.hosts]
    return tuple(_query(each) for each in _widest(beginnings))


def literal_beginning(pattern: str) -> str:
    """The text with which every match of a regular expression begins; empty when there is none to see."""
    if _has_choice(pattern):
        return ""
    found: list[str] = []
    place = 0
    while place < len(pattern):
        character = pattern[place]
        if character == "\\" and place + 1 < len(pattern):
            character = pattern[place + 1]
            if character.isalnum():
                break  # a class such as \d
            place += 1
        elif character in _STOPS:
            if character in _QUANTIFIERS and found:
                found.pop()  # it belongs to the character before
            break
        found.append(character)
        place += 1
    return "".join(found)


def _has_choice(pattern: str) -> bool:
    """Whether a `|` stands outside of all groups."""
    depth, place = 0, 0
    in_set = False
    while place < len(pattern):
        character = pattern[place]
        if character == "\\":
            place += 1
        elif in_set:
            in_set = character != "]"
        elif character == "[":
            in_set = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            return True
        place += 1
    return False


def _query(text: str) -> Query:
    return Query(text, "prefix" if "/" in text else "host")


def _widest(beginnings: Iterable[str]) -> list[str]:
    """Each once, without those that another one takes in."""
    found: list[str] = []
    for each in sorted(set(beginnings), key=lambda text: (len(text), text)):
        if not any(each == wider or ("/" in wider and each.startswith(wider)) for wider in found):
            found.append(each)
    return sorted(found)
