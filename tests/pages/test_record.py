"""JSON records by declared rules."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.declare import Address, Api, Date, Record, Text
from crawler.items import Alternate, Due, FailureKind, ReadBy, ReleaseItem
from crawler.pages.read import Reading, read_page
from crawler.source import Source
from tests.pages.definitions import SENTENCE, capture, define

LAYOUT = Record(
    title="title.rendered",
    body="content",
    url="path",
    site="https://www.example.org",
    native_id="id",
    shared_ids="[group]",
    posted=Date("published"),
    said=Date("event.day", ("dd/MM/y",)),
    summary="summary",
    kind=Text("type", r"^(\w+)"),
    issuers="offices[].name",
    language="locale",
    alternates="versions[].{url: path, language: locale}",
    attachments="files[].url",
    withdrawn="notice.text",
    withdrawn_at=Date("notice.at"),
    modified="changed",
    drop=(".share",),
)
RECORD: dict[str, Any] = {
    "id": 4711,
    "group": "g-1",
    "path": "/news/one",
    "title": {"rendered": "Ministers open a bridge &#8211; <em>again</em>"},
    "content": f"<div class='body'><p>{SENTENCE}</p><p class='share'>Tweet</p>"
    "<p>Second &amp; last.</p></div>",
    "published": "2024-05-03T20:15:00-06:00",
    "event": {"day": "02/05/2024"},
    "summary": "They met.",
    "type": "press release",
    "offices": [{"name": "Ministry A"}, {"name": "Ministry &amp; B"}],
    "locale": "en",
    "versions": [
        {"path": "/news/one", "locale": "en"},
        {"path": "/es/noticias/uno", "locale": "es"},
        {"path": "https://elsewhere.example/un", "locale": "fr"},
    ],
    "files": [{"url": "/files/a.pdf"}],
    "notice": {"text": "<div><p>We have withdrawn this.</p></div>", "at": "2024-05-05T10:00:00+01:00"},
    "changed": 17,
}
API = Api(
    url="https://www.example.org/api/list",
    entries="results",
    link="path",
    fetch="https://www.example.org/api/content{link}",
)
SOURCE = define(release=LAYOUT, discover=API)


def read(data: object, source: type[Source] = SOURCE, due: Due | None = None) -> Reading:
    body = data if isinstance(data, str | bytes) else json.dumps(data)
    taken = capture(body, "https://www.example.org/api/content/news/one", content_type="application/json")
    return read_page(source, taken, due)


def item_of(**changes: Any) -> ReleaseItem:  # noqa: ANN401 - JSON values
    reading = read({**RECORD, **changes})
    assert reading.failure is None, reading.failure
    return reading.items[0]


def test_every_expression_fills_its_field() -> None:
    item = item_of()
    assert item.title == "Ministers open a bridge – again"
    assert item.body == (SENTENCE, "Second & last.")
    assert (item.url, item.key) == ("https://www.example.org/news/one", "news/one")
    assert (item.native_id, item.shared_ids, item.modified) == ("4711", ("g-1",), "17")
    assert (item.posted, item.posted_on) == ("2024-05-03T20:15:00-06:00", date(2024, 5, 3))
    assert item.posted_at == datetime(2024, 5, 4, 2, 15, tzinfo=UTC)
    assert (item.said, item.said_on) == ("02/05/2024", date(2024, 5, 2))
    assert (item.summary, item.kind, item.language) == ("They met.", "press", "en")
    assert item.issuers == ("Ministry A", "Ministry & B")
    assert item.attachments == ("https://www.example.org/files/a.pdf",)
    assert item.read_by is ReadBy.RULES


def test_a_notice_of_withdrawal_is_text_and_time() -> None:
    item = item_of()
    assert (item.withdrawn, item.withdrawn_at) == (
        "We have withdrawn this.",
        datetime(2024, 5, 5, 9, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize("nothing", [None, {}])
def test_an_empty_notice_is_no_withdrawal(nothing: object) -> None:
    item = item_of(notice=nothing)
    assert (item.withdrawn, item.withdrawn_at) == (None, None)


def test_versions_other_than_itself_are_alternates() -> None:
    assert item_of().alternates == (
        Alternate("https://www.example.org/es/noticias/uno", "es"),
        Alternate("https://elsewhere.example/un", "fr"),
    )


def test_versions_of_the_same_source_are_discovered_where_the_api_has_them() -> None:
    assert [(each.key, each.url, each.language) for each in read(RECORD).discovered] == [
        ("noticias/uno", "https://www.example.org/api/content/es/noticias/uno", "es")
    ]


def test_a_list_of_records_gives_all_of_them() -> None:
    reading = read([RECORD, {**RECORD, "id": 2, "path": "/news/two", "versions": None}])
    assert [item.key for item in reading.items] == ["news/one", "news/two"]


def test_a_list_of_one_takes_the_ledgers_key() -> None:
    due = Due("as-listed", "https://www.example.org/api/content/news/one")
    assert read([RECORD], due=due).items[0].key == "as-listed"


def test_a_body_may_be_a_list_of_pieces() -> None:
    assert item_of(content=["<p>One.</p>", None, "Two."]).body == ("One.", "Two.")


def test_plain_text_is_split_at_blank_lines_else_at_line_ends() -> None:
    assert item_of(content="One\nstill &amp; one.\n\nTwo.").body == ("One still & one.", "Two.")
    assert item_of(content="One.\nTwo.\r\n").body == ("One.", "Two.")


def test_halves_of_surrogate_pairs_do_not_reach_the_item() -> None:
    item = item_of(title={"rendered": "a\ud800b"}, content="c\udc00d\u0000e " + SENTENCE, id="\ud83d")
    for text in (item.title, *item.body, item.native_id or ""):
        text.encode()
        assert "\0" not in text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"title": {"rendered": ["a", {"b": 1}]}},
            "title: expected text at 'title.rendered', found an object",
        ),
        ({"content": {"html": "x"}}, "body: expected text at 'content', found an object"),
        ({"content": [["x"]]}, "body: expected text at 'content', found a list"),
        ({"path": True}, "url: expected text at 'path', found true/false"),
        ({"offices": [{"name": {"en": "x"}}]}, "issuers: expected text at 'offices[].name', found an object"),
        ({"published": ["x", False]}, "posted: expected text at 'published', found true/false"),
        ({"versions": [{"path": 7}]}, "alternates: expected objects with url and language, found an object"),
    ],
)
def test_a_wrong_type_is_unreadable_with_what_was_expected_and_found(
    changes: dict[str, Any], expected: str
) -> None:
    failure = read({**RECORD, **changes}).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE
    assert expected in failure.detail


def test_an_expression_that_does_not_apply_is_unreadable() -> None:
    layout = Record(title="join(', ', names)", body="content", url="path", site="https://www.example.org")
    failure = read({**RECORD, "names": 3}, define(release=layout)).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE
    assert "join" in failure.detail


@pytest.mark.parametrize("data", ['{"a": ', "[1, 2", "[" * 100_000, '{"a": 1} x', "1" * 5000 + "]", "{\x00}"])
def test_broken_json_is_unreadable(data: str) -> None:
    failure = read(data).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE


@pytest.mark.parametrize("data", [[3], ["x"], [[]], 7, "null", '"text"', "true"])
def test_json_that_is_no_record_is_unreadable(data: object) -> None:
    failure = read(data).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE


def test_a_record_without_its_fields_is_another_layout() -> None:
    failure = read({"name": "x", "text": "y", "a": 1, "b": 2, "c": 3, "d": 4, "e": 5}).failure
    assert failure is not None
    assert failure.kind is FailureKind.LAYOUT
    assert "rules failed: title, body, url" in failure.detail
    assert "keys name, text" in failure.detail


def test_an_api_that_says_not_found_in_json_is_a_soft_404() -> None:
    said = {"code": "rest_post_invalid_id", "message": "Invalid post ID.", "data": {"status": 404}}
    failure = read(said).failure
    assert failure is not None
    assert failure.kind is FailureKind.SOFT_404
    assert "Invalid post ID." in failure.detail


def test_an_empty_list_holds_no_record() -> None:
    failure = read([]).failure
    assert failure is not None
    assert failure.kind is FailureKind.SOFT_404


def test_a_page_in_place_of_a_record_is_not_read_as_a_release() -> None:
    page = f"<html><title>Maintenance plan</title><body><p>{SENTENCE}</p></body></html>".encode()
    taken = capture(page, "https://www.example.org/api/content/news/one")
    failure = read_page(SOURCE, taken).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE
    assert "expected a JSON record" in failure.detail


def test_an_address_of_another_scheme_is_no_address() -> None:
    failure = read({**RECORD, "path": "javascript:alert(1)"}).failure
    assert failure is not None
    assert failure.kind is FailureKind.LAYOUT


def test_records_without_an_api_address_pattern_still_get_their_page_s_key() -> None:
    source = define(release=LAYOUT, address=Address(r"example\.org/news/(?P<slug>\w+)$", "{slug}"))
    assert read(RECORD, source).items[0].key == "one"
