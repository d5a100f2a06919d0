"""Every sample page reads to what its expectation says; one test per field.

A sample is a folder tests/samples/<source>/<case>: the page (page.html, page.json, page.txt) or index
(listing.html, listing.json, feed.xml), meta.json (how it would have been captured) and expected.json.
Without an expectation one is drafted beside the page and the test fails: review it, then commit it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.items import Alternate, Capture, Due, Held, Release, ReleaseItem
from crawler.pages.index import read_index
from crawler.pages.read import read_page
from crawler.source import Source, registry
from pipelines.process import process

SAMPLES = Path(__file__).parent / "samples"
# What the capture contributes, which meta.json fixes, and the source, which is the folder's name.
NOT_READ = {"source", "captured_at", "origin", "capture", "capture_digest"}
CLEAN = (
    "title",
    "language",
    "kind",
    "role_hint",
    "standing",
    "said_on",
    "posted_on",
    "posted_at",
    "issuers",
    "folio",
    "translator",
    "insertions",
    "withdrawn",
    "withdrawn_at",
)


@dataclass(frozen=True)
class Sample:
    """One saved page or index of a source."""

    folder: Path

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name} / {self.folder.name}"

    @property
    def source(self) -> type[Source]:
        return registry()[self.folder.parent.name]

    @property
    def meta(self) -> dict[str, Any]:
        return _json(self.folder / "meta.json")

    @property
    def page(self) -> Path:
        (page,) = (each for each in self.folder.iterdir() if each.suffix != ".json" or _is_page(each))
        return page

    @property
    def is_index(self) -> bool:
        return "discovery" in self.meta

    def hint(self) -> Due | None:
        """What the index said of the page, where the sample says that it matters."""
        meta = self.meta
        if "index" not in meta:
            return None
        posted_on = date.fromisoformat(meta["index"]["posted_on"])
        key = self.source.address_key(meta["url"])
        assert key is not None
        return Due(key, meta["url"], language=meta["language"], posted_on=posted_on)

    def capture(self) -> Capture:
        meta = self.meta
        headers = {"Content-Type": meta["content_type"], **meta.get("headers", {})}
        return Capture(
            url=meta["url"],
            status=200,
            headers=tuple(headers.items()),
            body=self.page.read_bytes(),
            captured_at=datetime.fromisoformat(meta["captured_at"]),
        )


def _is_page(path: Path) -> bool:
    return path.stem in ("page", "listing")


def _json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def all_samples() -> list[Sample]:
    return [Sample(path.parent) for path in sorted(SAMPLES.glob("*/*/meta.json"))]


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A value as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Alternate):
        return {"url": value.url, "language": value.language}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def _text(paragraphs: tuple[str, ...]) -> dict[str, Any]:
    return {"paragraphs": len(paragraphs), "first": paragraphs[0], "last": paragraphs[-1]}


def raw_fields(item: ReleaseItem) -> dict[str, Any]:
    """The fields of an item that hold something."""
    found: dict[str, Any] = {}
    for each in fields(item):
        value = getattr(item, each.name)
        if each.name == "body":
            found["body"] = _text(item.body)
        elif each.name not in NOT_READ and value not in (None, (), ""):
            found[each.name] = plain(value)
    return found


def clean_fields(result: Release | Held) -> dict[str, Any]:
    """The fields of a release that hold something; of a record held back, why."""
    if isinstance(result, Held):
        return {"held": result.reason}
    found: dict[str, Any] = {"body": _text(tuple(result.body.split("\n\n")))}
    for name in CLEAN:
        value = getattr(result, name)
        if value not in (None, (), "", 0):
            found[name] = plain(value)
    return found


def read_sample(sample: Sample) -> dict[str, Any]:
    """What the engine and the stages make of a sample, in the form of an expectation."""
    if sample.is_index:
        return {"index": _index(sample)}
    reading = read_page(sample.source, sample.capture(), sample.hint())
    if reading.skipped is not None:
        return {"skipped": reading.skipped}
    if reading.failure is not None:
        return {"failure": reading.failure.kind.value}
    (item,) = reading.items
    found = {"item": raw_fields(item), "release": clean_fields(process(item))}
    if reading.discovered:
        found["discovered"] = {"addresses": {each.key: each.url for each in reading.discovered}}
    return found


def _index(sample: Sample) -> dict[str, Any]:
    discovery = sample.source.discoveries()[sample.meta["discovery"]]
    index = read_index(sample.source, discovery, sample.capture(), sample.meta["language"])
    if index.failure is not None:
        return {"failure": index.failure.kind.value}
    found: dict[str, Any] = {
        "entries": [
            {
                each.name: plain(getattr(entry, each.name))
                for each in fields(entry)
                if each.name != "found_in" and getattr(entry, each.name) is not None
            }
            for entry in index.entries
        ]
    }
    if index.total is not None:
        found["total"] = index.total
    if index.embedded:
        found["embedded"] = sorted(index.embedded)
    if index.maps:
        found["maps"] = [each.url for each in index.maps]
    return found


@cache
def read_once(sample: Sample) -> dict[str, Any]:
    return read_sample(sample)


def expectation(sample: Sample) -> dict[str, Any] | None:
    path = sample.folder / "expected.json"
    return _json(path) if path.exists() else None


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
        draft = json.dumps(read_once(sample), ensure_ascii=False, indent=2) + "\n"
        (sample.folder / "expected.json").write_text(draft, "utf-8")
        pytest.fail(
            f"{sample.name}: expected.json was drafted from what the reader found: review, then commit"
        )
    found = read_once(sample)
    assert found.keys() == expected.keys()
    for part, value in expected.items():
        if isinstance(value, Mapping):
            assert found[part].keys() == value.keys(), f"{part}: other fields than expected hold something"
        else:
            assert found[part] == value


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
