"""Samples of sources: pages written in the shape of a site's, and what is expected to be read from them.

A sample is a folder tests/samples/<source>/<case>: the page (page.html, page.json, page.txt,
page.pdf) or index
(listing.html, listing.json, feed.xml, sitemap.xml), meta.json (how it would have been captured) and
expected.json. CONTRIBUTING.md says what stands in meta.json. The tests, `communique source check` and
`source capture` all read samples by this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crawler.items import Alternate, Capture, Due, Held, Release, ReleaseItem
from crawler.pages.index import read_index
from crawler.pages.read import read_page
from crawler.pages.reading import Reading
from crawler.source import Source, registry
from pipelines.process import process

SAMPLES = Path(__file__).parents[1] / "tests" / "samples"
"""Where a checkout has them; an installed package has none."""
REVIEWED = "reviewed"
"""Key of expected.json that a draft carries with false, until a person has reviewed it and deletes it."""

# What the capture contributes, which meta.json fixes, and the source, which is the folder's name.
_NOT_READ = {"source", "captured_at", "origin", "capture", "capture_digest"}
_CLEAN = (
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
        """Source and case, as a test shows them."""
        return f"{self.folder.parent.name} / {self.folder.name}"

    @property
    def source(self) -> type[Source]:
        """The source that the folder is named for."""
        return registry()[self.folder.parent.name]

    @property
    def meta(self) -> dict[str, Any]:
        """How the page would have been captured."""
        return _json(self.folder / "meta.json")

    @property
    def page(self) -> Path:
        """The file with the captured bytes."""
        (page,) = (each for each in self.folder.iterdir() if each.suffix != ".json" or _is_page(each))
        return page

    @property
    def is_index(self) -> bool:
        """Whether it is a page of an index, not of a release."""
        return "discovery" in self.meta

    def hint(self) -> Due | None:
        """What the index said of the page, where the sample says that it matters."""
        meta = self.meta
        if "index" not in meta:
            return None
        posted_on = date.fromisoformat(meta["index"]["posted_on"])
        key = self.source.address_key(meta["url"])
        if key is None:
            raise ValueError(f"{self.name}: {meta['url']} is no address of a release of this source")
        return Due(key, meta["url"], language=meta["language"], posted_on=posted_on)

    def capture(self) -> Capture:
        """The page as the crawler would have captured it."""
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


def all_samples(folder: Path = SAMPLES) -> list[Sample]:
    """Every sample below a folder, in order of source and case."""
    return [Sample(path.parent) for path in sorted(folder.glob("*/*/meta.json"))]


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
        elif each.name not in _NOT_READ and value not in (None, (), ""):
            found[each.name] = plain(value)
    return found


def clean_fields(result: Release | Held) -> dict[str, Any]:
    """The fields of a release that hold something; of a record held back, why."""
    if isinstance(result, Held):
        return {"held": result.reason}
    found: dict[str, Any] = {"body": _text(tuple(result.body.split("\n\n")))}
    for name in _CLEAN:
        value = getattr(result, name)
        if value not in (None, (), "", 0):
            found[name] = plain(value)
    return found


def read_sample(sample: Sample) -> dict[str, Any]:
    """What the engine and the stages make of a sample, in the form of an expectation."""
    if sample.is_index:
        return {"index": _index(sample)}
    return shown_reading(read_page(sample.source, sample.capture(), sample.hint()))


def shown_reading(reading: Reading) -> dict[str, Any]:
    """What was made of a page of a release, in the form of an expectation.

    On a page that is several releases `item` and `release` are the first, `item 2` and `release 2`
    the second.
    """
    if reading.skipped is not None:
        return {"skipped": reading.skipped}
    if reading.failure is not None:
        return {"failure": reading.failure.kind.value}
    found: dict[str, Any] = {}
    for number, item in enumerate(reading.items, start=1):
        behind = "" if number == 1 else f" {number}"
        found[f"item{behind}"] = raw_fields(item)
        found[f"release{behind}"] = clean_fields(process(item))
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


def expectation(sample: Sample) -> dict[str, Any] | None:
    """What a person expects of a sample, draft or not; None when there is no expected.json."""
    path = sample.folder / "expected.json"
    return _json(path) if path.exists() else None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a sample that does not read to what is expected."""

    field: str
    """Part and field ("item.posted_on"), or the part alone."""
    expected: Any
    found: Any


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Difference]:
    """Where a reading is not what is expected, field by field; what is absent is None."""
    for part in dict.fromkeys((*expected, *found)):
        wanted, read = expected.get(part), found.get(part)
        if isinstance(wanted, Mapping) and isinstance(read, Mapping):
            for name in dict.fromkeys((*wanted, *read)):
                if wanted.get(name) != read.get(name):
                    yield Difference(f"{part}.{name}", wanted.get(name), read.get(name))
        elif wanted != read:
            yield Difference(part, wanted, read)


def draft(sample: Sample) -> dict[str, Any]:
    """Write expected.json as the reader has it, marked as not reviewed; gives what was written."""
    drafted = {REVIEWED: False, **read_sample(sample)}
    text = json.dumps(drafted, ensure_ascii=False, indent=2) + "\n"
    (sample.folder / "expected.json").write_text(text, "utf-8")
    return drafted


def review_problem(sample: Sample, expected: Mapping[str, Any]) -> str | None:
    """Why an expectation does not count yet: nobody has reviewed the draft. None when somebody has."""
    if expected.get(REVIEWED, True) is True:
        return None
    return (
        f"{sample.name}: expected.json is a draft of what the reader found. Compare every field with the "
        f'page as a reader sees it, correct what is wrong, delete the line "{REVIEWED}", then commit'
    )
