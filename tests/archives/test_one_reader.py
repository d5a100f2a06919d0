"""A page gives the same release whether it came from the site, from an archive, from a WARC or from a folder.

Every second sample goes all four ways; only origin, place and time of the capture may differ.
"""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from email.utils import format_datetime
from pathlib import Path

from crawler.archives.memento import Asked, memento_of
from crawler.items import Capture, Due, Held, Origin, Release
from crawler.reading.messages import Read, ReadPage
from crawler.reading.work import Work
from crawler.spiders.arguments import Window
from pipelines.process import process
from scheduler.samples import Sample, all_samples
from scheduler.saved import form_of, page_in
from storage.warc import captures_in
from storage.warc_members import response_member, warcinfo_member


def by_archive(live: Capture) -> Capture:
    """As the Wayback Machine replays it: its own type, the site's beside it, gzip that no header tells."""
    stamp = f"{live.captured_at:%Y%m%d%H%M%S}"
    headers = [
        ("Memento-Datetime", format_datetime(live.captured_at, usegmt=True)),
        ("Content-Type", "application/octet-stream"),
        ("ETag", '"of the archive"'),
        *((f"X-Archive-Orig-{name}", value) for name, value in live.headers),
    ]
    memento = memento_of(Asked(live.url, stamp, live.url), 200, headers, gzip.compress(live.body), 0)
    assert memento is not None
    return memento.capture


def by_warc(live: Capture, path: Path) -> Capture:
    path.write_bytes(warcinfo_member(path.name, "somebody") + response_member("", live, live.body))
    (capture,) = captures_in(path)
    return replace(capture, origin=Origin.FILE)


def by_folder(live: Capture, path: Path) -> Capture:
    path.write_bytes(live.body)
    os.utime(path, (live.captured_at.timestamp(),) * 2)
    return page_in(form_of(path), live.url)


def records(sample: Sample, capture: Capture) -> list[Release | Held]:
    source = sample.source
    due = sample.hint() or Due(source.address_key(capture.url) or capture.url, capture.url)
    answer = Work(source, Window(), process).do(ReadPage(due, capture))
    assert isinstance(answer, Read)
    return [each for each in answer.records if isinstance(each, Release | Held)]


def plain(record: Release | Held) -> Release | Held:
    """The record without what says where it came from."""
    if isinstance(record, Held):
        return replace(record, capture=None, item={})
    return replace(
        record,
        origin=Origin.LIVE,
        capture=None,
        capture_digest=None,
        captured_at=None,
        etag=None,
        last_modified=None,
    )


def test_a_release_is_the_same_whichever_way_its_page_came(tmp_path: Path) -> None:
    compared = 0
    different: list[str] = []
    for sample in [each for each in all_samples() if not each.is_index][::2]:
        live = replace(sample.capture(), captured_at=sample.capture().captured_at.replace(microsecond=0))
        expected = [plain(each) for each in records(sample, live)]
        ways = {
            "archive": by_archive(live),
            "WARC": by_warc(live, tmp_path / "page.warc.gz"),
            "folder": by_folder(live, tmp_path / sample.page.name),
        }
        for way, capture in ways.items():
            assert capture.origin is not Origin.LIVE
            if [plain(each) for each in records(sample, capture)] != expected:
                different.append(f"{sample.name} by {way}")
        compared += any(isinstance(each, Release) for each in expected)
    assert different == []
    assert compared > 50
