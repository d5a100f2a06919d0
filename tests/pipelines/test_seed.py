"""The seed page, from the file that a person saved to the clean release."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.items import Capture, Claim, ClaimKind, KindOfRelease, Origin, Release, Role, Standing
from crawler.pages.read import read_page
from crawler.source import source_named
from pipelines.process import process

SEED = Path(__file__).parents[2] / "../shared/seed/mexidata-id4410.txt"


@pytest.fixture(scope="module")
def release() -> Release:
    if not SEED.exists():
        pytest.skip("the seed page is not beside this checkout")
    capture = Capture(
        url="http://mexidata.info/id4410.html",
        status=200,
        headers=(("Content-Type", "text/plain; charset=utf-8"),),
        body=SEED.read_bytes(),
        captured_at=datetime(2017, 3, 1, tzinfo=UTC),
        origin=Origin.FILE,
    )
    reading = read_page(source_named("mexidata"), capture)
    assert reading.failure is None
    assert len(reading.items) == 1
    found = process(reading.items[0])
    assert isinstance(found, Release), found
    return found


def test_title_and_kind(release: Release) -> None:
    assert release.title == "High Level Meeting between Mexico and the United States of America"
    assert release.kind is KindOfRelease.COMMUNIQUE
    assert release.language == "en"


def test_it_was_said_on_thursday_and_posted_on_monday(release: Release) -> None:
    assert (release.said_on, release.said_raw) == (date(2017, 2, 23), "Feb. 23, 2017")
    assert (release.posted_on, release.posted_raw) == (date(2017, 2, 27), "Monday, February 27, 2017")


def test_three_ministries_speak_in_a_translation(release: Release) -> None:
    assert release.issuers == ("mx.sre", "mx.segob", "mx.shcp")
    assert (release.role_hint, release.standing) == (Role.TRANSLATION, Standing.UNOFFICIAL)
    assert Claim(ClaimKind.ATTRIBUTION, "mx.segob+mx.shcp+mx.sre|2017-02-23") in release.claims


def test_the_body_is_twelve_paragraphs_and_nothing_around_them(release: Release) -> None:
    paragraphs = release.body.split("\n\n")
    assert len(paragraphs) == 12
    assert paragraphs[0].startswith("Working groups of the Mexican")
    assert paragraphs[-1].endswith("in coming weeks.")
    for furniture in ("Share/Save", "FAIR USE", "Columns, Commentary", "Joint SRE"):
        assert furniture not in release.body


def test_the_translators_insertions_are_kept_and_counted(release: Release) -> None:
    assert release.insertions == 3
    assert "the fight [against] organized crime" in release.body


def test_every_paragraph_is_as_it_was_saved(release: Release) -> None:
    saved = " ".join(SEED.read_text(encoding="utf-8").split())
    for paragraph in release.body.split("\n\n"):
        assert paragraph in saved
