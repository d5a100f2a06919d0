"""The contract that every source keeps, checked on its samples without a network.

The tests check the same and more (tests/test_samples.py, tests/test_sources.py): here is what a person who
writes a definition wants to be told while writing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.declare import Numbers
from crawler.source import Source
from scheduler.samples import (
    SAMPLES,
    Sample,
    all_samples,
    differences,
    draft,
    expectation,
    read_sample,
    review_problem,
)

FEWEST_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked."""

    source: str
    sample: str
    """Case of the sample; "" for what is asked of the source as a whole."""
    field: str
    problem: str | None = None
    """What was expected, what was found, what to do; None when it is as it must be."""


def check_source(source: type[Source], folder: Path = SAMPLES) -> Iterator[Check]:
    """Every check of a source, those that pass included."""
    samples = [each for each in all_samples(folder) if each.folder.parent.name == source.name]
    yield from _complete(source, samples)
    for sample in samples:
        yield from _sample(source, sample)


def _complete(source: type[Source], samples: list[Sample]) -> Iterator[Check]:
    for number, discovery in enumerate(source.discoveries()):
        if isinstance(discovery, Numbers):
            continue
        there = any(each.is_index and each.meta["discovery"] == number for each in samples)
        missing = (
            f"expected a sample of index {number} ({type(discovery).__name__}, {discovery.url}), found none"
        )
        yield Check(source.name, "", f"index {number}", None if there else missing)
    shown = shown_languages(source)
    read = {each.meta["language"] for each in samples if not each.is_index}
    for tag in sorted(shown):
        missing = f"expected a sample of a release in {tag}, found {', '.join(sorted(read)) or 'none'}"
        yield Check(source.name, "", f"release in {tag}", None if tag in read else missing)


def shown_languages(source: type[Source]) -> set[str]:
    """The languages in which its indexes show releases."""
    shown: set[str] = set()
    for discovery in source.discoveries():
        one = getattr(discovery, "language", None)
        shown.update(getattr(discovery, "languages", ()) or ((one,) if one else source.languages))
    return shown


def _sample(source: type[Source], sample: Sample) -> Iterator[Check]:
    case = sample.folder.name
    expected = expectation(sample)
    if expected is None:
        expected = draft(sample)
    problem = review_problem(sample, expected)
    if problem is not None:
        yield Check(source.name, case, "expected.json", problem)
        return
    found = read_sample(sample)
    wrong = {each.field: each for each in differences(expected, found)}
    for name in _fields(expected, found):
        each = wrong.get(name)
        told = f"expected {each.expected!r}, found {each.found!r}" if each is not None else None
        yield Check(source.name, case, name, told)
    if "item" in found:
        yield Check(
            source.name, case, "invariants", "; ".join(_broken(source, sample, found["item"])) or None
        )


def _fields(expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    for part in dict.fromkeys((*expected, *found)):
        wanted, read = expected.get(part), found.get(part)
        if isinstance(wanted, dict) and isinstance(read, dict):
            yield from (f"{part}.{name}" for name in dict.fromkeys((*wanted, *read)))
        else:
            yield part


def _broken(source: type[Source], sample: Sample, item: dict[str, Any]) -> Iterator[str]:
    """Laws that hold for every release that is read, whatever its site."""
    taken = date.fromisoformat(sample.meta["captured_at"][:10])
    if urlsplit(item["url"]).scheme not in ("http", "https"):
        yield f"url: expected an absolute http address, found {item['url']!r}"
    elif source.address_key(item["url"]) is None:
        patterns = " or ".join(repr(each.pattern) for each in source.addresses())
        yield f"url: expected an address of {source.name} (pattern {patterns}), found {item['url']!r}"
    for name in ("posted_on", "said_on"):
        day = item.get(name)
        if day is not None and date.fromisoformat(day) > taken:
            yield f"{name}: {day} is after the capture of {taken}"
    if item["body"]["paragraphs"] < FEWEST_PARAGRAPHS:
        yield f"body: expected {FEWEST_PARAGRAPHS} paragraphs or more, found {item['body']['paragraphs']}"
