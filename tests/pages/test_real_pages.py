"""Real pages and documents, where they lie beside the checkout; nothing of them is kept in the project."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.declare import Address, Api, Date, Fields, Flow, Listing, Pages, Record
from crawler.items import ReadBy, ReleaseItem
from crawler.pages.index import read_index
from crawler.pages.read import Reading, read_page
from tests.pages.definitions import capture, define
from tests.pages.test_flow import as_editor_html

SHARED = Path(__file__).parents[2] / "../shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared pages are not beside the checkout")


# The seed

SEED = SHARED / "seed/mexidata-id4410.txt"
MIRROR = define(
    languages=("en",),
    timezone="America/Los_Angeles",
    hosts=("mexidata.info",),
    address=Address(r"mexidata\.info/id(?P<number>\d+)\.html", "id{number}"),
    discover=Listing(url="http://mexidata.info/", entry="a", link="a"),
    release=Flow(
        heading=r"^Media \d{6}\b",
        posted=Date(r"^\w+day, (.+)$", ("MMMM d, y",)),
        offices=1,
        attribution=r".*\b(?:translation|Communique|Mexico, D\.?F)\b.*",
        end=(r"^Share/Save", r"^FAIR USE NOTICE"),
    ),
)


def read_seed(form: str) -> ReleaseItem:
    saved = SEED.read_text()
    url = "http://mexidata.info/id4410.html"
    if form == "text":
        taken = capture(saved, url, content_type="text/plain; charset=utf-8")
    else:
        paragraphs = [" ".join(each.split()) for each in saved.split("\n\n") if each.strip()]
        taken = capture(as_editor_html(paragraphs), url, content_type="text/html")
    reading = read_page(MIRROR, taken)
    assert reading.items, reading
    return reading.items[0]


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_seed_page(form: str) -> None:
    item = read_seed(form)
    assert item.title == "High Level Meeting between Mexico and the United States of America"
    assert len(item.body) == 12
    assert item.body[0].startswith("Working groups of the Mexican")
    assert item.body[-1].endswith("in coming weeks.")
    assert (item.posted_on, item.said_on) == (date(2017, 2, 27), None)
    assert item.issuers == ("Secretariats of Foreign Affairs, Government, and Finance and Public Credit",)
    assert item.attribution is not None
    assert item.attribution.startswith("Joint SRE-SEGOB-SHCP Communique")
    assert (item.key, item.read_by, item.notes) == ("id4410", ReadBy.RULES, ())
    whole = " ".join((item.title, *item.body))
    for furniture in ("About/Contact", "Share/Save", "FAIR USE", "Media 022717"):
        assert furniture not in whole


def test_the_seed_reads_the_same_from_text_and_from_an_editors_html() -> None:
    text, markup = read_seed("text"), read_seed("html")
    for name in ("title", "body", "posted", "posted_on", "issuers", "attribution", "key", "url", "notes"):
        assert getattr(text, name) == getattr(markup, name), name


# A listing of gob.mx

AGENCY = define(
    languages=("es",),
    hosts=("www.gob.mx",),
    discover=Listing(
        url="https://www.gob.mx/sep/archivo/prensa?page={page}",
        container="#prensa",
        entry="article",
        link="a.small-link",
        title="h2",
        posted=Date("time::attr(datetime), time::attr(date)"),
        kind="span.tag-presses",
        pages=Pages.numbered(),
        wrapped=True,
    ),
    address=Address(r"gob\.mx/sep/(?P<section>prensa)/(?P<slug>[^/]+)", "{section}/{slug}"),
)


@pytest.mark.parametrize("shape", ["page", "script"])
def test_the_listing_of_gob_mx(shape: str) -> None:
    body = (SHARED / "pages/gob-mx/listing-sep-2025-11-26.html").read_text()
    if shape == "script":
        cards = body[body.index('id="prensa">') + 12 : body.index('<ul class="pagination')]
        body = "$('#prensa').append(" + json.dumps(cards).replace("</", "<\\/") + ");"
    listing = AGENCY.discover
    assert isinstance(listing, Listing)
    page = read_index(AGENCY, listing, capture(body, "https://www.gob.mx/sep/archivo/prensa?page=1"), "es")
    assert page.failure is None
    assert (len(page.entries), page.foreign) == (9, 0)
    first, last = page.entries[0], page.entries[-1]
    assert first.posted_at == datetime(2025, 11, 26, 0, 21, tzinfo=UTC)
    assert first.posted_on == date(2025, 11, 25)
    assert (first.title or "").startswith("Boletín 386. A través del INEA")
    assert first.url.startswith("https://www.gob.mx/sep/prensa/boletin-386-a-traves-del-inea")
    assert first.key.startswith("prensa/boletin-386")
    assert (last.title or "").startswith("Boletín 378. SaberesMX")
    assert last.posted_at == datetime(2025, 11, 21, 19, 23, tzinfo=UTC)
    assert {entry.kind for entry in page.entries} == {"Comunicado"}
    assert all(entry.posted_at is not None for entry in page.entries)


# Official pages without rules


def official() -> list[Any]:
    labels = SHARED / "pages/official-html/expected.json"
    known = json.loads(labels.read_text()) if labels.is_file() else []
    return [pytest.param(label, id=label["file"]) for label in known]


@pytest.mark.parametrize("label", official())
def test_an_official_page_without_rules(label: dict[str, Any]) -> None:
    body = (SHARED / "pages/official-html" / label["file"]).read_bytes()
    host = urlsplit(label["url"]).hostname
    source = define(
        languages=("de",),
        timezone="Europe/Berlin",
        hosts=(host,),
        address=Address(r"^(?P<all>.+)$", "{all}"),
        discover=Listing(url=f"https://{host}/", entry="a", link="a"),
        release=Fields(title="h1.none", body="div.none"),
    )
    item = read_page(source, capture(body, label["url"])).items[0]
    text = "\n".join(item.body)
    assert item.read_by is ReadBy.FALLBACK
    assert "text by trafilatura" in item.notes
    assert [passage for passage in label["must_contain"] if passage not in text] == []
    assert [passage for passage in label["must_not_contain"] if passage in text] == []
    # One page is labelled without title and date, although it has both: the title stands in its only h1, and
    # "Bern, 17.08.2007" opens its text (the later date at its foot is that of the last change).
    assert item.title == (label["title"] or "Städteschutz statt Alpentrutz")
    assert item.posted_on == date.fromisoformat(label["date"] or "2007-08-17")
    assert item.posted is not None
    assert item.notes[-1] in ("date by byline", "date by dateline", "date by htmldate")


# Documents of GOV.UK

GOV_UK = define(
    languages=("en", "ar", "ur"),
    timezone="Europe/London",
    hosts=("www.gov.uk",),
    discover=Api(
        url="https://www.gov.uk/api/search.json",
        entries="results",
        link="link",
        fetch="https://www.gov.uk/api/content{link}",
    ),
    address=Address(r"gov\.uk/(?:api/content/)?government/(?P<rest>.+)$", "{rest}"),
    release=Record(
        title="title",
        body="details.body",
        url="base_path",
        site="https://www.gov.uk",
        native_id="join(':', [content_id, locale])",
        shared_ids="[content_id]",
        posted=Date("first_published_at"),
        issuers="links.organisations[].title",
        language="locale",
        alternates="links.available_translations[].{url: base_path, language: locale}",
        withdrawn="withdrawn_notice.explanation",
        withdrawn_at=Date("withdrawn_notice.withdrawn_at"),
        kind="document_type",
        modified="updated_at",
    ),
)


def gov_uk(name: str) -> tuple[Reading, dict[str, Any]]:
    body = (SHARED / "pages/gov-uk" / name).read_bytes()
    record: dict[str, Any] = json.loads(body)
    url = f"https://www.gov.uk/api/content{record['base_path']}"
    return read_page(GOV_UK, capture(body, url, content_type="application/json")), record


def documents() -> list[str]:
    return sorted(path.name for path in (SHARED / "pages/gov-uk").glob("*.json"))


@pytest.mark.parametrize("name", documents())
def test_a_document_of_gov_uk(name: str) -> None:
    reading, record = gov_uk(name)
    item = reading.items[0]
    assert (item.title, item.language) == (record["title"], record["locale"])
    assert item.url == f"https://www.gov.uk{record['base_path']}"
    assert item.native_id == f"{record['content_id']}:{record['locale']}"
    assert item.shared_ids == (record["content_id"],)
    links = record["links"]
    assert item.issuers == tuple(each["title"] for each in links.get("organisations", ()))
    others = [
        (f"https://www.gov.uk{each['base_path']}", each["locale"])
        for each in links.get("available_translations", ())
        if each["base_path"] != record["base_path"]
    ]
    assert [(each.url, each.language) for each in item.alternates] == others
    assert [each.url for each in reading.discovered] == [
        url.replace("gov.uk/", "gov.uk/api/content/", 1) for url, _ in others
    ]
    assert item.posted_at == datetime.fromisoformat(record["first_published_at"])
    assert len(item.body) > 3
    assert not any("<" in paragraph for paragraph in item.body)


def test_the_withdrawn_document_of_gov_uk_says_so() -> None:
    item = gov_uk("news_article_withdrawn.json")[0].items[0]
    assert item.withdrawn == "We’ve withdrawn this news article"
    assert item.withdrawn_at == datetime(2019, 8, 22, 9, 29, 2, tzinfo=UTC)


def test_an_empty_notice_on_gov_uk_is_no_withdrawal() -> None:
    item = gov_uk("speech-with-updates.json")[0].items[0]
    assert (item.withdrawn, item.withdrawn_at) == (None, None)
