"""Pages that were broken rather than made anew are failures, not texts by general extraction."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from crawler.declare import Date, DefinitionError, Fields, Record, Text, Unruled
from crawler.items import Due, FailureKind, Held, ReadBy
from crawler.pages.read import read_page
from crawler.pages.reading import Reading
from pipelines.process import process
from tests.pages.definitions import BY_CLASS, SENTENCE, TAKEN, capture, define, html

URL = "https://www.example.org/news/one"
DHS = "https://www.dhs.gov/news/2024/01/02/ministers-open-a-bridge"
TEXT = f"<p>{SENTENCE}</p>" * 4


def read(body: str, release: Fields, hint: Due | None = None) -> Reading:
    return read_page(define(release=release), capture(body, URL), hint)


def failure_of(reading: Reading) -> tuple[FailureKind, str]:
    assert reading.failure is not None, reading.items
    return reading.failure.kind, reading.failure.detail


def test_a_title_without_its_text_is_a_changed_layout_and_no_menu_is_read_in_its_place() -> None:
    kind, detail = failure_of(read(html(text=TEXT), Fields(title="h1", body="div.gone")))
    assert kind is FailureKind.LAYOUT
    assert "expected a text in 'div.gone' under its title" in detail
    assert "source capture" in detail


def test_an_emptied_body_is_a_changed_layout() -> None:
    kind, detail = failure_of(read(html(text=""), Fields(title="h1", body="div.text")))
    assert kind is FailureKind.LAYOUT
    assert "found that element empty" in detail


def test_a_page_that_ends_within_its_body_is_an_answer_that_was_cut_off() -> None:
    whole = html(text=TEXT)
    cut = whole[: whole.rindex(SENTENCE) + 20]
    kind, detail = failure_of(read(cut, Fields(title="h1", body="div.text")))
    assert kind is FailureKind.NETWORK
    assert "ends within its text" in detail


def test_end_tags_that_html_lets_a_page_leave_out_are_not_missed() -> None:
    page = html(text=TEXT).replace("</body>", "").replace("</html>", "")
    assert read(page, Fields(title="h1", body="div.text")).items


@pytest.mark.parametrize(
    ("told", "read_by"), [("Ministers open a bridge", ReadBy.FALLBACK), ("Another", None)]
)
def test_a_title_that_no_rule_finds_needs_a_witness(told: str, read_by: ReadBy | None) -> None:
    page = html(text=TEXT).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    reading = read(page, Fields(title="h1", body="div.text"), Due("news/one", URL, title=told))
    assert (reading.items[0].read_by if reading.items else None) == read_by
    if read_by is None:
        assert failure_of(reading)[0] is FailureKind.LAYOUT


def test_another_page_than_the_index_announced_is_not_read_generally() -> None:
    hint = Due("news/one", URL, title="A treaty on rivers")
    kind, detail = failure_of(read(html(text=TEXT), Fields(title="h1.gone", body="div.gone"), hint))
    assert kind is FailureKind.LAYOUT
    assert "the release that the index calls 'A treaty on rivers'" in detail
    same = replace(hint, title="Ministers open a …")
    assert read(html(text=TEXT), Fields(title="h1.gone", body="div.gone"), same).items


NOWHERE = Fields(title="h1.gone", body="div.gone")


def test_a_page_that_no_layout_fits_is_held_back_with_everything_that_was_found() -> None:
    (item,) = read(html(text=TEXT), NOWHERE).items
    assert (item.read_by, item.title) == (ReadBy.FALLBACK, "Ministers open a bridge")
    assert set(item.body) == {SENTENCE}
    held = process(replace(item, source="us_dhs", url=DHS))
    assert isinstance(held, Held)
    assert held.reason == "layout changed"
    assert "rules failed: title, body" in held.detail
    assert "communique reread" in held.detail
    assert held.item["body"] == list(item.body)


@pytest.mark.parametrize(
    ("era", "wanted"),
    [(Unruled(), True), (Unruled(until=TAKEN.date()), True), (Unruled(path="/old/"), False)],
)
def test_a_definition_may_want_such_pages_of_an_era(era: Unruled, wanted: bool) -> None:
    partly = replace(NOWHERE, title="h1")
    for release in (NOWHERE, partly):
        reading = read_page(define(release=(release, era)), capture(html(text=TEXT), URL))
        vouched = bool(reading.items) and reading.items[0].doubt is None
        assert vouched is wanted


def test_rules_go_before_what_is_wanted_without_rules() -> None:
    for release in ((Unruled(), BY_CLASS), (BY_CLASS, Unruled())):
        (item,) = read_page(define(release=release), capture(html(text=TEXT), URL)).items
        assert item.read_by is ReadBy.RULES


@pytest.mark.parametrize(("needs", "vouched"), [((), True), (("issuers",), False)])
def test_what_every_page_has_is_not_filled_in_by_default(needs: tuple[str, ...], vouched: bool) -> None:
    layout = Fields(title="h1", body="div.text", issuers="p.gone", needs=needs)
    (item,) = read(html(text=TEXT), layout).items
    assert (item.read_by, item.doubt is None) == (ReadBy.RULES, vouched)
    if not vouched:
        assert "expected issuers at 'p.gone'" in (item.doubt or "")


def test_a_record_without_what_every_record_has_is_not_vouched_for() -> None:
    layout = Record(title="title", body="body", issuers="bodies", needs=("issuers",))
    for bodies, vouched in (("Ministry", True), (None, False)):
        record = json.dumps({"title": "A bridge", "body": SENTENCE, "bodies": bodies})
        source = define(release=layout)
        (item,) = read_page(source, capture(record, URL, content_type="application/json")).items
        assert (item.doubt is None) is vouched


def test_a_definition_cannot_need_what_it_has_no_rule_for() -> None:
    with pytest.raises(DefinitionError, match="'said' has no rule here"):
        Fields(title="h1", body="div.text", needs=("said",))


def test_a_part_of_a_heading_has_no_witness() -> None:
    title = Text("h2.gone", r"^WIRE: (?P<value>.+)$")
    hint = Due("news/one", URL, title="Ministers open a bridge")
    reading = read(html(text=TEXT), Fields(title=title, body="div.text"), hint)
    assert failure_of(reading)[0] is FailureKind.LAYOUT


def test_a_label_that_stood_where_the_title_stood_is_missed_with_it() -> None:
    layout = Fields(title="h1.gone", body="div.text", kind="p.gone", posted=Date("time"))
    kind, detail = failure_of(read(html(text=TEXT), layout))
    assert kind is FailureKind.LAYOUT
    assert "a title and kind" in detail
