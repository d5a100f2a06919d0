"""Pages without usable markup, and saved text, by the order of their paragraphs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date
from html import escape

import pytest

from crawler.declare import Date, Flow
from crawler.items import FailureKind, ReadBy, ReleaseItem
from crawler.pages.read import Reading, read_page
from tests.pages.definitions import capture, define

LAYOUT = Flow(
    heading=r"^Media \d{6}\b",
    posted=Date(r"^\w+day, (.+)$", ("MMMM d, y",)),
    offices=1,
    attribution=r".*(?:translation|Communique|Mexico, D\.?F\.?).*",
    end=(r"^Share/Save", r"^FAIR USE NOTICE"),
    not_releases={r"^Columns? \d{6}": "a column", r"^Reports? \d{6}": "a report"},
)
SOURCE = define(release=LAYOUT, languages=("en",))

BODY = (
    "The secretaries of two countries met in the capital today, to speak about the bridges over the river "
    "and the people who cross them every day on their way to work.",
    'A short paragraph with a quotation: "We shall build it," the secretary said, "together."',
    "The next meeting of the [joint] commission will be held in Washington, D.C., in coming weeks.",
)
HEAD = ("Home | Columns, Commentary and News | Reports | Links | About/Contact",)
OPENING = (
    "Media 030617 SCT",
    "Monday, March 6, 2017",
    "Two Countries Agree on Bridges",
    "Secretariats of Transport",
)
FOOT = ("Joint SCT-SRE Communique, Mexican Ministry of Transport, Mar. 2, 2017; translation",)
END = (
    "Share/Save/Bookmark Tell a Friend New Page 1",
    "FAIR USE NOTICE: In accordance with a translation of the law.",
)
WHOLE = (*HEAD, *OPENING, *BODY, *FOOT, *END)


def as_text(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(textwrap.fill(each, 60) for each in paragraphs)


def as_editor_html(paragraphs: Sequence[str], *, charset: str = "windows-1252") -> bytes:
    """The page as an editor of its time wrote it: tables, fonts, hard line breaks, no classes."""
    broken = [escape(textwrap.fill(each, 60), quote=False).replace(" | ", "&nbsp;| ") for each in paragraphs]
    nav, heading, posted, title, offices, *rest = broken
    body = "".join(
        f'<p align="justify"><font face="Arial"\nsize="2">{each}</font></p>\n<p>&nbsp;</p>' for each in rest
    )
    markup = f"""<html><head><title>New Page 1</title>
<meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body bgcolor="#FFFFFF">
<table border="0" width="100%"><tr><td colspan="2"><a href="index.html">{nav}</a></td></tr>
<tr><td width="10">&nbsp;</td><td><b><font size="3">{heading}</font></b><br><br>
<font size="2">{posted}</font><br>
&nbsp;<br><b>{title}</b><p>{offices}<br><br>
{body}</td></tr></table></body></html>"""
    return markup.encode(charset, "xmlcharrefreplace")


def read(paragraphs: Sequence[str], form: str = "text") -> Reading:
    if form == "text":
        return read_page(SOURCE, capture(as_text(paragraphs), content_type="text/plain; charset=utf-8"))
    return read_page(SOURCE, capture(as_editor_html(paragraphs), content_type="text/html"))


def item_of(paragraphs: Sequence[str], form: str = "text") -> ReleaseItem:
    reading = read(paragraphs, form)
    assert reading.items, reading
    return reading.items[0]


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_order_of_the_paragraphs_gives_the_fields(form: str) -> None:
    item = item_of(WHOLE, form)
    assert item.title == "Two Countries Agree on Bridges"
    assert (item.posted, item.posted_on) == ("March 6, 2017", date(2017, 3, 6))
    assert item.issuers == ("Secretariats of Transport",)
    assert item.body == BODY
    assert item.attribution == FOOT[0]
    assert (item.said, item.said_on) == (None, None)
    assert (item.read_by, item.notes) == (ReadBy.RULES, ())


def test_saved_text_and_the_editors_html_read_the_same() -> None:
    text, markup = item_of(WHOLE, "text"), item_of(WHOLE, "html")
    for name in ("title", "body", "posted", "posted_on", "issuers", "attribution", "notes"):
        assert getattr(text, name) == getattr(markup, name), name


def test_saved_text_may_begin_with_a_bracket() -> None:
    text = "[Saved by hand]\n\n" + as_text(WHOLE)
    assert read_page(SOURCE, capture(text, content_type="text/plain")).items[0].body == BODY


def test_heading_and_date_in_one_paragraph_are_told_apart_by_their_line_break() -> None:
    text = as_text(WHOLE).replace("SCT\n\nMonday", "SCT\nMonday").replace("2017\n\nTwo", "2017\nTwo")
    item = read_page(SOURCE, capture(text, content_type="text/plain")).items[0]
    assert (item.title, item.posted_on, item.body) == (OPENING[2], date(2017, 3, 6), BODY)


def test_an_end_mark_in_the_furniture_above_does_not_end_the_release() -> None:
    assert item_of(("Share/Save this site", *WHOLE)).body == BODY


@pytest.mark.parametrize("form", ["text", "html"])
@pytest.mark.parametrize(
    ("heading", "reason"), [("Column 030617 Author", "a column"), ("Report 030617", "a report")]
)
def test_a_page_that_is_no_release_is_skipped_with_its_reason(form: str, heading: str, reason: str) -> None:
    reading = read((*HEAD, heading, *OPENING[1:], *BODY, *FOOT, *END), form)
    assert reading.skipped == reason


def test_a_release_that_mentions_a_column_is_a_release() -> None:
    assert (
        item_of((*HEAD, *OPENING, *BODY, "Column 030617 is about the same.", *FOOT, *END)).title == OPENING[2]
    )


def test_a_body_paragraph_that_fits_the_foot_line_s_pattern_stays_in_the_body() -> None:
    early = (
        "In a translation of the law, the secretary found the word he wanted to have in the agreement. " * 5
    )
    paragraphs = (*HEAD, *OPENING, early.strip(), *BODY, *BODY, *BODY, *END)
    item = item_of(paragraphs)
    assert item.body == (early.strip(), *BODY, *BODY, *BODY)
    assert item.attribution is None
    assert item.notes == ("rules failed: attribution",)


def test_what_stands_after_the_foot_line_is_left_out_and_counted() -> None:
    item = item_of((*HEAD, *OPENING, *BODY, *FOOT, "Printed with friendly permission", *END))
    assert item.body == BODY
    assert item.notes == ("paragraphs after the foot line left out: 1",)


def test_an_unreadable_date_keeps_its_raw_text() -> None:
    item = item_of((*HEAD, OPENING[0], "Someday, Marching 6", *OPENING[2:], *BODY, *FOOT, *END))
    assert (item.posted, item.posted_on, item.title) == ("Marching 6", None, OPENING[2])


def test_a_missing_date_is_noted_and_the_title_is_still_found() -> None:
    item = item_of((*HEAD, OPENING[0], *OPENING[2:], *BODY, *FOOT, *END))
    assert (item.posted, item.title, item.body) == (None, OPENING[2], BODY)
    assert "rules failed: posted" in item.notes


def test_a_paragraph_of_text_is_not_taken_for_an_office() -> None:
    long = "This is the first paragraph of the text and not the name of an office at all. " * 8
    item = item_of((*HEAD, *OPENING[:3], long.strip(), *BODY, *FOOT, *END))
    assert (item.issuers, item.body[0]) == ((), long.strip())
    assert "rules failed: offices" in item.notes


def test_saved_text_without_the_heading_fails_and_says_what_was_expected() -> None:
    failure = read((*HEAD, *OPENING[1:], *BODY)).failure
    assert failure is not None
    assert failure.kind is FailureKind.LAYOUT
    assert "rules failed: heading" in failure.detail


def test_html_without_the_heading_falls_back() -> None:
    item = item_of((*HEAD, "Something else", *OPENING[1:], *BODY * 3, *END), "html")
    assert item.read_by is ReadBy.FALLBACK
    assert "rules failed: heading" in item.notes
