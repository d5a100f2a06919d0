"""What takes long is made once and shown while it is made anew; what is quick is never old."""

from __future__ import annotations

import threading

from web.remembered import FRESH, QUICK, STALE, Remembered


class Seconds:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_made_quickly_is_always_of_this_moment() -> None:
    made = iter(range(10))
    kept: Remembered[int] = Remembered(Seconds())
    assert [kept.get(lambda: next(made)) for _ in range(3)] == [0, 1, 2]


def test_what_takes_long_is_shown_while_it_is_made_anew() -> None:
    clock = Seconds()
    kept: Remembered[str] = Remembered(clock)
    done = threading.Event()

    def make(told: str) -> str:
        clock.now += 2 * QUICK
        done.set()
        return told

    assert kept.get(lambda: make("first")) == "first"
    done.clear()
    assert kept.get(lambda: make("never made")) == "first"
    assert not done.is_set()
    clock.now += FRESH
    assert kept.get(lambda: make("second")) == "first"
    assert done.wait(10)
    assert kept._working is not None
    kept._working.join(10)
    assert kept.get(lambda: make("third")) == "second"


def test_nothing_older_than_minutes_is_shown_and_nothing_that_changed() -> None:
    clock = Seconds()
    kept: Remembered[str] = Remembered(clock)

    def make(told: str) -> str:
        clock.now += 2 * QUICK
        return told

    kept.get(lambda: make("first"))
    clock.now += STALE
    assert kept.get(lambda: make("second")) == "second"
    kept.forget()
    assert kept.get(lambda: make("third")) == "third"
