"""The stages in a row: a release, or the record of why there is none; never nothing, never a guess."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipelines
from crawler import settings
from crawler.items import CapturePlace, Held, Origin, Release
from pipelines.hold import HoldBack, raw_values, stage
from pipelines.process import process
from tests.pipelines.made import MINISTRY_ITEM, SPANISH, ministry_item


def held(item: object) -> Held:
    record = process(item)
    assert isinstance(record, Held), record
    return record


def test_the_stages_are_those_of_the_settings_in_the_same_order() -> None:
    in_settings = sorted(settings.ITEM_PIPELINES, key=lambda path: settings.ITEM_PIPELINES[path])
    assert tuple(in_settings) == pipelines.STAGES


def test_a_good_item_becomes_a_release() -> None:
    assert isinstance(process(ministry_item()), Release)


def test_a_held_record_says_stage_reason_and_all_that_was_read() -> None:
    place = CapturePlace("a.warc.gz", 3, 5)
    record = held(ministry_item(kind="Poema", capture=place))
    assert (record.source, record.url) == ("mx_sre", MINISTRY_ITEM.url)
    assert record.key == "prensa/visita-de-la-delegacion"
    assert (record.stage, record.reason) == ("normalize", "unknown kind")
    assert record.item["body"] == list(SPANISH)
    assert record.item["posted_on"] == "2017-02-23"
    assert record.item["origin"] == Origin.LIVE.value
    assert record.item["capture"] == {"file": "a.warc.gz", "offset": 3, "length": 5}
    assert record.capture == place


def test_an_invalid_item_keeps_what_it_tells_of_itself() -> None:
    record = held({"source": "mx_sre", "url": MINISTRY_ITEM.url, "title": 7})
    assert (record.stage, record.reason) == ("validate", "invalid item")
    assert record.key == "prensa/visita-de-la-delegacion"
    assert record.item["title"] == 7


@pytest.mark.parametrize("item", [7, None, "a text", {}, {"url": "http://[broken", "source": "mx_sre"}])
def test_whatever_is_yielded_ends_somewhere(item: object) -> None:
    record = held(item)
    assert record.reason == "invalid item"
    assert record.source
    assert record.key


plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=9),
)


@given(
    st.dictionaries(
        st.one_of(
            st.text(), st.sampled_from(["source", "url", "title", "body", "posted_on", "said", "capture"])
        ),
        st.recursive(
            plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
        ),
        max_size=6,
    )
)
def test_any_item_is_kept_as_plain_json(item: dict[str, object]) -> None:
    record = process({"source": "mx_sre", "url": MINISTRY_ITEM.url, **item})
    assert isinstance(record, Held)
    text = json.dumps(record.item, allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in text
    assert text.encode()


def test_values_of_every_type_are_json_ready() -> None:
    values = raw_values(
        {
            "day": date(2017, 2, 23),
            "time": datetime(2017, 2, 23, 1),  # noqa: DTZ001 - as a user's spider may yield it
            "set": {"one"},
            "place": CapturePlace("a", 1, 2),
            "bytes": b"x",
            "nan": float("nan"),
            "nul": "a\x00b",
            "none": None,
        }
    )
    assert values == {
        "day": "2017-02-23",
        "time": "2017-02-23T01:00:00",
        "set": ["one"],
        "place": {"file": "a", "offset": 1, "length": 2},
        "bytes": "b'x'",
        "nan": "nan",
        "nul": "a\ufffdb",
    }


def test_the_first_stage_that_holds_back_is_named() -> None:
    @stage("outer")
    def outer() -> None:
        inner()

    @stage("inner")
    def inner() -> None:
        raise HoldBack("some reason", "some detail")

    with pytest.raises(HoldBack) as caught:
        outer()
    assert caught.value.stage == "inner"
    assert str(caught.value) == "some reason: some detail"


def test_an_error_that_is_no_hold_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of a stage must not look like a defect of a page."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pipelines.normalize.find_folio", broken)
    with pytest.raises(ZeroDivisionError):
        process(ministry_item())
