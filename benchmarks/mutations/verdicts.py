"""Whether a break was caught: what reading and stages make of a broken sample, beside the whole one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from benchmarks.mutations.broken import Broken
from crawler.declare import Feed, Numbers
from crawler.items import Capture, Due, Held, ReadBy, Release, ReleaseItem
from crawler.pages.entries import IndexPage
from crawler.pages.index import read_index
from crawler.pages.read import read_page
from crawler.pages.reading import Reading
from pipelines.process import process
from scheduler.samples import Sample

COMPARED = (
    "title", "body", "language", "kind", "said_on", "posted_on", "posted_at", "issuers", "folio", "standing",
    "role_hint", "translator", "withdrawn", "claims", "key",
)  # fmt: skip
"""Fields of a stored release that must not be missing or wrong."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a broken sample."""

    outcome: str
    """For a table: "failure: layout changed", "held: no date", "read the same", "read wrong"."""
    wrong: tuple[str, ...] = ()
    """Fields of a stored release that are not what they are on the whole page, with both values."""

    @property
    def caught(self) -> bool:
        """Whether nothing wrong was stored, and nothing was passed over as if it were no news."""
        return not self.wrong


def read(sample: Sample, capture: Capture, hint: Due | None) -> Reading | IndexPage:
    """The page of a release, or of an index."""
    if sample.is_index:
        discovery = sample.source.discoveries()[sample.meta["discovery"]]
        return read_index(sample.source, discovery, capture, sample.meta["language"])
    return read_page(sample.source, capture, hint)


def told(sample: Sample) -> Due | None:
    """What an index says of the page: its own hint, or else title and day, where an index shows them."""
    meta, hint = sample.meta, sample.hint()
    key = sample.source.address_key(meta["url"])
    if hint is not None or sample.is_index or key is None:
        return hint
    found = read_page(sample.source, sample.capture())
    if not found.items:
        return None
    (item, *_) = found.items
    indexes = [each for each in sample.source.discoveries() if not isinstance(each, Numbers)]
    titled = any(isinstance(each, Feed) or getattr(each, "title", None) for each in indexes)
    dated = any(isinstance(each, Feed) or getattr(each, "posted", None) for each in indexes)
    return Due(
        key,
        meta["url"],
        title=item.title if titled else None,
        posted_on=item.posted_on if dated else None,
    )


@cache
def whole(sample: Sample) -> Reading | IndexPage:
    """What the unbroken sample reads to."""
    return read(sample, sample.capture(), told(sample))


@cache
def whole_releases(sample: Sample) -> dict[str, Release]:
    """What is stored of the unbroken sample, by key; empty when it is held back or none."""
    found = whole(sample)
    made = [process(item) for item in found.items] if isinstance(found, Reading) else []
    return {each.key: each for each in made if isinstance(each, Release)}


def judge(broken: Broken) -> Verdict:
    """What came of a break."""
    found = read(broken.sample, broken.capture, broken.hint)
    if isinstance(found, IndexPage):
        return _of_index(broken, found)
    if found.failure is not None:
        return Verdict(f"failure: {found.failure.kind.value}")
    if found.skipped is not None:
        return Verdict(f"skipped: {found.skipped}", ("passed over",))
    return _of_items(broken, found.items)


def _of_items(broken: Broken, items: tuple[ReleaseItem, ...]) -> Verdict:
    wrong: list[str] = []
    held: list[str] = []
    by_fallback = False
    expected = whole_releases(broken.sample)
    for item in items:
        made = process(item)
        if isinstance(made, Held):
            held.append(made.reason)
            continue
        by_fallback = by_fallback or made.read_by is ReadBy.FALLBACK
        wrong += _wrong_fields(expected.get(made.key), made, broken.lost)
    how = " by fallback" if by_fallback else ""
    if wrong:
        return Verdict(f"read wrong{how}", tuple(wrong))
    if held:
        return Verdict(f"held: {held[0]}")
    if len(items) < len(expected):
        return Verdict(f"read in part{how}", ("a release is missing",))
    return Verdict(f"read the same{how}")


def _wrong_fields(expected: Release | None, found: Release, lost: frozenset[str]) -> list[str]:
    if expected is None:
        return [f"a release that is none: {found.title!r}"]
    return [
        f"{name}: {_short(getattr(expected, name))} became {_short(getattr(found, name))}"
        for name in COMPARED
        if getattr(expected, name) != getattr(found, name)
        and not (name in lost and getattr(found, name) is None)
    ]


def _short(value: Any) -> str:  # noqa: ANN401 - any field
    text = repr(value)
    return text if len(text) <= 90 else f"{text[:40]}...{text[-40:]} ({len(text)})"


def _of_index(broken: Broken, found: IndexPage) -> Verdict:
    if found.failure is not None:
        return Verdict(f"failure: {found.failure.kind.value}")
    expected = whole(broken.sample)
    assert isinstance(expected, IndexPage)
    if not found.entries and not found.maps:
        return Verdict(
            "no entries", ("no news where there is some",) if expected.entries or expected.maps else ()
        )
    shown = {each.key: each for each in found.entries}
    wrong: list[str] = []
    less: set[str] = set()
    for entry in expected.entries:
        other = shown.get(entry.key)
        if other is None:
            wrong.append(f"{entry.key} is missing")
            continue
        for each in fields(entry):
            before, after = getattr(entry, each.name), getattr(other, each.name)
            if before != after and after is None:
                less.add(each.name)
            elif before != after:
                wrong.append(f"{each.name} of {entry.key}: {_short(before)} became {_short(after)}")
    wrong += [f"{key} is no entry" for key in shown.keys() - {each.key for each in expected.entries}]
    if wrong:
        return Verdict("read wrong", tuple(wrong))
    return Verdict(f"read without {', '.join(sorted(less))}" if less else "read the same")
