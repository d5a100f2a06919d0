"""All breaks of a sample."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.mutations.broken import Broken
from benchmarks.mutations.indexes import broken_indexes
from benchmarks.mutations.pages import broken_pages
from benchmarks.mutations.records import broken_records
from benchmarks.mutations.verdicts import whole, whole_releases
from crawler.pages.entries import IndexPage
from scheduler.samples import Sample


def breaks_of(sample: Sample) -> Iterator[Broken]:
    """The breaks of a sample; none of one that is itself a failure, held back or skipped."""
    found = whole(sample)
    if isinstance(found, IndexPage):
        if found.failure is None:
            yield from broken_indexes(sample)
    elif whole_releases(sample):
        if sample.page.suffix == ".html":
            yield from broken_pages(sample, found.items)
        elif sample.page.suffix == ".json":
            yield from broken_records(sample, found.items)
