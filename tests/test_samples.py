"""Every sample page reads to what its expectation says; one test per field.

Samples are read by `scheduler/samples.py`, as `communique source check` reads them. Without an expectation
one is drafted beside the page and the test fails until somebody has reviewed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from scheduler.samples import (
    REVIEWED,
    SAMPLES,
    Sample,
    all_samples,
    differences,
    draft,
    expectation,
    read_sample,
    review_problem,
)

__all__ = ["Sample", "all_samples", "read_sample"]


@cache
def read_once(sample: Sample) -> dict[str, Any]:
    return read_sample(sample)


def _single_fields() -> Iterator[Any]:
    for sample in all_samples():
        for part, expected in (expectation(sample) or {}).items():
            if isinstance(expected, Mapping):
                for name in expected:
                    yield pytest.param(sample, part, name, id=f"{sample.name} / {part}.{name}")


@pytest.mark.parametrize("sample", all_samples(), ids=lambda sample: sample.name)
def test_a_sample_reads_to_what_is_expected_and_nothing_more(sample: Sample) -> None:
    expected = expectation(sample)
    if expected is None:
        expected = draft(sample)
    problem = review_problem(sample, expected)
    assert problem is None, problem
    assert list(differences(expected, read_once(sample))) == []


@pytest.mark.parametrize(("sample", "part", "name"), list(_single_fields()))
def test_field(sample: Sample, part: str, name: str) -> None:
    expected = expectation(sample)
    assert expected is not None
    assert read_once(sample).get(part, {}).get(name) == expected[part][name]


def test_a_page_saved_as_text_reads_like_the_page_saved_as_html() -> None:
    saved, page = (
        read_once(Sample(SAMPLES / "mexidata" / case))
        for case in ("joint-communique-text", "joint-communique-html")
    )
    assert saved["release"] == page["release"]


def test_a_marquee_of_recent_posts_gives_neither_date_nor_address() -> None:
    sample = Sample(SAMPLES / "mx_sre" / "2025-body-in-divs")
    item = read_once(sample)["item"]
    assert "2025-11-24" in sample.page.read_text("utf-8")
    assert item["posted_on"] == "2025-11-21"


def test_every_sample_says_that_we_wrote_it() -> None:
    for sample in all_samples():
        assert sample.meta["provenance"].startswith("Written by us"), sample.name


def test_a_draft_does_not_count_until_somebody_has_reviewed_it() -> None:
    sample = Sample(SAMPLES / "mx_sre" / "challenge")
    problem = review_problem(sample, {REVIEWED: False, **read_once(sample)})
    assert problem is not None
    assert 'delete the line "reviewed"' in problem
    assert review_problem(sample, read_once(sample)) is None


def test_a_difference_names_the_field_with_what_was_expected_and_found() -> None:
    expected = {"item": {"title": "A", "kind": "Remarks"}, "failure": "challenge"}
    found = {"item": {"title": "B", "folio": "7"}}
    assert [(each.field, each.expected, each.found) for each in differences(expected, found)] == [
        ("item.title", "A", "B"),
        ("item.kind", "Remarks", None),
        ("item.folio", None, "7"),
        ("failure", "challenge", None),
    ]
