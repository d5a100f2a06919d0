"""HTML pages by declared rules."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.declare import Date, Fields, Text
from crawler.items import Alternate, CapturePlace, Discovered, Due, FailureKind, Origin, ReadBy, ReleaseItem
from crawler.pages.page import Page
from crawler.pages.read import Reading, read_page
from crawler.source import Source
from tests.pages.definitions import SENTENCE, capture, define, html

WHOLE = Fields(
    title="h1",
    body="div.text",
    posted=Date("time", {"en": ("MMMM d, y",), "es": ("d 'de' MMMM 'de' y",)}),
    said=Date("p.said", ("d MMMM y",), r"on (?P<value>\d+ \w+ \d{4})"),
    summary="p.lead",
    kind=Text("p.byline", r"\|\s*([^|]+)$"),
    issuers="ul.by li",
    folio=Text("p.byline", r"No\. \d+"),
    language="meta[name='language']::attr(content)",
    alternates="link[hreflang], a.lang",
    attachments="a.pdf::attr(href)",
    attribution="p.source",
    dateline=Text("div.text p", r"^([A-Z][a-z]+) –"),
    withdrawn="div.withdrawn",
    drop=("div.text .share", ".text aside"),
)
PAGE = html(
    text=f"<p>Geneva – {SENTENCE}</p><div class=share>Tweet</div><aside>Related</aside>"
    "<p>Second paragraph.</p>",
    head="<meta name='language' content='en_GB'><base href='https://www.example.org/news/'>"
    "<link rel='alternate' hreflang='es' href='/es/noticias/uno'>"
    "<link rel='alternate' hreflang='en' href='one'>"
    "<link rel='alternate' hreflang='x-default' href='/'>",
    around="<p class=lead>They <b>met</b>.</p><time>May 3, 2024</time>"
    "<p class=said>Said on 2 May 2024 in Bern</p>"
    "<p class=byline>No. 17 | Press Release</p><ul class=by><li>Ministry A<li>Ministry B<li>Ministry A</ul>"
    "<a class=lang lang=fr href='https://www.example.org/news/un'>Français</a>"
    "<a class=pdf href='../files/a b.pdf'>PDF</a><a class=pdf href='javascript:void(0)'>no</a>"
    "<p class=source>Source: <a href='https://other.example/x'>Other</a>, <a href='/here'>here</a></p>"
    "<div class=withdrawn>Withdrawn in June.</div>",
)


def read(body: str = PAGE, source: type[Source] | None = None, **more: object) -> Reading:
    return read_page(source or define(release=WHOLE), capture(body, **more))  # type: ignore[arg-type]


def item_of(body: str = PAGE, source: type[Source] | None = None, **more: object) -> ReleaseItem:
    reading = read(body, source, **more)
    assert reading.failure is None, reading.failure
    return reading.items[0]


def test_every_rule_fills_its_field() -> None:
    item = item_of()
    assert item.title == "Ministers open a bridge"
    assert item.body == (f"Geneva – {SENTENCE}", "Second paragraph.")
    assert (item.posted, item.posted_on, item.posted_at) == ("May 3, 2024", date(2024, 5, 3), None)
    assert (item.said, item.said_on) == ("2 May 2024", date(2024, 5, 2))
    assert (item.summary, item.kind, item.folio) == ("They met.", "Press Release", "No. 17")
    assert item.issuers == ("Ministry A", "Ministry B")
    assert item.language == "en-GB"
    assert item.attachments == ("https://www.example.org/files/a%20b.pdf",)
    assert item.source_links == ("https://other.example/x",)
    assert (item.dateline, item.withdrawn) == ("Geneva", "Withdrawn in June.")
    assert (item.read_by, item.notes) == (ReadBy.RULES, ())


def test_other_languages_are_alternates_and_the_page_itself_is_not() -> None:
    assert item_of().alternates == (
        Alternate("https://www.example.org/es/noticias/uno", "es"),
        Alternate("https://www.example.org/news/un", "fr"),
    )


def test_other_languages_of_the_same_source_are_discovered() -> None:
    assert read().discovered == (
        Discovered(
            "noticias/uno",
            "https://www.example.org/es/noticias/uno",
            "https://www.example.org/news/one",
            language="es",
        ),
        Discovered(
            "news/un", "https://www.example.org/news/un", "https://www.example.org/news/one", language="fr"
        ),
    )


def test_the_capture_is_on_the_item() -> None:
    from dataclasses import replace

    place = CapturePlace("a.warc.gz", 10, 20)
    taken = replace(
        capture(PAGE, origin=Origin.WAYBACK, headers=(("ETag", '"7"'), ("Last-Modified", "Mon"))),
        place=place,
        digest="sha256:0",
    )
    item = read_page(define(release=WHOLE), taken).items[0]
    assert (item.capture, item.capture_digest, item.captured_at) == (place, "sha256:0", taken.captured_at)
    assert (item.origin, item.etag, item.last_modified) == (Origin.WAYBACK, '"7"', "Mon")


def test_the_ledgers_key_is_the_items_key() -> None:
    due = Due("news/one-as-listed", "https://www.example.org/news/one", kind="Speech", language="es")
    item = read_page(define(), capture(html()), due).items[0]
    assert (item.key, item.kind, item.language) == ("news/one-as-listed", "Speech", "en")
    assert item_of().key == "news/one"


def test_the_address_is_after_redirects_and_as_canonical_says() -> None:
    head = "<link rel='canonical' href='https://www.example.org/en/news/one'>"
    assert (
        item_of(html(head=head), url="http://example.org/news/one?utm=x#top").url
        == "https://www.example.org/en/news/one"
    )
    elsewhere = "<link rel='canonical' href='https://www.example.org/news/two'>"
    assert item_of(html(head=elsewhere)).url == "https://www.example.org/news/one"
    assert (
        item_of(html(), final_url="https://www.example.org/es/news/one").url
        == "https://www.example.org/es/news/one"
    )


def test_a_date_that_does_not_read_keeps_its_raw_text() -> None:
    item = item_of(PAGE.replace("May 3, 2024", "early in May"))
    assert (item.posted, item.posted_on) == ("early in May", None)


def test_a_date_that_is_not_there_leaves_both_empty() -> None:
    item = item_of(PAGE.replace("<time>May 3, 2024</time>", ""))
    assert (item.posted, item.posted_on) == (None, None)


def test_a_date_in_another_of_the_sources_languages_is_read() -> None:
    assert item_of(PAGE.replace("May 3, 2024", "3 de mayo de 2024")).posted_on == date(2024, 5, 3)


def test_a_time_with_clock_is_kept_in_utc() -> None:
    layout = Fields(title="h1", body="div.text", posted=Date("time::attr(datetime)"))
    item = item_of(html(around="<time datetime='2024-05-03 20:15:00'>"), define(release=layout))
    assert (item.posted_on, item.posted_at) == (date(2024, 5, 3), datetime(2024, 5, 4, 2, 15, tzinfo=UTC))


def test_the_first_layout_that_applies_is_used() -> None:
    new, old = Fields(title="h1.new", body="div.new"), Fields(title="h1", body="div.text", kind="b")
    item = item_of(html(around="<b>Old</b>"), define(release=(new, old)))
    assert (item.kind, item.read_by) == ("Old", ReadBy.RULES)


def test_a_layout_is_for_its_paths_only() -> None:
    special = Fields(title="title", body="div.text", path=r"/noticias/")
    source = define(release=(special, Fields(title="h1", body="div.text")))
    assert item_of(html(), source).title == "Ministers open a bridge"
    assert (
        item_of(html(), source, url="https://www.example.org/noticias/uno").title
        == "Ministers open a bridge | Examples"
    )


def test_an_old_layout_is_for_old_captures_only() -> None:
    old = Fields(title="title", body="div.text", until=date(2020, 12, 31))
    source = define(release=(old, Fields(title="h1", body="div.text")))
    assert item_of(html(), source).title == "Ministers open a bridge"
    before = datetime(2020, 12, 31, 5, tzinfo=UTC)
    assert item_of(html(), source, taken=before).title == "Ministers open a bridge | Examples"


def test_a_method_replaces_the_rule_of_its_field() -> None:
    def read_title(self: object, page: Page) -> str | None:
        return (page.first("title") or "").partition(" | ")[0].upper()

    def read_said_on(self: object, page: Page) -> date:
        return date(2024, 1, 1)

    item = item_of(PAGE, define(release=WHOLE, read_title=read_title, read_said_on=read_said_on))
    assert (item.title, item.said_on, item.said) == (
        "MINISTERS OPEN A BRIDGE",
        date(2024, 1, 1),
        "2 May 2024",
    )


def test_rules_that_fail_fall_back_and_say_so() -> None:
    source = define(
        release=Fields(title="h1.gone", body="div.gone", posted=Date("time", ("MMMM d, y",)), kind="p.byline")
    )
    body = html(text=f"<p>{SENTENCE}</p>" * 4, around="<time>May 3, 2024</time><p class=byline>Press</p>")
    item = item_of(body, source)
    assert item.read_by is ReadBy.FALLBACK
    assert item.notes == ("rules failed: title, body", "text by trafilatura")
    assert (item.title, item.posted_on, item.kind) == ("Ministers open a bridge", date(2024, 5, 3), "Press")
    assert SENTENCE in item.body


def test_a_body_that_the_rules_still_find_is_kept_when_the_title_fails() -> None:
    source = define(release=Fields(title="h1.gone", body="div.text"))
    item = item_of(html(text="<p>Short.</p><p>" + SENTENCE + "</p>"), source)
    assert (item.title, item.body) == ("Ministers open a bridge", ("Short.", SENTENCE))
    assert (item.read_by, item.notes) == (ReadBy.FALLBACK, ("rules failed: title",))


def test_without_a_rule_for_the_date_the_index_tells_it() -> None:
    due = Due("news/one", "https://www.example.org/news/one", posted_on=date(2024, 5, 2))
    item = read_page(define(), capture(html()), due).items[0]
    assert (item.posted, item.posted_on, item.notes) == (None, date(2024, 5, 2), ("date by index",))
    ruled = define(release=Fields(title="h1", body="div.text", posted=Date("time")))
    assert read_page(ruled, capture(html()), due).items[0].posted_on is None


DATED = Fields(title="h1", body="div.text", posted=Date("time", ("MMMM d, y", "iso")))
EVENING = datetime(2024, 5, 4, 2, 15, tzinfo=UTC)  # May 3, 20:15 in Mexico City


def listed(posted_at: datetime | None, posted_on: date | None = None) -> Due:
    return Due("news/one", "https://www.example.org/news/one", posted_on=posted_on, posted_at=posted_at)


def test_the_index_tells_the_time_of_the_day_that_the_page_gives() -> None:
    page = capture(html(around="<time>May 3, 2024</time>"))
    item = read_page(define(release=DATED), page, listed(posted_at=EVENING)).items[0]
    assert (item.posted, item.posted_on, item.posted_at) == ("May 3, 2024", date(2024, 5, 3), EVENING)
    assert item.notes == ("time by index",)
    undated = read_page(define(), page, listed(posted_on=date(2024, 5, 3), posted_at=EVENING)).items[0]
    assert (undated.posted_on, undated.posted_at) == (date(2024, 5, 3), EVENING)
    assert undated.notes == ("date by index", "time by index")


@pytest.mark.parametrize(
    ("shown", "by_index"),
    [
        ("May 4, 2024", EVENING),  # in UTC it is that day, in Mexico City the day before
        ("May 2, 2024", EVENING),
        ("May 3, 2024", datetime(2024, 5, 3, 6, 0, tzinfo=UTC)),  # midnight there: a day, written as a time
        ("May 3, 2024", None),
        ("some day", EVENING),
    ],
)
def test_a_time_by_the_index_that_is_not_of_the_pages_day_is_left_alone(
    shown: str, by_index: datetime | None
) -> None:
    page = capture(html(around=f"<time>{shown}</time>"))
    item = read_page(define(release=DATED), page, listed(posted_at=by_index)).items[0]
    assert (item.posted_at, item.notes) == (None, ())


def test_the_pages_own_time_is_nearer_than_the_indexes() -> None:
    page = capture(html(around="<time>2024-05-03 18:00</time>"))
    item = read_page(define(release=DATED), page, listed(posted_at=EVENING)).items[0]
    assert (item.posted_at, item.notes) == (datetime(2024, 5, 4, 0, 0, tzinfo=UTC), ())


def test_a_page_without_any_text_is_a_changed_layout() -> None:
    failure = read(
        "<html><title>Bridge</title><body><div id=app></div><script>render()</script></body></html>"
    ).failure
    assert failure is not None
    assert failure.kind is FailureKind.LAYOUT
    assert "title, body" in failure.detail
    assert "'Bridge'" in failure.detail


def test_a_wrong_charset_is_read_and_noted() -> None:
    item = read_page(
        define(), capture(html(text="<p>Canciller Núñez</p>"), content_type="text/html; charset=iso-8859-1")
    ).items[0]
    assert item.body == ("Canciller Núñez",)
    assert item.notes == ("charset: declared cp1252, read as utf-8",)


@pytest.mark.parametrize("index", [0, 1, -1])
def test_an_index_picks_among_the_matches_that_the_pattern_fits(index: int) -> None:
    layout = Fields(title=Text("p", r"^\d+: (.+)$", index), body="div.text")
    around = "<p>menu</p><p>1: First</p><p></p><p>2: Second</p><p>foot</p>"
    assert item_of(html(around=around), define(release=layout)).title == ("First", "Second", "Second")[index]
