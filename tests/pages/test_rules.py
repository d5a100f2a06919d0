"""What a definition may say of one value or one body, beyond a selector."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler import declare
from crawler.declare import Address, Date, DefinitionError, Fields, Record, Text
from crawler.items import Due, FailureKind, ReadBy, ReleaseItem
from crawler.pages.read import Reading, read_page
from crawler.source import Source, registry
from tests.pages.definitions import SENTENCE, capture, define, html


def read(source: type[Source], body: str, hint: Due | None = None, **more: Any) -> Reading:  # noqa: ANN401
    return read_page(source, capture(body, **more), hint)


def item(source: type[Source], body: str, hint: Due | None = None, **more: Any) -> ReleaseItem:  # noqa: ANN401
    reading = read(source, body, hint, **more)
    assert reading.failure is None, reading.failure
    return reading.items[0]


# What is taken can be written otherwise


def test_a_value_is_lowered_replaced_and_put_into_a_template() -> None:
    rule = Text("ref", lower=True, replace={"/": "_"}, template="https://example.org/{language}/{value}")
    assert rule.written("IP/26/1799", "en") == "https://example.org/en/ip_26_1799"


def test_a_template_that_needs_a_language_is_nothing_without_one() -> None:
    assert Text("a", template="/{language}/{value}").written("x") is None


def test_a_template_without_value_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"\{value\} is missing"):
        Text("a", template="https://example.org/view.do")


def test_a_records_address_is_made_of_its_reference() -> None:
    source = define(
        address=Address(r"example\.org/(?:en|es)/(?P<ref>\w+)$", "{ref}"),
        release=Record(
            title="title",
            body="text",
            url=Text(
                "ref", lower=True, replace={"/": "_"}, template="https://www.example.org/{language}/{value}"
            ),
            path=r"[?&]language=(?P<language>[a-z]{2})",
        ),
    )
    data = json.dumps({"title": "Ministers open a bridge", "text": f"<p>{SENTENCE}</p>", "ref": "IP/26/17"})
    url = "https://www.example.org/api/documents?reference=IP/26/17&language=es"
    found = item(source, data, url=url, content_type="application/json")
    assert (found.url, found.key, found.language) == ("https://www.example.org/es/ip_26_17", "ip_26_17", "es")


# The address may declare the language


def test_the_language_in_the_address_goes_before_that_of_the_markup() -> None:
    source = define(
        release=Fields(title="h1", body="div.text", path=r"example\.org/(?P<language>e[sn])/"),
        address=Address(r"example\.org/(?:e[sn]/)?news/(?P<slug>[^/]+)", "{slug}"),
    )
    assert item(source, html(), url="https://www.example.org/es/news/uno").language == "es"


# Where a body begins and ends

TWO_LETTERS = (
    f"<p>Press office</p><p>For immediate release</p><p>{SENTENCE}</p><p>A second paragraph.</p>"
    "<p>###</p><p>Contact: the press office</p>"
)


def test_a_body_begins_after_and_ends_before_marked_paragraphs() -> None:
    layout = Fields(title="h1", body="div.text", begin=r"For immediate release$", end=(r"#{3}", r"Contact:"))
    assert item(define(release=layout), html(text=TWO_LETTERS)).body == (SENTENCE, "A second paragraph.")


def test_a_page_without_the_mark_is_not_of_the_layout() -> None:
    layout = Fields(title="h1", body="div.text", begin=r"Not on this page")
    assert item(define(release=layout), html(text=TWO_LETTERS)).read_by is ReadBy.FALLBACK


def test_records_begin_and_end_as_pages_do() -> None:
    layout = Record(title=None, body="text", begin="Press office", end=("#",))
    found = item(define(release=layout), json.dumps({"text": TWO_LETTERS}), content_type="application/json")
    assert (found.title, found.body) == ("For immediate release", (SENTENCE, "A second paragraph."))


def test_the_first_paragraph_may_be_the_title() -> None:
    found = item(define(release=Fields(title=None, body="div.text")), html(text=TWO_LETTERS))
    assert (found.title, found.body[0]) == ("Press office", "For immediate release")


@pytest.mark.parametrize("part", [{"begin": "("}, {"end": ("(",)}, {"path": "("}])
def test_patterns_that_do_not_compile_are_refused(part: dict[str, Any]) -> None:
    for layout in (Fields, Record):
        with pytest.raises(DefinitionError, match=layout.__name__):
            layout(title="h1", body="text", **part)


# Layouts by era

OLD = Fields(title="h2", body="td.main", until=date(2012, 6, 30))
NEW = Fields(title="h1", body="div.text")
OLD_PAGE = (
    f"<html lang=en><body><h1>The Ministry</h1><div class=text>Search this site.</div><h2>A bridge</h2>"
    f"<table><tr><td class=main><p>{SENTENCE}</p></table></body></html>"
)


def test_an_old_layout_reads_what_was_captured_in_its_days() -> None:
    found = item(define(release=(OLD, NEW)), OLD_PAGE, taken=datetime(2012, 6, 30, 23, tzinfo=UTC))
    assert (found.title, found.body) == ("A bridge", (SENTENCE,))


def test_an_old_layout_reads_nothing_that_was_captured_after_its_days() -> None:
    found = item(define(release=(OLD, NEW)), OLD_PAGE, taken=datetime(2012, 7, 1, tzinfo=UTC))
    assert found.title == "The Ministry"


def test_records_have_eras_too() -> None:
    source = define(
        release=(
            Record(title="headline", body="text", until=date(2015, 1, 1)),
            Record(title="title", body="text"),
        )
    )
    data = json.dumps({"headline": "Old", "title": "New", "text": SENTENCE})
    ages = [datetime(2014, 1, 1, tzinfo=UTC), datetime(2016, 1, 1, tzinfo=UTC)]
    assert [item(source, data, content_type="application/json", taken=each).title for each in ages] == [
        "Old",
        "New",
    ]


# Dates without a year


def said_by(year: str, hint: Due | None = None, **more: Any) -> date | None:  # noqa: ANN401
    layout = Fields(
        title="h1",
        body="div.text",
        posted=Date("time", ("d MMMM y",)) if year == "posted" else None,
        said=Date("p.said", ("d MMMM",), year=year),  # type: ignore[arg-type]
    )
    page = html(around="<time>3 May 2021</time><p class=said>28 April</p>")
    return item(define(release=layout), page, hint, **more).said_on


def test_the_year_comes_from_where_the_definition_says() -> None:
    by_index = Due("news/one", "https://www.example.org/news/one", posted_on=date(2019, 5, 1))
    assert said_by("posted") == date(2021, 4, 28)
    assert said_by("index", by_index) == date(2019, 4, 28)
    assert said_by("index") is None
    assert said_by("capture") == date(2024, 4, 28)


def test_a_format_without_year_must_say_where_the_year_comes_from() -> None:
    with pytest.raises(DefinitionError, match="'MMMM d' names no year"):
        Date("time", ("MMMM d, y", "MMMM d"))


def test_a_pattern_that_no_reader_knows_is_refused_when_it_is_declared() -> None:
    with pytest.raises(DefinitionError, match="'QQQ' is not supported"):
        Date("time", {"en": ("QQQ y",)})


# Sources that a mirror names


def test_a_mirrors_links_to_the_source_are_kept() -> None:
    layout = Fields(title="h1", body="div.text", source="a.original")
    page = html(around="<a class=original href='https://www.gov.example/releases/7'>Original</a>")
    assert item(define(release=layout), page).source_links == ("https://www.gov.example/releases/7",)


def test_a_records_source_is_kept() -> None:
    layout = Record(title="title", body="text", source="origin.url")
    data = {"title": "Ministers meet", "text": SENTENCE, "origin": {"url": "https://www.gov.example/7"}}
    found = item(define(release=layout), json.dumps(data), content_type="application/json")
    assert found.source_links == ("https://www.gov.example/7",)


# Data in the elements of a page

EMBEDDED = Record(
    script="script#__NEXT_DATA__",
    within="props.pageProps.article",
    title="headline",
    body="blocks[].html",
    posted=Date("date"),
)
ARTICLE = {
    "headline": "Ministers open a bridge",
    "blocks": [{"html": f"<p>{SENTENCE}</p>"}],
    "date": "2024-05-03",
}


def shell(data: str) -> str:
    return f"<html lang=en><body><div id=app></div><script id=__NEXT_DATA__>{data}</script></body></html>"


def test_a_record_in_a_script_element_is_read_as_data() -> None:
    found = item(define(release=EMBEDDED), shell(json.dumps({"props": {"pageProps": {"article": ARTICLE}}})))
    assert (found.title, found.body, found.posted_on) == (
        "Ministers open a bridge",
        (SENTENCE,),
        date(2024, 5, 3),
    )
    assert (found.url, found.read_by) == ("https://www.example.org/news/one", ReadBy.RULES)


def test_a_record_assigned_to_a_variable_is_read_up_to_its_end() -> None:
    layout = Record(
        script=Text("script", r"window\.article\s*=\s*(\{.*)"), title="headline", body="blocks[].html"
    )
    script = (
        f"<script>var a = 1;</script><script>window.article = {json.dumps(ARTICLE)}; start({{}});</script>"
    )
    assert item(define(release=layout), f"<html lang=en><body>{script}</body></html>").body == (SENTENCE,)


def test_a_record_in_an_attribute_is_read_too() -> None:
    layout = Record(script="div#app::attr(data-page)", title="headline", body="blocks[].html")
    page = f"<html lang=en><body><div id=app data-page='{json.dumps(ARTICLE)}'></div></body></html>"
    assert item(define(release=layout), page).title == "Ministers open a bridge"


@pytest.mark.parametrize("data", ["{broken", "", "[" * 100_000, '{"props": {}}'])
def test_a_page_whose_data_is_not_as_declared_gives_no_release(data: str) -> None:
    failure = read(define(release=EMBEDDED), shell(data)).failure
    assert failure is not None
    assert failure.kind is FailureKind.LAYOUT


def test_a_wrong_type_in_embedded_data_is_unreadable() -> None:
    data = json.dumps({"props": {"pageProps": {"article": {**ARTICLE, "date": {"year": 2024}}}}})
    failure = read(define(release=EMBEDDED), shell(data)).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE


def test_every_word_of_the_catalogue_can_be_looked_up_by() -> None:
    # Intake of files remembers indexes and layouts by what they are.
    for source in registry().values():
        for word in (*source.discoveries(), *source.layouts(), *source.addresses(), source.kinds):
            assert {word: source.name}[word] == source.name


def test_contributors_are_told_every_word() -> None:
    told = Path("CONTRIBUTING.md").read_text("utf-8").partition("### The vocabulary")[2].partition("\n## ")[0]
    unions = {"DefinitionError", "Discovery", "Layout", "Selector"}
    missing = [word for word in declare.__all__ if word not in unions and f"`{word}" not in told]
    assert missing == []


# Days that only some pages have


def signed() -> type[Source]:
    return define(
        release=Fields(
            title="h1",
            body="article",
            said=Date("p.heading", ("d MMMM y",), r"^Office, (.+ \d{4})$", sign="^Office, "),
        )
    )


@pytest.mark.parametrize("written", ["Office, 3 May 2022", "Office, 2022-05-03", "Office, 3 days ago"])
def test_a_text_with_the_sign_of_a_day_tells_one_that_is_read_or_unreadable(written: str) -> None:
    body = f"<h1>A bridge</h1><p class='heading'>{written}</p><article><p>{SENTENCE}</p></article>"
    found = item(signed(), html(body))
    if written == "Office, 3 May 2022":
        assert (found.said, found.said_on) == ("3 May 2022", date(2022, 5, 3))
    else:
        # Raw text without a day: the stages hold it back.
        assert (found.said, found.said_on) == (written, None)


def test_a_page_without_the_sign_has_no_such_day() -> None:
    body = f"<h1>A bridge</h1><p class='heading'>Office</p><article><p>{SENTENCE}</p></article>"
    found = item(signed(), html(body))
    assert (found.said, found.said_on) == (None, None)


def test_a_title_without_a_word_is_a_changed_layout() -> None:
    data = json.dumps({"title": 7, "text": f"<p>{SENTENCE}</p>"})
    source = define(release=Record(title="title", body="text"))
    reading = read(source, data, content_type="application/json")
    assert reading.failure is not None
    assert reading.failure.kind is FailureKind.LAYOUT
