"""What a release keeps of when it was said, when and where it was posted, and what it was read from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.items import CapturePlace, Release
from pipelines.process import process
from tests.pipelines.made import CAPTURED, ministry_item, mirror_item


def released(item: object) -> Release:
    release = process(item)
    assert isinstance(release, Release), release
    return release


def test_a_mirrors_monday_and_the_statements_thursday_stay_apart_with_their_raw_texts() -> None:
    release = released(mirror_item())
    assert (release.said_on, release.said_raw) == (date(2017, 2, 23), "Feb. 23, 2017")
    assert (release.posted_on, release.posted_raw) == (date(2017, 2, 27), "Monday, February 27, 2017")


def test_a_posting_time_is_utc_and_the_sources_zone_is_kept_beside_it() -> None:
    there = datetime(2017, 2, 23, 21, 30, tzinfo=ZoneInfo("America/Mexico_City"))
    release = released(ministry_item(posted=None, posted_on=None, posted_at=there))
    assert release.posted_at == datetime(2017, 2, 24, 3, 30, tzinfo=UTC)
    assert release.posted_at.utcoffset() == timedelta(0)
    assert (release.posted_on, release.timezone) == (date(2017, 2, 23), "America/Mexico_City")


def test_a_release_says_which_capture_it_was_read_from() -> None:
    place = CapturePlace("2017-03/a.warc.gz", 7, 9)
    release = released(ministry_item(capture=place, capture_digest="sha256:0"))
    assert (release.capture, release.capture_digest) == (place, "sha256:0")
    assert release.captured_at == CAPTURED
