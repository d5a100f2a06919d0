"""Pages without rules."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from benchmarks.fallback import measure
from crawler.declare import Fields
from crawler.items import Due, ReadBy, ReleaseItem
from crawler.pages.read import read_page
from tests.pages.definitions import SENTENCE, capture, define

SOURCE = define(release=Fields(title="h1.none", body="div.none"), timezone="Europe/Berlin")
PARAGRAPHS = [f"{word} {SENTENCE}" for word in ("First,", "Second,", "Third,", "Fourth,", "Fifth,")]


def page(
    *,
    title: str = "Ministers open a bridge",
    named: str = "Ministers open a bridge | Ministry of Examples",
    head: str = "",
    before: str = "",
    after: str = "",
) -> str:
    text = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    return (
        f"<html lang='en'><head><title>{named}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<main><article><h1>{title}</h1>{before}{text}{after}</article></main>"
        f"<footer><p>Imprint and <a href='/c'>contact</a></p></footer></body></html>"
    )


def item_of(body: str, due: Due | None = None, **more: object) -> ReleaseItem:
    reading = read_page(SOURCE, capture(body, **more), due)  # type: ignore[arg-type]
    assert reading.items, reading
    return reading.items[0]


def test_text_and_title_are_found_and_the_record_says_how() -> None:
    item = item_of(page())
    assert item.read_by is ReadBy.FALLBACK
    assert item.title == "Ministers open a bridge"
    assert item.body == tuple(PARAGRAPHS)
    assert item.language == "en"
    assert item.notes[:2] == ("rules failed: title, body", "text by trafilatura")


def test_the_title_is_not_repeated_as_the_first_paragraph() -> None:
    item = item_of(page(before="<h2>Ministers open a bridge.</h2>"))
    assert item.body[0] == PARAGRAPHS[0]


def test_what_stands_above_the_repeated_title_is_no_text() -> None:
    item = item_of(page(before="<p>Press release 48</p><h2>Ministers open a bridge</h2>"))
    assert item.body == tuple(PARAGRAPHS)


def test_a_sentence_above_the_repeated_title_is_kept() -> None:
    lead = f"Under the bridge {SENTENCE}"
    item = item_of(page(before=f"<p>{lead}</p><h2>Ministers open a bridge</h2>"))
    assert item.body[0] == lead


@pytest.mark.parametrize(
    "line",
    [
        "Tags: bridges, roads",
        "Media Relations Office, 613-555-0111",
        "+41 58 000 00 01",
        "Oficina de Prensa: 4819-7388 / 7375",
        "Contact press@ministry.example",
        "Associated links",
    ],
)
def test_a_last_line_that_is_for_the_press_is_no_text(line: str) -> None:
    assert item_of(page(after=f"<p>{line}</p>")).body == tuple(PARAGRAPHS)


@pytest.mark.parametrize(
    "line", ["Lima, 12 de abril de 2018", "Brasília, 14-11-2018", "The total was 345 000 000 dollars"]
)
def test_a_last_line_with_place_day_or_figure_is_kept(line: str) -> None:
    assert item_of(page(after=f"<p>{line}</p>")).body == (*PARAGRAPHS, line)


@pytest.mark.parametrize(
    ("title", "named", "expected"),
    [
        ("Ministers open a bridge", "News / Ministers open a bridge", "Ministers open a bridge"),
        ("<span>3 May 2024</span> Ministers open", "Ministers open - Ministry", "Ministers open"),
        (
            "Examples",
            "Ministers open a bridge across the river | Examples",
            "Ministers open a bridge across the river",
        ),
        (
            "",
            "Ministers open a bridge across the river | Examples",
            "Ministers open a bridge across the river",
        ),
        ("", "Talks - a short history of the long river", "Talks - a short history of the long river"),
    ],
)
def test_the_headline_is_told_from_the_site_s_name(title: str, named: str, expected: str) -> None:
    if title == "Examples":
        # The heading is the site's; the page's own title tells the headline.
        title = ""
    assert item_of(page(title=title, named=named)).title == expected


def test_the_day_under_the_headline_is_the_posting_day() -> None:
    item = item_of(page(before="<p>3 May 2024</p>", after="<p>Last modified: 5 May 2024</p>"))
    assert (item.posted, item.posted_on) == ("3 May 2024", date(2024, 5, 3))
    assert item.notes[-1] == "date by byline"
    assert item.body == tuple(PARAGRAPHS)


def test_a_box_of_recent_posts_does_not_date_the_page() -> None:
    recent = "<div>Recent posts</div><ul><li>Another bridge opens</li><li>2024-05-20</li></ul>"
    text = page(before="<p>Ministry of Examples | 3 May 2024 | Communique</p>")
    assert item_of(text.replace("<main>", f"{recent}<main>")).posted_on == date(2024, 5, 3)


def test_a_labelled_day_at_the_foot_is_the_posting_day() -> None:
    foot = "<dl><dt>Author</dt><dd>Ministry</dd><dt>Date of publication</dt><dd>3 May 2024</dd></dl>"
    item = item_of(page(before=f"<p>Berlin, 1 May 2024 – {SENTENCE}</p>", after=foot))
    assert (item.posted, item.posted_on) == ("3 May 2024", date(2024, 5, 3))


def test_a_label_counts_whatever_follows_its_day() -> None:
    item = item_of(page(before="<p>Posted On: 3 May 2024 3:43PM by the press bureau</p>"))
    assert item.posted_on == date(2024, 5, 3)


def test_two_labelled_days_decide_nothing() -> None:
    box = "<p>Published: 1 April 2024</p><p>Published: 2 April 2024</p>"
    item = item_of(page(before="<p>3 May 2024</p>", after=box))
    assert item.posted_on == date(2024, 5, 3)


def test_a_place_beside_the_day_tells_when_it_was_said_and_not_when_it_was_posted() -> None:
    head = "<meta name='dcterms.issued' content='2024-05-03'>"
    assert item_of(page(head=head, before="<p>Berlin, 1 May 2024</p>")).posted_on == date(2024, 5, 3)


def test_a_day_in_the_headline_is_better_than_none() -> None:
    title = "No: 231, 3 May 2024, Press Release Regarding the Bridge"
    item = item_of(page(title=title, named=title))
    assert (item.posted_on, item.notes[-1]) == (date(2024, 5, 3), "date by headline")


def test_without_headings_the_line_that_the_page_s_own_title_repeats_is_the_headline() -> None:
    text = page(named="OAS :: Ministers open a bridge").replace("<h1>", "<p>").replace("</h1>", "</p>")
    assert item_of(text).title == "Ministers open a bridge"


def test_a_dateline_stays_in_the_text() -> None:
    item = item_of(page(before=f"<p>Berlin, 03.05.2024 – {SENTENCE}</p>"))
    assert (item.posted, item.posted_on, item.body[0]) == (
        "03.05.2024",
        date(2024, 5, 3),
        f"Berlin, 03.05.2024 – {SENTENCE}",
    )


def test_a_day_in_the_middle_of_a_sentence_is_no_posting_day() -> None:
    item = item_of(page(before=f"<p>On 3 May 1998 the old bridge fell. {SENTENCE}</p>"))
    assert "date by dateline" not in item.notes


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:published_time' content='2024-05-03T10:00:00Z'>",
        "<meta name='DC.date.issued' content='2024-05-03T10:00:00Z'>",
        '<script type="application/ld+json">{"datePublished": "2024-05-03T10:00:00Z"}</script>',
    ],
)
def test_the_day_of_publication_in_the_head_is_the_posting_day(head: str) -> None:
    item = item_of(page(head=head))
    assert (item.posted, item.posted_on) == ("2024-05-03T10:00:00Z", date(2024, 5, 3))
    assert item.notes[-1] == "date by metadata"


def test_a_date_that_stands_elsewhere_is_found_by_htmldate() -> None:
    item = item_of(page(head="<meta name='citation_date' content='2024-05-03'>"))
    assert (item.posted_on, item.notes[-1]) == (date(2024, 5, 3), "date by htmldate")


def test_dates_after_the_capture_are_not_believed() -> None:
    taken = datetime(2020, 1, 1, tzinfo=UTC)
    head = "<meta property='article:published_time' content='2024-05-03'>"
    item = item_of(page(head=head, before="<p>3 May 2024</p>"), taken=taken)
    assert item.posted_on is None


def test_a_day_that_is_told_by_the_clock_is_not_read() -> None:
    item = item_of(page(before="<p class='date'>2 days ago</p><time>yesterday</time>"))
    assert (item.posted, item.posted_on) == (None, None)


def test_the_day_of_the_last_change_is_no_posting_day() -> None:
    item = item_of(page(after="<p><small>Letzte Änderung&nbsp;14.02.2019</small></p>"))
    assert item.posted_on is None
    assert item.body == tuple(PARAGRAPHS)


def test_the_index_s_day_is_preferred_to_a_found_one() -> None:
    due = Due("news/one", "https://www.example.org/news/one", posted_on=date(2024, 5, 2))
    head = "<meta property='article:published_time' content='2024-05-03'>"
    item = item_of(page(head=head), due)
    assert (item.posted, item.posted_on) == (None, date(2024, 5, 2))
    assert "date by index" in item.notes


def test_contacts_and_furniture_at_the_end_are_left_out() -> None:
    after = "<h3>Media contact</h3><p>Press office, +49 30 000</p><p>Print this page</p>"
    assert item_of(page(after=after)).body == tuple(PARAGRAPHS)


def test_a_heading_for_contacts_in_the_middle_ends_nothing() -> None:
    long = "".join(
        f"<p>{each} And more of it, so that nobody takes it for an address or a number. {SENTENCE}</p>"
        for each in PARAGRAPHS
    )
    item = item_of(page(after=f"<h3>Contacts</h3>{long}"))
    assert "Contacts" in item.body
    assert len(item.body) == 11


@pytest.mark.parametrize("depth", [200, 300, 2_000, 30_000])
def test_a_page_nested_however_deep_gives_its_text(depth: int) -> None:
    inner = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    deep = "<div>" * depth + inner + "</div>" * depth
    body = f"<html><title>Deep</title><body><h1>Deep bridge</h1>{deep}</body></html>"
    item = item_of(body)
    assert [each for each in item.body if each in PARAGRAPHS] == PARAGRAPHS


@pytest.mark.parametrize("depth", [300, 2_000])
def test_a_page_wrapped_however_deep_gives_no_navigation_for_text(depth: int) -> None:
    text = page(before="<p>3 May 2024</p>")
    deep = text.replace("<nav>", "<div>" * depth + "<nav>").replace("</body>", "</div>" * depth + "</body>")
    assert item_of(deep).body == item_of(text).body == tuple(PARAGRAPHS)


def test_reading_without_rules_is_no_worse_than_the_libraries_alone() -> None:
    """On a third of the sample pages, against what rules read (`benchmarks/fallback.py`: on all)."""
    ours, libraries = measure(one_in=3).values()
    assert ours["pages"] > 50
    for field in ("text", "title", "day"):
        assert ours[field] >= libraries[field], field


def test_a_page_of_a_source_without_rules_is_read_generally() -> None:
    item = read_page(define(release=()), capture(page())).items[0]
    assert item.read_by is ReadBy.FALLBACK
    assert "no rules for this page" in item.notes
