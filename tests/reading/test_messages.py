"""What travels between a crawl and its reader: our own types, whole or not at all."""

from __future__ import annotations

import os
import pickle
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.frames import LARGEST, Messages, Unreadable, pack, unpack
from crawler.items import AddressState as State
from crawler.items import (
    Alternate,
    CapturePlace,
    Discovered,
    FailureKind,
    Held,
    Outcome,
    ReleaseItem,
)
from crawler.pages.index import IndexPage
from crawler.pages.reading import Failure
from crawler.reading.messages import TYPES, Read, Shown, StageFailed
from tests.pipelines.made import ministry_item
from tests.reading.misbehaving import capture, due

ITEM = ReleaseItem(
    source="xx_demo",
    url="http://www.demo.example/news/n1",
    title="A title with a lone \ud800 surrogate",
    body=("One.", "Two."),
    posted_on=date(2017, 2, 27),
    posted_at=datetime(2017, 2, 27, 18, tzinfo=UTC),
    alternates=(Alternate("http://www.demo.example/news/n2", "es"),),
    capture=CapturePlace("2017-02/a.warc.gz", 10, 20),
)
HELD = Held("xx_demo", "u", "k", "normalize", "unknown kind", "detail", {"title": "t", "body": ["a"], "n": 1})
MESSAGES = [
    Read(
        Outcome("k", State.FAILED, "why", FailureKind.LAYOUT), (ITEM, HELD), (Discovered("k", "u", "f"),), 1
    ),
    Shown(IndexPage(entries=(Discovered("k", "u", "f", date(2017, 2, 1)),), embedded={"k": ITEM})),
    Shown(IndexPage(embedded={}, failure=Failure(FailureKind.LAYOUT, "detail"))),
    Read(None, (StageFailed("k", "u", "RuntimeError: x", "Traceback"),), ()),
    capture("n1", "one"),
    due("n1"),
    ministry_item(),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_sent_arrives(message: Any) -> None:  # noqa: ANN401
    (arrived,) = Messages(TYPES).take(pack(message))
    assert arrived == message


def test_members_of_enumerations_travel_as_their_values_however_python_would_send_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As Python 3.11.0 to 3.11.3 sends them.
    monkeypatch.setattr(
        State, "__reduce_ex__", lambda member, _: (getattr, (State, member.name)), raising=False
    )
    (arrived,) = Messages(TYPES).take(pack(MESSAGES[0]))
    assert arrived == MESSAGES[0]
    assert arrived.outcome.state is State.FAILED


@given(st.lists(st.integers(min_value=1, max_value=400), max_size=40))
def test_messages_arrive_whole_in_whatever_pieces_they_come(sizes: list[int]) -> None:
    stream = b"".join(pack(message) for message in MESSAGES)
    messages, start = Messages(TYPES), 0
    arrived: list[Any] = []
    for size in [*sizes, len(stream)]:
        arrived += messages.take(stream[start : start + size])
        start += size
    assert arrived == MESSAGES


class _Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.getcwd, ()


@pytest.mark.parametrize(
    "message",
    [
        pickle.dumps(_Runs()),
        pickle.dumps(os.system),
        pickle.dumps(eval),
        pickle.dumps(ValueError("x")),
        pickle.dumps(_Runs),
        b"cos\ngetcwd\n(tR.",
        b"ccrawler.items\nannotations\n.",
        b"\x80\x05.",
        b"",
    ],
)
def test_nothing_but_our_own_types_is_made_and_nothing_is_called(message: bytes) -> None:
    with pytest.raises(Unreadable):
        unpack(message, TYPES)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_are_refused(data: bytes) -> None:
    try:
        unpack(data, TYPES)
    except Unreadable:
        pass


def test_a_message_too_large_to_be_one_is_refused_before_it_is_collected() -> None:
    with pytest.raises(Unreadable, match="announced"):
        list(Messages(TYPES).take((LARGEST + 1).to_bytes(8, "little")))
