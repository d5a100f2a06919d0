"""Samples broken in the ways in which sites break: never a stored release with a missing or wrong field.

A selection, the same at every run, of what `python -m benchmarks.mutations` breaks; what is known to escape
is told there and in benchmarks/README.md.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks.mutations.breaks import breaks_of
from benchmarks.mutations.broken import Broken
from benchmarks.mutations.verdicts import judge
from crawler.items import FailureKind
from scheduler.samples import all_samples

ONE_IN = 12
GOAL = 0.99
SURE = (
    "body emptied",
    "title emptied",
    "charset changed",
    "other page in its place",
    "redesigned",
    "layout swapped",
    "index: emptied",
    "index: container gone",
    "index: entries renamed",
    "index: links gone",
    "index: other page in its place",
    "index: truncated",
    "nothing (control)",
)
"""Kinds of break of which not one may escape."""


def drawn() -> Iterator[Broken]:
    """One break in twelve, by a number that depends on its name alone."""
    for sample in all_samples():
        for broken in breaks_of(sample):
            if zlib.crc32(broken.name.encode()) % ONE_IN == 0:
                yield broken


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[Broken, str, tuple[str, ...]]]:
    judged = ((broken, judge(broken)) for broken in drawn())
    return [(broken, verdict.outcome, verdict.wrong) for broken, verdict in judged]


def test_breaks_are_drawn_of_every_kind(verdicts: list[tuple[Broken, str, tuple[str, ...]]]) -> None:
    kinds = Counter(broken.kind for broken, _, _ in verdicts)
    assert len(verdicts) > 400
    further = {"selector gone", "date removed", "date format changed", "body wrapped"}
    assert further <= set(kinds)
    assert set(SURE) <= set(kinds)


@pytest.mark.parametrize("kind", SURE)
def test_no_break_of_this_kind_is_stored_wrong(
    verdicts: list[tuple[Broken, str, tuple[str, ...]]], kind: str
) -> None:
    assert [(broken.name, wrong) for broken, _, wrong in verdicts if broken.kind == kind and wrong] == []


def test_nearly_every_break_is_caught(verdicts: list[tuple[Broken, str, tuple[str, ...]]]) -> None:
    escaped = [(broken.name, wrong[0]) for broken, _, wrong in verdicts if wrong]
    assert 1 - len(escaped) / len(verdicts) >= GOAL, escaped


def test_an_empty_listing_and_a_bot_check_are_named_as_what_they_are(
    verdicts: list[tuple[Broken, str, tuple[str, ...]]],
) -> None:
    for broken, outcome, _ in verdicts:
        if broken.where == "bot check" and broken.sample.page.suffix == ".html":
            assert outcome == f"failure: {FailureKind.CHALLENGE.value}", broken.name
        if broken.kind == "index: emptied":
            assert outcome == f"failure: {FailureKind.EMPTY_LISTING.value}", broken.name
