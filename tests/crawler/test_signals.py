"""Signals reach whoever listens, however they said so, and nobody else is looked for."""

from __future__ import annotations

import asyncio

import pytest
from pydispatch import dispatcher
from scrapy import signals
from scrapy.signalmanager import SignalManager

from crawler.signals import HeardSignals


class Sender:
    """Stands for a crawler."""


def test_whoever_listens_hears_a_signal_with_what_it_says() -> None:
    heard: list[object] = []

    def listen(item: object) -> str:
        heard.append(item)
        return "heard"

    sent = HeardSignals(Sender())
    sent.connect(listen, signals.item_scraped)
    assert [answer for _, answer in sent.send_catch_log(signals.item_scraped, item="a release")] == ["heard"]
    assert asyncio.run(sent.send_catch_log_async(signals.item_scraped, item="another"))
    assert heard == ["a release", "another"]


@pytest.mark.parametrize("listens_to", ["this signal of all", "all signals of this", "all signals of all"])
def test_who_listens_to_more_hears_it_too(listens_to: str) -> None:
    heard: list[object] = []

    def listen(signal: object) -> None:
        heard.append(signal)

    sender = Sender()
    signal = dispatcher.Any if listens_to.startswith("all") else signals.item_scraped
    dispatcher.connect(listen, signal, dispatcher.Any if listens_to.endswith("of all") else sender)
    HeardSignals(sender).send_catch_log(signals.item_scraped, item="a release")
    assert heard == [signals.item_scraped]


def test_who_connected_before_it_was_put_in_place_hears_it() -> None:
    heard: list[object] = []

    def listen(item: object) -> None:
        heard.append(item)

    sender = Sender()
    SignalManager(sender).connect(listen, signals.item_scraped)
    HeardSignals(sender).send_catch_log(signals.item_scraped, item="a release")
    assert heard == ["a release"]


def test_what_nobody_listens_to_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def listen() -> None:
        raise AssertionError("this is another signal")

    def sent_all_the_same(*_: object, **__: object) -> list[tuple[object, object]]:
        raise AssertionError("nobody listens")

    signals_of = HeardSignals(Sender())
    signals_of.connect(listen, signals.item_dropped)
    monkeypatch.setattr(SignalManager, "send_catch_log", sent_all_the_same)
    assert signals_of.send_catch_log(signals.bytes_received, data=b"") == []
    assert asyncio.run(signals_of.send_catch_log_async(signals.item_scraped, item="a release")) == []
