"""Real pages and documents beside the checkout read as the definitions say; skipped where there are none."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.declare import Listing
from crawler.items import Capture, Release
from crawler.pages.index import read_index
from crawler.pages.read import read_page
from crawler.source import Source, load_source, source_named
from pipelines.process import process

SHARED = Path(__file__).parents[1] / "../shared"
CAPTURED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

SEP = '''
"""Mexico's education ministry: not a source of ours, but a real listing of it lies beside the checkout."""

from datetime import date

from crawler.declare import Every, PerWeek
from crawler.platforms.gob_mx import GobMx


class MxSep(GobMx):
    title = "Secretaría de Educación Pública"
    issuers = ("mx.sep",)
    agency = "sep"
    archive_from = date(2015, 8, 1)
    every = Every(hours=1)
    expect = PerWeek(at_least=1, at_most=60)
'''


def shared(path: str) -> Path:
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{path} is not beside this checkout")
    return found


@pytest.fixture
def sep(tmp_path: Path) -> Iterator[type[Source]]:
    path = tmp_path / "xx" / "mx_sep.py"
    path.parent.mkdir()
    path.write_text(SEP, "utf-8")
    yield load_source(path)
    del sys.modules["crawler.sources.xx.mx_sep"]


def test_a_real_listing_of_gob_mx_gives_its_nine_releases(sep: type[Source]) -> None:
    body = shared("pages/gob-mx/listing-sep-2025-11-26.html").read_bytes()
    (listing,) = sep.discoveries()
    assert isinstance(listing, Listing)
    url = listing.url.replace("{language}", "es").replace("{page}", "1")
    capture = Capture(url, 200, (("Content-Type", "text/html; charset=utf-8"),), body, CAPTURED)
    shown = read_index(sep, listing, capture, "es")
    assert shown.failure is None
    assert [entry.posted_on for entry in shown.entries] == [
        *(date(2025, 11, 25),) * 3,
        date(2025, 11, 24),
        date(2025, 11, 23),
        *(date(2025, 11, 22),) * 3,
        date(2025, 11, 21),
    ]
    first = shown.entries[0]
    assert first.posted_at == datetime(2025, 11, 26, 0, 21, tzinfo=UTC)  # 18:21 in Mexico City
    assert first.kind == "Comunicado"
    assert [(entry.title or "").partition(".")[0] for entry in shown.entries] == [
        f"Boletín {number}" for number in range(386, 377, -1)
    ]
    assert all(entry.key.startswith("prensa/boletin-") for entry in shown.entries)
    assert all(entry.url.startswith("https://www.gob.mx/sep/prensa/") for entry in shown.entries)


GOV_UK = [
    # file, language, languages that it names, issuers, said on
    ("news_article.json", "en", {"ur"}, ("gb.pm",), date(2016, 12, 25)),
    ("news_article_history_mode_translated_arabic.json", "ar", {"en"}, ("gb.fcdo",), date(2024, 1, 25)),
    # Named for Arabic, but it is Urdu: the document tells, not its name.
    ("news_article_news_story_translated_arabic.json", "ur", {"en"}, ("gb.pm",), date(2016, 12, 25)),
    ("news_article_press_release.json", "en", set(), ("gb.phe",), date(2016, 12, 28)),
    ("news_article_withdrawn.json", "en", {"ur"}, ("gb.pm",), date(2016, 12, 25)),
    ("speech-translated.json", "ar", {"en"}, ("gb.fcdo",), date(2016, 7, 25)),
    ("speech-with-updates.json", "en", set(), ("gb.moj",), date(2012, 5, 22)),
    ("world_news_story_news_article.json", "en", {"en", "ur"}, ("gb.bhc_singapore",), date(2016, 12, 25)),
]


@pytest.mark.parametrize(("name", "language", "others", "issuers", "said_on"), GOV_UK)
def test_a_real_document_of_gov_uk_reads(
    name: str, language: str, others: set[str], issuers: tuple[str, ...], said_on: date
) -> None:
    body = shared(f"pages/gov-uk/{name}").read_bytes()
    document = json.loads(body)
    url = f"https://www.gov.uk/api/content{document['base_path']}"
    headers = (("Content-Type", "application/json; charset=utf-8"),)
    reading = read_page(source_named("uk_fcdo"), Capture(url, 200, headers, body, CAPTURED))
    (item,) = reading.items
    release = process(item)
    assert isinstance(release, Release)
    assert release.language == language
    assert {each.language for each in item.alternates} == others
    assert {each.url for each in reading.discovered} == {
        each.url.replace("https://www.gov.uk/", "https://www.gov.uk/api/content/") for each in item.alternates
    }
    assert release.issuers == issuers
    assert release.said_on == said_on
    assert item.shared_ids == (document["content_id"],)
    assert (release.withdrawn is not None) == bool(document.get("withdrawn_notice"))


def test_the_seed_page_reads_to_what_it_says() -> None:
    body = shared("seed/mexidata-id4410.txt").read_bytes()
    url = "http://mexidata.info/id4410.html"
    capture = Capture(url, 200, (("Content-Type", "text/plain; charset=utf-8"),), body, CAPTURED)
    (item,) = read_page(source_named("mexidata"), capture).items
    release = process(item)
    assert isinstance(release, Release)
    assert release.title == "High Level Meeting between Mexico and the United States of America"
    assert (release.said_on, release.posted_on) == (date(2017, 2, 23), date(2017, 2, 27))
    assert release.issuers == ("mx.sre", "mx.segob", "mx.shcp")
    assert (release.language, release.role_hint.value) == ("en", "translation")
    paragraphs = release.body.split("\n\n")
    assert len(paragraphs) == 12
    assert paragraphs[0].startswith("Working groups of the Mexican")
    assert paragraphs[-1].endswith("in coming weeks.")
